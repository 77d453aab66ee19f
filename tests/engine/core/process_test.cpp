// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/process.h"

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <string>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <QTemporaryDir>
#include <QtTest>

#include "engine/core/child.h"
#include "engine/std_strings.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::testing;

namespace {

bool is_dev_null(int stream) {
  struct stat here {
  }, null{};
  return ::fstat(stream, &here) == 0 && ::stat("/dev/null", &null) == 0 && S_ISCHR(here.st_mode) &&
         here.st_rdev == null.st_rdev;
}

// "012" where the standard streams of these numbers are /dev/null, in the right direction.
std::string streams_on_dev_null() {
  std::string found;
  for (int stream = 0; stream <= 2; ++stream) {
    const int mode = ::fcntl(stream, F_GETFL) & O_ACCMODE;
    if (is_dev_null(stream) && mode == (stream == 0 ? O_RDONLY : O_WRONLY)) found += std::to_string(stream);
  }
  return found;
}

}  // namespace

// What a program does first, tried in child processes.
class ProcessTest : public QObject {
  Q_OBJECT

 private slots:
  void closedStreamsAreOpened_data();
  void closedStreamsAreOpened();
  void openStreamsStay();
  void aFileBehindTheLimitIsAnError();
  void continuationsAreCounted();
};

void ProcessTest::closedStreamsAreOpened_data() {
  QTest::addColumn<QString>("closed");
  for (const char* closed : {"0", "1", "2", "01", "02", "12", "012"}) QTest::newRow(closed) << closed;
}

void ProcessTest::closedStreamsAreOpened() {
  QFETCH(QString, closed);
  const auto said = in_child([&] {
    const int elsewhere = ::open("/", O_RDONLY | O_DIRECTORY);  // what is open is no device
    for (int stream = 0; stream <= 2; ++stream) ::dup2(elsewhere, stream);
    for (const QChar stream : closed) ::close(stream.digitValue());
    prepare_process();
    const int next = ::open("/", O_RDONLY | O_DIRECTORY);
    return streams_on_dev_null() + (next > 2 ? "" : ", and the next file takes its place");
  });
  QCOMPARE(said, closed.toStdString());
}

void ProcessTest::openStreamsStay() {
  const auto said = in_child([] {
    int ends[2] = {};
    if (::pipe(ends) != 0) return std::string("no pipe");
    ::dup2(ends[1], STDOUT_FILENO);
    prepare_process();
    say(STDOUT_FILENO, "words");
    ::close(STDOUT_FILENO);
    ::close(ends[1]);
    return read_to_end(ends[0]);
  });
  QCOMPARE(said, std::string("words"));
}

void ProcessTest::aFileBehindTheLimitIsAnError() {
  const QTemporaryDir dir;
  const auto write_too_much = [&] {
    const rlimit small{10, 10};
    ::setrlimit(RLIMIT_FSIZE, &small);
    const int file = ::open(dir.filePath("a").toUtf8().constData(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    const char text[10] = "123456789";
    if (::write(file, text, 10) != 10) return 1;
    return ::write(file, text, 10) < 0 ? errno : 0;
  };
  Child unprepared([&](int) {
    std::signal(SIGXFSZ, SIG_DFL);
    return write_too_much();
  });
  QCOMPARE(unprepared.wait(), -SIGXFSZ);
  QVERIFY(QFile::remove(dir.filePath("a")));
  Child prepared([&](int) {
    std::signal(SIGXFSZ, SIG_DFL);
    prepare_process();
    return write_too_much();
  });
  QCOMPARE(prepared.wait(), EFBIG);
}

void ProcessTest::continuationsAreCounted() {
  Child child([](int) {
    prepare_process();
    if (times_continued() != 0) return 100;
    std::raise(SIGSTOP);
    if (times_continued() != 1) return 101;
    std::raise(SIGSTOP);
    return times_continued();
  });
  for (int k = 0; k < 2; ++k) {
    QVERIFY(child.has_stopped());
    ::kill(child.id(), SIGCONT);
  }
  QCOMPARE(child.wait(), 2);
}

SYNANN_TEST(ProcessTest)
#include "process_test.moc"
