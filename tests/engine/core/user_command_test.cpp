// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/user_command.h"

#include <fcntl.h>
#include <filesystem>
#include <unistd.h>

#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include "engine/core/folder_lock.h"
#include "tests/test_main.h"

using namespace synann;

// A person's command gets what it is told and nothing else of this program.
class UserCommandTest : public QObject {
  Q_OBJECT

 private slots:
  void variablesArrive();
  void saysHowItEnded_data();
  void saysHowItEnded();
  void inheritsNoFile();
  void inheritsNoLock();

 private:
  QString said() const {
    QFile file(folder_.filePath("said"));
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
  }
  std::string to_said() const { return " > '" + folder_.filePath("said").toStdString() + "'"; }

  QTemporaryDir folder_;
};

void UserCommandTest::variablesArrive() {
  qputenv("SYNANN_TWICE", "old");
  const Status done =
      run_user_command({.command = "echo \"$SYNANN_TWICE|$SYNANN_OTHER|$HOME\"" + to_said(),
                        .variables = {{"SYNANN_TWICE", "new one"}, {"SYNANN_OTHER", "a;b\"c"}}});
  QVERIFY(done.ok());
  QCOMPARE(said(), "new one|a;b\"c|" + qEnvironmentVariable("HOME") + "\n");
}

void UserCommandTest::saysHowItEnded_data() {
  QTest::addColumn<QString>("command");
  QTest::addColumn<QString>("words");
  QTest::newRow("well") << "cat"
                        << "";  // nothing to read
  QTest::newRow("code") << "exit 7"
                        << "ended with exit code 7";
  QTest::newRow("not there") << "/no/such/program"
                             << "ended with exit code 127";
  QTest::newRow("signal") << "kill -9 $$"
                          << "was ended by signal 9";
}

void UserCommandTest::saysHowItEnded() {
  QFETCH(QString, command);
  QFETCH(QString, words);
  const Status done = run_user_command({.command = command.toStdString()});
  QCOMPARE(done.ok(), words.isEmpty());
  if (done) return;
  QVERIFY(done.error().kind == ErrorKind::Failed);
  const QString sentence = QString::fromStdString(done.error().sentence());
  QVERIFY2(sentence.contains(words) && sentence.contains(command), qPrintable(sentence));
}

void UserCommandTest::inheritsNoFile() {
  const int open = ::open("/dev/null", O_RDONLY);  // without O_CLOEXEC, as others may
  QVERIFY(open > 2);
  QVERIFY(run_user_command({.command = "ls /proc/$$/fd | tr '\\n' ' '" + to_said()}).ok());
  ::close(open);
  for (const QString& number : said().simplified().split(' '))
    QVERIFY2(number.toInt() < 3 || number.toInt() >= 10, qPrintable(said()));  // 10: the shell's own
}

void UserCommandTest::inheritsNoLock() {
  const std::filesystem::path folder = folder_.filePath("run").toStdString();
  {
    const auto lock = FolderLock::take(folder);
    QVERIFY(lock.ok());
    QVERIFY(run_user_command({.command = "sleep 30 & echo $!" + to_said()}).ok());
  }
  QVERIFY(FolderLock::take(folder).ok());  // although what the command began is there still
  QVERIFY(run_user_command({.command = "kill " + said().trimmed().toStdString()}).ok());
}

SYNANN_TEST(UserCommandTest)
#include "user_command_test.moc"
