// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/append_file.h"

#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include "engine/core/child.h"
#include "engine/core/small_disk.h"
#include "engine/std_strings.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::testing;

namespace fs = std::filesystem;

// A file that only grows, and is at once what was appended.
class AppendFileTest : public QObject {
  Q_OBJECT

 private slots:
  void init();
  void growsByWhatIsAppended();
  void keepsWhatIsThere();
  void followsASymbolicLink();
  void movesWithItsOwner();
  void aProgramThatItStartsDoesNotHaveIt();
  void saysWhyAFileCannotBeOpened_data();
  void saysWhyAFileCannotBeOpened();
  void aPipeWithAReaderGetsNothing();
  void aFileThatMayNotBeWrittenIsRefused();
  void aFullDiskTearsTheLastOneAtMost();

 private:
  fs::path path(const char* name) const { return fs::path(dir_->path().toStdString()) / name; }
  QByteArray content(const char* name) const {
    QFile file(dir_->filePath(name));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("missing");
  }
  void put(const char* name, const QByteArray& text) const {
    QFile file(dir_->filePath(name));
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write(text) == text.size());
  }

  std::unique_ptr<QTemporaryDir> dir_;
};

void AppendFileTest::init() {
  dir_ = std::make_unique<QTemporaryDir>();
  QVERIFY(dir_->isValid());
}

void AppendFileTest::growsByWhatIsAppended() {
  auto file = AppendFile::open(path("a"));
  QVERIFY(file.ok());
  QCOMPARE(content("a"), QByteArray());
  QVERIFY(file->append("one\n").ok());
  QCOMPARE(content("a"), QByteArray("one\n"));  // while it is open
  QVERIFY(file->append("").ok());
  QVERIFY(file->append(std::string_view("t\0o", 3)).ok());
  QCOMPARE(content("a"), QByteArray("one\nt\0o", 7));
}

void AppendFileTest::keepsWhatIsThere() {
  put("a", "old\n");
  auto file = AppendFile::open(path("a"));
  QVERIFY(file.ok());
  QCOMPARE(content("a"), QByteArray("old\n"));
  put("a", "other\n");  // an append goes to the end as it is then
  QVERIFY(file->append("new\n").ok());
  QCOMPARE(content("a"), QByteArray("other\nnew\n"));
}

void AppendFileTest::followsASymbolicLink() {
  put("real", "old\n");
  fs::create_symlink(path("real"), path("link"));
  QVERIFY(AppendFile::open(path("link"))->append("new\n").ok());
  QCOMPARE(content("real"), QByteArray("old\nnew\n"));
  QVERIFY(fs::is_symlink(path("link")));
}

void AppendFileTest::movesWithItsOwner() {
  auto a = AppendFile::open(path("a")), b = AppendFile::open(path("b"));
  QVERIFY(a.ok() && b.ok());
  AppendFile moved(std::move(*a));
  QVERIFY(moved.append("1").ok());
  moved = std::move(*b);
  QVERIFY(moved.append("2").ok());
  QCOMPARE(content("a"), QByteArray("1"));
  QCOMPARE(content("b"), QByteArray("2"));
}

void AppendFileTest::aProgramThatItStartsDoesNotHaveIt() {
  const auto file = AppendFile::open(path("a"));
  QVERIFY(file.ok());
  for (const auto& entry : fs::directory_iterator("/proc/self/fd")) {
    std::error_code code;
    if (fs::read_symlink(entry.path(), code) != fs::canonical(path("a"))) continue;
    QVERIFY((::fcntl(std::stoi(entry.path().filename()), F_GETFD) & FD_CLOEXEC) != 0);
    return;
  }
  QFAIL("the file is not open");
}

void AppendFileTest::saysWhyAFileCannotBeOpened_data() {
  QTest::addColumn<QString>("name");
  QTest::addColumn<QString>("sentence");
  QTest::newRow("no folder") << "none/a"
                             << "DIR/none/a: cannot be written: its folder does not exist; make the folder";
  QTest::newRow("is a folder") << "folder"
                               << "DIR/folder: cannot be written: it is a folder; name a file inside it";
  QTest::newRow("pipe") << "pipe"
                        << "DIR/pipe: is not a regular file; remove it, or choose another folder";
  QTest::newRow("device") << "device"
                          << "DIR/device: is not a regular file; remove it, or choose another folder";
}

void AppendFileTest::saysWhyAFileCannotBeOpened() {
  QFETCH(QString, name);
  QFETCH(QString, sentence);
  fs::create_directory(path("folder"));
  QCOMPARE(::mkfifo(path("pipe").c_str(), 0600), 0);
  fs::create_symlink("/dev/null", path("device"));
  const auto file = AppendFile::open(path(name.toUtf8().constData()));
  QVERIFY(!file.ok());
  QCOMPARE(QString::fromStdString(file.error().sentence()), sentence.replace("DIR", dir_->path()));
  QCOMPARE(file.error().kind, ErrorKind::Input);
}

void AppendFileTest::aPipeWithAReaderGetsNothing() {
  QCOMPARE(::mkfifo(path("pipe").c_str(), 0600), 0);
  const int reader = ::open(path("pipe").c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  QVERIFY(reader >= 0);
  const auto file = AppendFile::open(path("pipe"));
  QVERIFY(!file.ok());
  QVERIFY2(file.error().sentence().find("is not a regular file") != std::string::npos,
           file.error().sentence().c_str());
  QCOMPARE(read_to_end(reader), std::string());
  ::close(reader);
}

void AppendFileTest::aFileThatMayNotBeWrittenIsRefused() {
  put("a", "old\n");
  fs::permissions(dir_->path().toStdString(), fs::perms(0755));
  fs::permissions(path("a"), fs::perms(0444));
  const auto sentence = [&] {
    const AsNobody nobody;
    const auto file = AppendFile::open(path("a"));
    return file ? std::string("opened") : file.error().sentence();
  }();
  QCOMPARE(sentence, path("a").string() +
                         ": cannot be written (Permission denied); choose a folder that you may write to");
}

void AppendFileTest::aFullDiskTearsTheLastOneAtMost() {
  auto file = AppendFile::open(path("a"));
  QVERIFY(file.ok());
  QVERIFY(file->append("one\n").ok());
  {
    const SmallDisk disk(10);
    const auto status = file->append("two, which is too long\n");
    QVERIFY(!status.ok());
    QCOMPARE(status.error().kind, ErrorKind::Failed);
    QCOMPARE(status.error().sentence(),
             path("a").string() +
                 ": would be larger than files may be here (ulimit -f, or the file system); "
                 "free some space and resume from the last checkpoint");
  }
  QCOMPARE(content("a"), QByteArray("one\ntwo, w"));
  QVERIFY(file->append("\nthree\n").ok());
  QCOMPARE(content("a"), QByteArray("one\ntwo, w\nthree\n"));
}

SYNANN_TEST(AppendFileTest)
#include "append_file_test.moc"
