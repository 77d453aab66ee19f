// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/file.h"

#include <cstdint>
#include <string>
#include <sys/stat.h>
#include <vector>

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include "engine/core/small_disk.h"
#include "engine/std_strings.h"
#include "tests/test_main.h"

using synann::ErrorKind;
using synann::read_file;
using synann::write_file_atomically;
using synann::testing::SmallDisk;

namespace {

std::vector<std::uint8_t> bytes_of(const char* text) {
  const std::string_view view(text);
  return {view.begin(), view.end()};
}

}  // namespace

// Whole files come in within their limit and go out entirely or not at all.
class FileTest : public QObject {
  Q_OBJECT

 private slots:
  void init();
  void readsWhatWasWritten();
  void readsUpToTheLimitExactly();
  void readsAFileThatDoesNotTellItsSize();
  void saysWhyAFileCannotBeRead_data();
  void saysWhyAFileCannotBeRead();
  void replacesAnOldFile();
  void writesThroughASymbolicLink();
  void leavesTheOldFileWhenTheDiskIsFull();
  void saysWhyAFileCannotBeWritten_data();
  void saysWhyAFileCannotBeWritten();

 private:
  std::string path(const char* name) const { return dir_->filePath(name).toStdString(); }
  QStringList listing() const {
    return QDir(dir_->path())
        .entryList(QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot);
  }

  std::unique_ptr<QTemporaryDir> dir_;
};

void FileTest::init() {
  dir_ = std::make_unique<QTemporaryDir>();
  QVERIFY(dir_->isValid());
}

void FileTest::readsWhatWasWritten() {
  for (const char* text : {"", "x", "two words"}) {
    QVERIFY(write_file_atomically(path("a"), bytes_of(text)));
    const auto back = read_file(path("a"), 100);
    QVERIFY(back.ok());
    QCOMPARE(*back, bytes_of(text));
  }
  QCOMPARE(listing(), QStringList{"a"});  // nothing is left beside it
}

void FileTest::readsUpToTheLimitExactly() {
  QVERIFY(write_file_atomically(path("a"), bytes_of("12345")));
  QVERIFY(read_file(path("a"), 5).ok());
  const auto refused = read_file(path("a"), 4);
  QVERIFY(!refused.ok());
  QCOMPARE(refused.error().kind, ErrorKind::Input);
  QCOMPARE(refused.error().sentence(),
           path("a") + ": the file is too large: expected at most 4 bytes, found 5 bytes");
}

void FileTest::readsAFileThatDoesNotTellItsSize() {
  const auto status = read_file("/proc/self/status", 1 << 20);  // says 0 bytes
  QVERIFY(status.ok());
  QVERIFY(status->size() > 100);
  QVERIFY(!read_file("/proc/self/status", 10).ok());
}

void FileTest::saysWhyAFileCannotBeRead_data() {
  QTest::addColumn<QString>("name");
  QTest::addColumn<QString>("sentence");
  QTest::newRow("missing") << "none"
                           << "DIR/none: no such file; check the path";
  QTest::newRow("folder") << "folder"
                          << "DIR/folder: is a folder, not a file; name a file inside it";
  QTest::newRow("file as folder") << "file/x"
                                  << "DIR/file/x: cannot be read (Not a directory)";
  QTest::newRow("pipe") << "pipe"
                        << "DIR/pipe: is not a regular file; name a regular file";
}

void FileTest::saysWhyAFileCannotBeRead() {
  QFETCH(QString, name);
  QFETCH(QString, sentence);
  QVERIFY(QDir(dir_->path()).mkdir("folder"));
  QVERIFY(write_file_atomically(path("file"), {}));
  QCOMPARE(mkfifo(path("pipe").c_str(), 0600), 0);
  const auto result = read_file(path(name.toUtf8().constData()), 100);
  QVERIFY(!result.ok());
  QCOMPARE(result.error().kind, ErrorKind::Input);
  QCOMPARE(QString::fromStdString(result.error().sentence()), sentence.replace("DIR", dir_->path()));
}

void FileTest::replacesAnOldFile() {
  QVERIFY(write_file_atomically(path("a"), bytes_of("a long old text")));
  QVERIFY(write_file_atomically(path("a"), bytes_of("new")));
  QCOMPARE(*read_file(path("a"), 100), bytes_of("new"));
  QCOMPARE(listing(), QStringList{"a"});
}

void FileTest::writesThroughASymbolicLink() {
  QVERIFY(write_file_atomically(path("real"), bytes_of("old")));
  QVERIFY(QFile::link("real", dir_->filePath("link")));
  QVERIFY(write_file_atomically(path("link"), bytes_of("new")));
  QCOMPARE(*read_file(path("real"), 100), bytes_of("new"));
  QVERIFY(QFileInfo(dir_->filePath("link")).isSymLink());
}

void FileTest::leavesTheOldFileWhenTheDiskIsFull() {
  QVERIFY(write_file_atomically(path("a"), bytes_of("old")));
  const std::vector<std::uint8_t> large(100'000, 1);
  {
    const SmallDisk disk(4096);
    const auto result = write_file_atomically(path("a"), large);
    QVERIFY(!result.ok());
    QCOMPARE(result.error().kind, ErrorKind::Failed);
    QCOMPARE(result.error().sentence(),
             path("a") +
                 ": would be larger than files may be here (ulimit -f, or the file system); raise the limit; "
                 "a file of this name is unchanged");
  }
  QCOMPARE(*read_file(path("a"), 100), bytes_of("old"));
  QCOMPARE(listing(), QStringList{"a"});
  QVERIFY(write_file_atomically(path("a"), large));
}

void FileTest::saysWhyAFileCannotBeWritten_data() {
  QTest::addColumn<QString>("name");
  QTest::addColumn<QString>("sentence");
  QTest::newRow("no folder") << "none/a"
                             << "DIR/none/a: cannot be written: its folder does not exist; make the folder";
  QTest::newRow("file as folder")
      << "file/a"
      << "DIR/file/a: cannot be written: its folder does not exist; make the folder";
  QTest::newRow("is a folder") << "folder"
                               << "DIR/folder: cannot be written: it is a folder; name a file inside it";
  QTest::newRow("ends in a slash") << "folder/"
                                   << "DIR/folder/: cannot be written: it is a folder; name a file inside it";
  const QString longName(300, 'n');
  QTest::newRow("long name") << longName
                             << "DIR/" + longName + ": cannot be written: the name is too long; shorten it";
}

void FileTest::saysWhyAFileCannotBeWritten() {
  QFETCH(QString, name);
  QFETCH(QString, sentence);
  QVERIFY(QDir(dir_->path()).mkdir("folder"));
  QVERIFY(write_file_atomically(path("file"), {}));
  const auto result = write_file_atomically(path(name.toUtf8().constData()), bytes_of("new"));
  QVERIFY(!result.ok());
  QCOMPARE(result.error().kind, ErrorKind::Input);
  QCOMPARE(QString::fromStdString(result.error().sentence()), sentence.replace("DIR", dir_->path()));
  QCOMPARE(listing(), (QStringList{"file", "folder"}));
}

SYNANN_TEST(FileTest)
#include "file_test.moc"
