// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/folder_lock.h"

#include <fcntl.h>
#include <filesystem>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QtTest>
#include <nlohmann/json.hpp>

#include "engine/core/child.h"
#include "engine/std_strings.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::testing;

namespace fs = std::filesystem;

namespace {

std::string host() {
  char name[256] = "";
  return ::gethostname(name, sizeof name - 1) == 0 ? name : "";
}

// The sentence of a refusal; empty where the lock was taken.
std::string refusal(const fs::path& folder) {
  const auto lock = FolderLock::take(folder);
  return lock ? "" : lock.error().sentence();
}

ino_t inode(const fs::path& file) {
  struct stat info {};
  return ::lstat(file.c_str(), &info) == 0 ? info.st_ino : 0;
}

}  // namespace

// One holder of a folder at a time, whatever happens to the holder.
class FolderLockTest : public QObject {
  Q_OBJECT

 private slots:
  void init();
  void theSecondTakerIsToldWho();
  void anotherProcessIsNamed();
  void anotherProcessIsKeptOut();
  void endsWithItsHolder();
  void endsWithAKilledProcess();
  void aProgramThatItStartsDoesNotHoldIt();
  void movesWithItsOwner();
  void theFileIsAlwaysTheSame();
  void overwritesWhatAnEarlierHolderLeft();
  void aHolderWithoutANameIsToldSo_data();
  void aHolderWithoutANameIsToldSo();
  void makesTheFolder();
  void refusesWhatIsNoRegularFile_data();
  void refusesWhatIsNoRegularFile();
  void refusesAFolderThatMayNotBeWritten();
  void refusesWhatIsNoFolder();

 private:
  fs::path folder() const { return fs::path(dir_->path().toStdString()) / "run"; }
  fs::path file() const { return folder() / FolderLock::kFile; }
  QByteArray content() const {
    QFile lock(QString::fromStdString(file().string()));
    return lock.open(QIODevice::ReadOnly) ? lock.readAll() : QByteArray("missing");
  }
  void write(const QByteArray& text) const {
    fs::create_directories(folder());
    QFile lock(QString::fromStdString(file().string()));
    QVERIFY(lock.open(QIODevice::WriteOnly) && lock.write(text) == text.size());
  }

  std::unique_ptr<QTemporaryDir> dir_;
};

void FolderLockTest::init() {
  dir_ = std::make_unique<QTemporaryDir>();
  QVERIFY(dir_->isValid());
}

void FolderLockTest::theSecondTakerIsToldWho() {
  const auto first = FolderLock::take(folder());
  QVERIFY(first.ok());
  QVERIFY(first->warning().empty());
  const auto second = FolderLock::take(folder());
  QVERIFY(!second.ok());
  QCOMPARE(second.error().kind, ErrorKind::Input);
  const QRegularExpression expected(
      QString(
          "^%1: is being written by this program on %2 since "
          "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ; wait until it has finished, or choose another folder$")
          .arg(QRegularExpression::escape(QString::fromStdString(folder().string())),
               QRegularExpression::escape(QString::fromStdString(host()))));
  const auto sentence = QString::fromStdString(second.error().sentence());
  QVERIFY2(expected.match(sentence).hasMatch(), qPrintable(sentence));
}

void FolderLockTest::anotherProcessIsNamed() {
  Child holder([&](int pipe) {
    const auto lock = FolderLock::take(folder());
    if (!lock) return 1;
    say(pipe, "!");
    return ::pause();
  });
  QVERIFY(holder.has_spoken());
  const auto sentence = refusal(folder());
  QVERIFY2(sentence.find("is being written by process " + std::to_string(holder.id()) + " on " + host() +
                         " since 2") != std::string::npos,
           sentence.c_str());
}

void FolderLockTest::anotherProcessIsKeptOut() {
  const auto lock = FolderLock::take(folder());
  QVERIFY(lock.ok());
  const auto sentence = in_child([&] { return refusal(folder()); });
  QVERIFY2(sentence.find("is being written by process " + std::to_string(::getpid())) != std::string::npos,
           sentence.c_str());
}

void FolderLockTest::endsWithItsHolder() {
  {
    const auto lock = FolderLock::take(folder());
    QVERIFY(lock.ok());
    QVERIFY(!refusal(folder()).empty());
  }
  QCOMPARE(in_child([&] { return refusal(folder()); }), std::string());
  QCOMPARE(refusal(folder()), std::string());
}

void FolderLockTest::endsWithAKilledProcess() {
  Child holder([&](int pipe) {
    const auto lock = FolderLock::take(folder());
    if (!lock) return 1;
    say(pipe, "!");
    return ::pause();
  });
  QVERIFY(holder.has_spoken());
  QVERIFY(!refusal(folder()).empty());
  ::kill(holder.id(), SIGKILL);
  QCOMPARE(holder.wait(), -SIGKILL);
  QCOMPARE(refusal(folder()), std::string());
}

void FolderLockTest::aProgramThatItStartsDoesNotHoldIt() {
  QProcess other;  // waits for the end of its input
  {
    const auto lock = FolderLock::take(folder());
    QVERIFY(lock.ok());
    other.start("cat", QStringList());
    QVERIFY(other.waitForStarted());
  }
  QCOMPARE(refusal(folder()), std::string());
  QCOMPARE(other.state(), QProcess::Running);
  other.closeWriteChannel();
  QVERIFY(other.waitForFinished());
}

void FolderLockTest::movesWithItsOwner() {
  FolderLock kept;
  {
    auto lock = FolderLock::take(folder());
    QVERIFY(lock.ok());
    FolderLock moved(std::move(*lock));
    QVERIFY(!refusal(folder()).empty());
    kept = std::move(moved);
  }
  QVERIFY(!refusal(folder()).empty());
  kept = FolderLock();
  QCOMPARE(refusal(folder()), std::string());
}

