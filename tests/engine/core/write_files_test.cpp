// SPDX-License-Identifier: GPL-3.0-or-later
#include <fcntl.h>
#include <filesystem>
#include <string>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include <vector>

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include "engine/core/child.h"
#include "engine/core/file.h"
#include "engine/core/small_disk.h"
#include "engine/std_strings.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::testing;

namespace fs = std::filesystem;

namespace {

std::span<const std::uint8_t> view_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// Files of one folder with these contents, in this order.
struct Files {
  Files(const fs::path& folder, std::vector<std::pair<std::string, std::string>> named)
      : texts(std::move(named)) {
    for (const auto& [name, text] : texts) pieces.push_back({view_of(text)});
    for (std::size_t k = 0; k < texts.size(); ++k) list.push_back({folder / texts[k].first, &pieces[k]});
  }
  std::vector<std::pair<std::string, std::string>> texts;
  std::vector<Pieces> pieces;
  std::vector<FileToWrite> list;
};

// What happens in a folder, as words: "written a", "renamed a".
class FolderWatch {
 public:
  explicit FolderWatch(const fs::path& folder) : descriptor_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
    ::inotify_add_watch(descriptor_, folder.c_str(), IN_CLOSE_WRITE | IN_MOVED_TO);
  }
  ~FolderWatch() { ::close(descriptor_); }
  FolderWatch(const FolderWatch&) = delete;
  FolderWatch& operator=(const FolderWatch&) = delete;

  QStringList seen() const {
    QStringList words;
    alignas(inotify_event) char events[4096];
    const ssize_t length = ::read(descriptor_, events, sizeof events);
    for (ssize_t at = 0; at < length;) {
      const auto* event = reinterpret_cast<const inotify_event*>(events + at);
      const QString name = QString(event->name).section(".part-", 0, 0);
      words << ((event->mask & IN_MOVED_TO) != 0 ? "renamed " : "written ") + name;
      at += static_cast<ssize_t>(sizeof *event + event->len);
    }
    return words;
  }

 private:
  int descriptor_;
};

}  // namespace

// Several files of one folder are replaced together, in their order.
class WriteFilesTest : public QObject {
  Q_OBJECT

 private slots:
  void init();
  void writesAll();
  void nothingIsNothing();
  void piecesFollowOneAnother();
  void allAreWrittenBeforeTheFirstIsRenamed();
  void aTargetThatIsNoFileLeavesAll_data();
  void aTargetThatIsNoFileLeavesAll();
  void aFullDiskLeavesAll();
  void aRenameThatFailsLeavesThoseBehindIt();
  void linksAreWrittenThrough();
  void aLinkToNothingIsWrittenThrough();
  void aLinkInTheWayIsNotFollowed();

 private:
  fs::path folder() const { return dir_->path().toStdString(); }
  std::string content(const fs::path& path) const {
    const auto bytes = read_file(path, 1 << 20);
    return bytes ? std::string(bytes->begin(), bytes->end()) : "missing";
  }
  std::string content(const char* name) const { return content(folder() / name); }
  void put(const char* name, std::string_view text) const {
    QVERIFY(write_file_atomically(folder() / name, view_of(text)));
  }
  QStringList listing() const {
    return QDir(dir_->path())
        .entryList(QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot);
  }

  std::unique_ptr<QTemporaryDir> dir_;
};

void WriteFilesTest::init() {
  dir_ = std::make_unique<QTemporaryDir>();
  QVERIFY(dir_->isValid());
}

void WriteFilesTest::writesAll() {
  put("b", "a long old text");
  const Files files(folder(), {{"b", "second"}, {"a", "first"}, {"c", ""}});
  QVERIFY(write_files_atomically(files.list));
  QCOMPARE(content("a"), std::string("first"));
  QCOMPARE(content("b"), std::string("second"));
  QCOMPARE(content("c"), std::string());
  QCOMPARE(listing(), (QStringList{"a", "b", "c"}));  // nothing is left beside them
}

void WriteFilesTest::nothingIsNothing() {
  QVERIFY(write_files_atomically({}));
  QVERIFY(listing().isEmpty());
}

