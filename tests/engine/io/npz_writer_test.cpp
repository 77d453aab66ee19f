// SPDX-License-Identifier: GPL-3.0-or-later
// NPZ archives: what libzip reads from them is what was written.
#include "engine/io/npz_writer.h"

#include <filesystem>
#include <memory>
#include <zip.h>

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include "tests/test_main.h"

namespace synann::io {

class NpzWriterTest : public QObject {
  Q_OBJECT

 private slots:
  void readsBack();
  void equalArraysGiveEqualBytes();
  void arraysThatEndElsewhereAreAnError();
  void whatIsStoppedLeavesWhatWasThere();
  void aFolderIsNoFile();

 private:
  std::filesystem::path at(const char* name) const { return folder_.path().toStdString() + "/" + name; }
  static QByteArray all(const std::filesystem::path& path) {
    QFile file(QString::fromStdString(path.string()));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("missing");
  }
  QTemporaryDir folder_;
};

namespace {

QByteArray entry(const std::filesystem::path& path, const char* name) {
  const std::unique_ptr<zip_t, void (*)(zip_t*)> zip(zip_open(path.c_str(), ZIP_RDONLY, nullptr),
                                                     zip_discard);
  if (!zip) return "no archive";
  zip_stat_t about;
  if (zip_stat(zip.get(), name, 0, &about) != 0) return "no entry";
  zip_file_t* const file = zip_fopen(zip.get(), name, 0);
  QByteArray bytes(static_cast<qsizetype>(about.size), '\0');
  const auto got = zip_fread(file, bytes.data(), about.size);
  zip_fclose(file);
  return got == static_cast<zip_int64_t>(about.size) ? bytes : QByteArray("cut off");
}

Status write(const std::filesystem::path& path, const std::stop_token& stop = {}) {
  std::vector<NpzArray> arrays;
  arrays.push_back(npz_array("a/weight", {2, 3}, std::vector<float>{1, 2, 3, 4, 5, 6}));
  arrays.push_back(npz_array("count", {}, std::vector<std::int64_t>{7}));
  arrays.push_back(npz_array("none", {0, 4}, std::vector<double>{}));
  return write_npz(path, std::move(arrays), stop, {});
}

}  // namespace

void NpzWriterTest::readsBack() {
  QVERIFY(write(at("a.npz")));
  const float numbers[] = {1, 2, 3, 4, 5, 6};
  const std::int64_t shape[] = {2, 3};
  const auto expected = format_npy(numbers, shape);
  QCOMPARE(entry(at("a.npz"), "a/weight.npy"), QByteArray(reinterpret_cast<const char*>(expected.data()),
                                                          static_cast<qsizetype>(expected.size())));
  const QByteArray count = entry(at("a.npz"), "count.npy");
  QVERIFY(count.contains("'descr': '<i8', 'fortran_order': False, 'shape': ()"));
  QCOMPARE(count.right(8), QByteArray("\7\0\0\0\0\0\0\0", 8));
  QVERIFY(entry(at("a.npz"), "none.npy").contains("'shape': (0, 4)"));
  QCOMPARE(QDir(folder_.path()).entryList(QDir::Files).size(), 1);
}

void NpzWriterTest::equalArraysGiveEqualBytes() {
  QVERIFY(write(at("a.npz")) && write(at("b.npz")));
  QCOMPARE(all(at("a.npz")), all(at("b.npz")));
}

void NpzWriterTest::arraysThatEndElsewhereAreAnError() {
  for (const std::int64_t side : {3, 5}) {
    std::vector<NpzArray> arrays;
    arrays.push_back(npz_array("short", {side}, std::vector<float>{1, 2, 3, 4}));
    const auto status = write_npz(at("c.npz"), std::move(arrays), {}, {});
    if (side == 3) QVERIFY(!status.ok() && status.error().sentence().starts_with("short: "));
    if (side == 5) QVERIFY(!status.ok());
    QCOMPARE(all(at("c.npz")), QByteArray("missing"));
  }
}

void NpzWriterTest::whatIsStoppedLeavesWhatWasThere() {
  QVERIFY(write(at("a.npz")));
  const QByteArray before = all(at("a.npz"));
  std::stop_source stop;
  stop.request_stop();
  const auto status = write(at("a.npz"), stop.get_token());
  QVERIFY(!status.ok() && status.error().kind == ErrorKind::Cancelled);
  QCOMPARE(all(at("a.npz")), before);
  for (const QString& name : QDir(folder_.path()).entryList(QDir::Files)) QVERIFY(name.endsWith(".npz"));
}

void NpzWriterTest::aFolderIsNoFile() {
  QVERIFY(!write(folder_.path().toStdString()).ok());
  QVERIFY(!write("/no/such/folder/a.npz").ok());
}

}  // namespace synann::io

SYNANN_TEST(synann::io::NpzWriterTest)
#include "npz_writer_test.moc"