void FolderLockTest::theFileIsAlwaysTheSame() {
  QCOMPARE(refusal(folder()), std::string());
  const ino_t first = inode(file());
  QVERIFY(first != 0);
  for (int k = 0; k < 3; ++k) {
    QCOMPARE(refusal(folder()), std::string());
    QCOMPARE(in_child([&] { return refusal(folder()); }), std::string());
    QCOMPARE(inode(file()), first);
  }
  QCOMPARE(QDir(QString::fromStdString(folder().string()))
               .entryList(QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot),
           QStringList{FolderLock::kFile});
}

void FolderLockTest::overwritesWhatAnEarlierHolderLeft() {
  write(QByteArray(2000, '#'));
  const auto lock = FolderLock::take(folder());
  QVERIFY(lock.ok());
  QVERIFY(content().endsWith("}\n"));
  const auto holder = nlohmann::json::parse(content().toStdString(), nullptr, false);
  QVERIFY2(holder.is_object(), content().constData());
  QCOMPARE(holder.value("pid", 0), ::getpid());
  QCOMPARE(holder.value("host", ""), host());
}

void FolderLockTest::aHolderWithoutANameIsToldSo_data() {
  QTest::addColumn<QByteArray>("text");
  QTest::newRow("nothing yet") << QByteArray();
  QTest::newRow("half of it") << QByteArray("{\"pid\":12");
  QTest::newRow("something else") << QByteArray("[1, 2]\n");
  QTest::newRow("no number") << QByteArray("{\"pid\":\"me\",\"host\":\"here\",\"since\":\"now\"}\n");
}

void FolderLockTest::aHolderWithoutANameIsToldSo() {
  QFETCH(QByteArray, text);
  write(text);
  const int holder = ::open(file().c_str(), O_RDONLY | O_CLOEXEC);
  QCOMPARE(::flock(holder, LOCK_EX | LOCK_NB), 0);
  const auto sentence = refusal(folder());
  ::close(holder);
  QCOMPARE(sentence, folder().string() +
                         ": is being written by a program that has not said its name; wait "
                         "until it has finished, or choose another folder");
  QCOMPARE(content(), text);  // a refused taker changes nothing
}

void FolderLockTest::makesTheFolder() {
  const fs::path deep = folder() / "a" / "b";
  QVERIFY(FolderLock::take(deep).ok());
  QVERIFY(fs::is_regular_file(deep / FolderLock::kFile));
}

void FolderLockTest::refusesWhatIsNoRegularFile_data() {
  QTest::addColumn<QString>("kind");
  QTest::addColumn<QString>("sentence");
  const QString link =
      "FILE: cannot be written (Too many levels of symbolic links); choose a folder that "
      "you may write to";
  QTest::newRow("link") << "link" << link;
  QTest::newRow("link to nothing") << "dangling" << link;
  QTest::newRow("pipe") << "pipe"
                        << "FILE: is not a regular file; remove it, or choose another folder";
  QTest::newRow("folder")
      << "folder"
      << "FILE: cannot be written (Is a directory); choose a folder that you may write to";
}

void FolderLockTest::refusesWhatIsNoRegularFile() {
  QFETCH(QString, kind);
  QFETCH(QString, sentence);
  fs::create_directories(folder());
  const fs::path other = folder().parent_path() / "other";
  if (kind == "link") {
    QFile victim(QString::fromStdString(other.string()));
    QVERIFY(victim.open(QIODevice::WriteOnly) && victim.write("precious") == 8);
  }
  if (kind == "link" || kind == "dangling") fs::create_symlink(other, file());
  if (kind == "pipe") QCOMPARE(::mkfifo(file().c_str(), 0600), 0);
  if (kind == "folder") fs::create_directory(file());
  const auto type = fs::symlink_status(file()).type();
  const auto lock = FolderLock::take(folder());
  QVERIFY(!lock.ok());
  QCOMPARE(lock.error().kind, ErrorKind::Input);
  QCOMPARE(QString::fromStdString(lock.error().sentence()),
           sentence.replace("FILE", QString::fromStdString(file().string())));
  QVERIFY(fs::symlink_status(file()).type() == type);
  if (kind == "link") QCOMPARE(content(), QByteArray("precious"));
  if (kind == "dangling") QVERIFY(!fs::exists(other));
}

void FolderLockTest::refusesAFolderThatMayNotBeWritten() {
  fs::create_directories(folder());
  fs::permissions(dir_->path().toStdString(), fs::perms(0755));
  fs::permissions(folder(), fs::perms(0555));
  const auto sentence = [&] {
    const AsNobody nobody;
    return refusal(folder());
  }();
  QCOMPARE(sentence, file().string() +
                         ": cannot be written (Permission denied); choose a folder that you may write to");
  const auto below = [&] {
    const AsNobody nobody;
    return refusal(folder() / "below");
  }();
  QCOMPARE(below,
           (folder() / "below").string() + ": cannot be made (Permission denied); choose another folder");
  fs::permissions(folder(), fs::perms(0755));
}

void FolderLockTest::refusesWhatIsNoFolder() {
  QFile blocker(QString::fromStdString(folder().string()));
  QVERIFY(blocker.open(QIODevice::WriteOnly));
  const auto sentence = refusal(folder());
  QVERIFY2(sentence.find(folder().string() + ": cannot be made (Not a directory)") == 0, sentence.c_str());
}

SYNANN_TEST(FolderLockTest)
#include "folder_lock_test.moc"