void WriteFilesTest::piecesFollowOneAnother() {
  const std::string large(100'000, 'x');
  const Pieces pieces = {view_of("head "), {}, view_of(large), view_of(""), view_of(" tail"), {}};
  const Pieces none, empty = {{}, {}};
  const FileToWrite files[] = {{folder() / "a", &pieces}, {folder() / "b", &none}, {folder() / "c", &empty}};
  QVERIFY(write_files_atomically(files));
  QVERIFY(content("a") == "head " + large + " tail");
  QCOMPARE(content("b"), std::string());
  QCOMPARE(content("c"), std::string());
}

// Whoever finds the last one new finds all the others new.
void WriteFilesTest::allAreWrittenBeforeTheFirstIsRenamed() {
  const FolderWatch watch(folder());
  const Files files(folder(), {{"c", "1"}, {"a", "2"}, {"b", "3"}});
  QVERIFY(write_files_atomically(files.list));
  const QStringList seen = watch.seen();
  QCOMPARE(seen.size(), 6);
  auto written = seen.first(3);
  written.sort();
  QCOMPARE(written, (QStringList{"written a", "written b", "written c"}));
  QCOMPARE(seen.last(3), (QStringList{"renamed c", "renamed a", "renamed b"}));
}

void WriteFilesTest::aTargetThatIsNoFileLeavesAll_data() {
  QTest::addColumn<QString>("kind");
  QTest::addColumn<QString>("sentence");
  const QString irregular = "is not a regular file, and only such are replaced; name a regular file";
  QTest::newRow("folder") << "folder"
                          << "cannot be written: it is a folder; name a file inside it";
  QTest::newRow("pipe") << "pipe" << irregular;
  QTest::newRow("device") << "device" << irregular;
  QTest::newRow("link to a pipe") << "link" << irregular;
  QTest::newRow("link to itself")
      << "loop"
      << "writing failed (Too many levels of symbolic links); a file of this name is unchanged";
}

void WriteFilesTest::aTargetThatIsNoFileLeavesAll() {
  QFETCH(QString, kind);
  QFETCH(QString, sentence);
  const fs::path bad = folder() / "bad";
  if (kind == "folder") fs::create_directory(bad);
  if (kind == "pipe") QCOMPARE(::mkfifo(bad.c_str(), 0600), 0);
  if (kind == "device" && ::mknod(bad.c_str(), S_IFCHR | 0600, ::makedev(1, 3)) != 0)
    QSKIP("needs the right to make a device");
  if (kind == "link") {
    QCOMPARE(::mkfifo((folder() / "pipe").c_str(), 0600), 0);
    fs::create_symlink("pipe", bad);
  }
  if (kind == "loop") fs::create_symlink("bad", bad);
  put("a", "old");
  const auto before = listing();
  const auto type = fs::symlink_status(bad).type();
  const Files files(folder(), {{"a", "new"}, {"bad", "new"}, {"c", "new"}});
  const auto status = write_files_atomically(files.list);
  QVERIFY(!status.ok());
  QCOMPARE(QString::fromStdString(status.error().sentence()), dir_->filePath("bad") + ": " + sentence);
  QCOMPARE(content("a"), std::string("old"));
  QCOMPARE(listing(), before);
  QVERIFY(fs::symlink_status(bad).type() == type);
}

void WriteFilesTest::aFullDiskLeavesAll() {
  put("a", "old");
  put("b", "old");
  const Files files(folder(), {{"a", "new"}, {"b", std::string(100'000, 'x')}, {"c", "new"}});
  {
    const SmallDisk disk(4096);
    const auto status = write_files_atomically(files.list);
    QVERIFY(!status.ok());
    QCOMPARE(status.error().kind, ErrorKind::Failed);
    QCOMPARE(status.error().where, (folder() / "b").string());
  }
  QCOMPARE(content("a"), std::string("old"));
  QCOMPARE(content("b"), std::string("old"));
  QCOMPARE(listing(), (QStringList{"a", "b"}));
}

// In a folder where everybody may write, nobody may replace another one's file.
void WriteFilesTest::aRenameThatFailsLeavesThoseBehindIt() {
  if (::geteuid() != 0) QSKIP("needs a file of somebody else");
  const fs::path shared = folder() / "shared";
  fs::create_directory(shared);
  put("shared/b", "old");
  put("shared/c", "old");
  fs::permissions(folder(), fs::perms(0755));
  fs::permissions(shared, fs::perms(01777));
  QCOMPARE(::chown((shared / "c").c_str(), 65534, 65534), 0);
  const Files files(shared, {{"a", "new"}, {"b", "new"}, {"c", "new"}});
  const auto sentence = [&] {
    const AsNobody nobody;
    const auto status = write_files_atomically(files.list);
    return status ? std::string("written") : status.error().sentence();
  }();
  QCOMPARE(sentence, (shared / "b").string() +
                         ": cannot be written (Operation not permitted); choose a "
                         "folder that you may write to");
  QCOMPARE(content(shared / "a"), std::string("new"));
  QCOMPARE(content(shared / "b"), std::string("old"));
  QCOMPARE(content(shared / "c"), std::string("old"));
  QCOMPARE(QDir(dir_->filePath("shared")).entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot),
           (QStringList{"a", "b", "c"}));
}

void WriteFilesTest::linksAreWrittenThrough() {
  fs::create_directory(folder() / "other");
  put("other/real", "old");
  fs::create_symlink("other/real", folder() / "near");
  fs::create_symlink("near", folder() / "far");
  const Files files(folder(), {{"far", "new"}, {"plain", "new"}});
  QVERIFY(write_files_atomically(files.list));
  QCOMPARE(content("other/real"), std::string("new"));
  QCOMPARE(listing(), (QStringList{"far", "near", "other", "plain"}));
  QVERIFY(fs::is_symlink(folder() / "far") && fs::is_symlink(folder() / "near"));
}

void WriteFilesTest::aLinkToNothingIsWrittenThrough() {
  fs::create_symlink("real", folder() / "link");
  put("link", "new");
  QVERIFY(fs::is_symlink(folder() / "link"));
  QCOMPARE(content("real"), std::string("new"));
}

// Its name can be guessed, so somebody may have put a link there.
void WriteFilesTest::aLinkInTheWayIsNotFollowed() {
  put("victim", "precious");
  fs::create_symlink("victim", folder() / ("a.part-" + std::to_string(::getpid())));
  const Files files(folder(), {{"a", "new"}});
  QVERIFY(!write_files_atomically(files.list).ok());
  QCOMPARE(content("victim"), std::string("precious"));
  QVERIFY(!fs::exists(folder() / "a"));
}

SYNANN_TEST(WriteFilesTest)
#include "write_files_test.moc"
