// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/data/gzip.h"

#include <string>

#include <QtTest>

#include "engine/data/idx.h"
#include "engine/data/sample_bytes.h"
#include "engine/std_strings.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::data;
using synann::data::test::Bytes;

namespace {

Bytes packed(const Bytes& bytes) {
  const auto result = gzip(bytes);
  return result ? *result : Bytes{};
}

// `bytes` with one of its bytes turned over.
Bytes damaged(Bytes bytes, std::size_t index) {
  bytes[index] ^= 0xff;
  return bytes;
}

}  // namespace

// One gzip member is unpacked, wholly and within its limit, or refused.
class GzipTest : public QObject {
  Q_OBJECT

 private slots:
  void unpacksWhatWasPacked_data();
  void unpacksWhatWasPacked();
  void packsEqualBytesEqually();
  void readsTheOptionalHeaderFields();
  void keepsTheLimitExactly_data();
  void keepsTheLimitExactly();
  void readsMembersAndPadding();
  void readsOnlyTheStart();
  void refuses_data();
  void refuses();
  void refusesEveryTruncation();
};

void GzipTest::unpacksWhatWasPacked_data() {
  QTest::addColumn<Bytes>("bytes");
  QTest::newRow("nothing") << Bytes{};
  QTest::newRow("one") << Bytes{7};
  QTest::newRow("a buffer") << Bytes(1u << 16, 3);
  QTest::newRow("a buffer and one") << Bytes((1u << 16) + 1, 3);
  QTest::newRow("images") << test::image_file(100, 28, 28);
}

void GzipTest::unpacksWhatWasPacked() {
  QFETCH(Bytes, bytes);
  const Bytes file = packed(bytes);
  QVERIFY(is_gzip(file));
  const auto back = gunzip(file, "f");
  QVERIFY(back.ok());
  QCOMPARE(*back, bytes);
}

void GzipTest::packsEqualBytesEqually() {
  const Bytes file = packed(test::label_file({1, 2}));
  QCOMPARE(packed(test::label_file({1, 2})), file);
  for (const std::size_t i : {4u, 5u, 6u, 7u}) QCOMPARE(file[i], std::uint8_t{0});  // no time of writing
}

void GzipTest::readsTheOptionalHeaderFields() {
  const Bytes plain = packed({1, 2, 3});
  Bytes named = test::first(plain, 10);
  named[3] = 0x08;  // a file name follows, as the gzip program writes it
  for (const char c : std::string("digits\0", 7)) named.push_back(static_cast<std::uint8_t>(c));
  named.insert(named.end(), plain.begin() + 10, plain.end());
  const auto back = gunzip(named, "f");
  QVERIFY(back.ok());
  QCOMPARE(*back, (Bytes{1, 2, 3}));
}

void GzipTest::keepsTheLimitExactly_data() {
  QTest::addColumn<quint64>("limit");
  for (const quint64 limit : {1ull, 65535ull, 65536ull, 65537ull, 131072ull, 200000ull}) {
    QTest::addRow("%llu", limit) << limit;
  }
}

void GzipTest::keepsTheLimitExactly() {
  QFETCH(quint64, limit);
  const auto fits = gunzip(packed(Bytes(limit, 1)), "f", limit);
  QVERIFY(fits.ok());
  QCOMPARE(fits->size(), std::size_t{limit});
  const auto over = gunzip(packed(Bytes(limit + 1, 1)), "dir/f", limit);
  QVERIFY(!over.ok());
  QCOMPARE(over.error().kind, ErrorKind::Input);
  QCOMPARE(over.error().where, std::string("dir/f"));
  QCOMPARE(over.error().problem, std::string("the data are too large after decompression"));
  QCOMPARE(over.error().expected, "at most " + std::to_string(limit) + " bytes");
}

// As gzip itself does: members one after the other, and zeros behind the last.
void GzipTest::readsMembersAndPadding() {
  const Bytes first = packed({1, 2, 3}), second = packed({4, 5});
  Bytes file = first;
  file.insert(file.end(), second.begin(), second.end());
  file.insert(file.end(), 512, 0);
  const auto back = gunzip(file, "f");
  QVERIFY2(back.ok(), back.ok() ? "" : back.error().sentence().c_str());
  QCOMPARE(*back, (Bytes{1, 2, 3, 4, 5}));
  QVERIFY(gunzip(file, "f", 5).ok());
  QVERIFY(!gunzip(file, "f", 4).ok());  // the limit holds for all members together
}

void GzipTest::readsOnlyTheStart() {
  Bytes file = packed(test::image_file(100, 28, 28));
  const Bytes start = gunzip_start(file, 16);
  QCOMPARE(start, test::first(test::image_file(100, 28, 28), 16));
  QCOMPARE(gunzip_start(packed({1, 2}), 16), (Bytes{1, 2}));
  QCOMPARE(gunzip_start(test::bytes_of("plain"), 16), Bytes{});
}

void GzipTest::refuses_data() {
  QTest::addColumn<Bytes>("bytes");
  QTest::addColumn<std::string>("sentence");
  const auto row = [](const char* name, const Bytes& bytes, const char* sentence) {
    QTest::newRow(name) << bytes << std::string(sentence);
  };
  const Bytes file = packed({1, 2, 3, 4, 5});
  const std::size_t size = file.size();
  Bytes trailing = file;
  trailing.push_back(7);
  Bytes twice = file;
  twice.insert(twice.end(), file.begin(), file.end() - 1);
  row("empty", {},
      "dir/f: not a gzip file at byte 0: expected the bytes 1f 8b, found 0 bytes in all; get the file again");
  row("plain IDX", test::label_file({1}),
      "dir/f: not a gzip file at byte 0: expected the bytes 1f 8b, found 00 00; get the file again");
  row("only the magic", {0x1f, 0x8b},
      "dir/f: the gzip data are cut off at byte 2: found the end of the file; get the file again");
  row("other method", damaged(file, 2),
      "dir/f: the gzip data are damaged: found unknown compression method; get the file again");
  row("checksum", damaged(file, size - 8),
      "dir/f: the gzip checksum is wrong: found damaged data; get the file again");
  row("length", damaged(file, size - 4),
      "dir/f: the gzip length is wrong: found damaged data; get the file again");
  row("trailing byte", trailing,
      "dir/f: bytes follow the gzip data at byte 25: expected 25 bytes in all, found 26; get the file again");
  row("second member cut", twice,
      "dir/f: the gzip data are cut off at byte 49: found the end of the file; get the file again");
}

void GzipTest::refuses() {
  QFETCH(Bytes, bytes);
  QFETCH(std::string, sentence);
  const auto result = gunzip(bytes, "dir/f");
  QVERIFY(!result.ok());
  QCOMPARE(result.error().kind, ErrorKind::Input);
  QCOMPARE(result.error().sentence(), sentence);
}

void GzipTest::refusesEveryTruncation() {
  const Bytes file = packed(test::image_file(3, 28, 28));
  for (std::size_t size = 0; size < file.size(); ++size) QVERIFY(!gunzip(test::first(file, size), "f").ok());
}

SYNANN_TEST(GzipTest)
#include "gzip_test.moc"
