// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/data/idx.h"

#include <string>

#include <QtTest>

#include "engine/data/sample_bytes.h"
#include "engine/std_strings.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::data;
using synann::data::test::Bytes;

// The IDX reader takes what the format allows and says in one sentence what is wrong with anything else.
class IdxTest : public QObject {
  Q_OBJECT

 private slots:
  void readsImagesAsTheyWereWritten();
  void readsLabelsAsTheyWereWritten();
  void readsTheFirstColumnOfLabelRows();
  void knowsTheSizeFromTheHeader();
  void readsTheLargestDimension();
  void refusesImages_data();
  void refusesImages();
  void refusesLabels_data();
  void refusesLabels();
  void refusesEveryTruncation();
};

void IdxTest::readsImagesAsTheyWereWritten() {
  const Bytes bytes = test::image_file(3, 4, 5);
  const auto images = parse_idx_images(bytes, "f");
  QVERIFY(images.ok());
  QCOMPARE(images->count, 3);
  QCOMPARE(images->rows, 4);
  QCOMPARE(images->columns, 5);
  const std::uint32_t dimensions[] = {3, 4, 5};
  QCOMPARE(format_idx(dimensions, images->pixels), bytes);
  const Bytes header{0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0, 5};
  QCOMPARE(test::first(bytes, 16), header);
}

void IdxTest::readsLabelsAsTheyWereWritten() {
  const Bytes labels{0, 9, 5};
  const auto back = parse_idx_labels(test::label_file(labels), "f");
  QVERIFY(back.ok());
  QCOMPARE(*back, labels);
}

// QMNIST keeps eight 32-bit numbers an image, of which the first is the label.
void IdxTest::readsTheFirstColumnOfLabelRows() {
  Bytes file{0, 0, 0x0c, 2, 0, 0, 0, 2, 0, 0, 0, 3};
  for (const std::uint8_t number : Bytes{7, 1, 200, 61, 0, 0})
    for (const std::uint8_t byte : {std::uint8_t{0}, std::uint8_t{0}, std::uint8_t{0}, number})
      file.push_back(byte);
  const auto labels = parse_idx_labels(file, "f");
  QVERIFY2(labels.ok(), labels.ok() ? "" : labels.error().sentence().c_str());
  QCOMPARE(*labels, (Bytes{7, 61}));
  for (std::size_t size = 0; size < file.size(); ++size)
    QVERIFY(!parse_idx_labels(test::first(file, size), "f").ok());
  file[12] = 0xff;  // a negative label
  const auto refused = parse_idx_labels(file, "f");
  QVERIFY(!refused.ok());
  QVERIFY(refused.error().sentence().starts_with(
      "f: label 0 (counted from 0) is out of range at byte 12: expected 0 to 61"));
}

// The header alone tells how long a file is, without overflow.
void IdxTest::knowsTheSizeFromTheHeader() {
  QCOMPARE(idx_size(test::image_file(3, 4, 5)), std::uint64_t{16 + 60});
  QCOMPARE(idx_size(test::label_file({1, 2})), std::uint64_t{10});
  QCOMPARE(idx_size(test::bytes_of("text that is no IDX file")), std::uint64_t{0});
  QCOMPARE(idx_size(test::image_file(0xffffffffu, 0xffffffffu, 0xffffffffu, 0)), UINT64_MAX);
}

void IdxTest::readsTheLargestDimension() {
  QVERIFY(
      parse_idx_images(test::image_file(kLargestDimension + 1, 1, 2), "f").ok());  // of the count no limit
  QVERIFY(parse_idx_images(test::image_file(1, kLargestDimension, 2), "f").ok());
  QVERIFY(!parse_idx_images(test::image_file(1, kLargestDimension + 1, 2), "f").ok());
}

void IdxTest::refusesImages_data() {
  QTest::addColumn<Bytes>("bytes");
  QTest::addColumn<std::string>("sentence");
  const auto row = [](const char* name, const Bytes& bytes, const char* sentence) {
    QTest::newRow(name) << bytes << std::string(sentence);
  };
  const std::string names = "; check that the four files carry their right names";
  const auto magic = [&](const char* name, const Bytes& bytes, const std::string& found) {
    QTest::newRow(name) << bytes
                        << "dir/f: not an IDX image file at byte 0: expected magic 0x00000803, found " +
                               found + names;
  };
  row("empty", {},
      "dir/f: too short for an IDX file at byte 0: expected a header of 16 bytes, found 0 bytes; get the "
      "file again");
  row("three bytes", {0, 0, 8},
      "dir/f: too short for an IDX file at byte 0: expected a header of 16 bytes, found 3 bytes; get the "
      "file again");
  magic("label file", test::label_file({1, 2, 3}), "0x00000801, a label file");
  magic("two dimensions", {0, 0, 8, 2, 0, 0, 0, 1, 0, 0, 0, 1, 0}, "0x00000802, an IDX file of 2 dimensions");
  magic("255 dimensions", {0, 0, 8, 255}, "0x000008ff, an IDX file of 255 dimensions");
  magic("floats", {0, 0, 13, 3, 0, 0, 0, 1}, "0x00000d03, an IDX file not of bytes");
  magic("little-endian", {3, 8, 0, 0, 1, 0, 0, 0}, "0x03080000");
  magic("web page", test::bytes_of("<!DOCTYPE html>"), "0x3c21444f");
  magic("gzip", {0x1f, 0x8b, 8, 0, 0}, "gzip-compressed data");
  row("header cut", test::first(test::image_file(1, 2, 2), 15),
      "dir/f: the header is cut off at byte 15: expected a header of 16 bytes, found 15 bytes; get the file "
      "again");
  row("no image", test::image_file(0, 28, 28, 0),
      "dir/f: dimension 1 of 3 is out of range at byte 4: expected 1 to 2147483647, found 0; get the file "
      "again");
  row("no row", test::image_file(1, 0, 28, 0),
      "dir/f: dimension 2 of 3 is out of range at byte 8: expected 1 to 1048576, found 0; get the file "
      "again");
  row("too wide", test::image_file(1, 1, kLargestDimension + 1, 0),
      "dir/f: dimension 3 of 3 is out of range at byte 12: expected 1 to 1048576, found 1048577; get the "
      "file again");
  row("all ones", test::image_file(0xffffffffu, 0xffffffffu, 0xffffffffu, 0),
      "dir/f: dimension 1 of 3 is out of range at byte 4: expected 1 to 2147483647, found 4294967295; get "
      "the "
      "file again");
  // The product is 2^60; in 32 bits it would be 0 and fit the file.
  row("overflow", test::image_file(kLargestDimension, kLargestDimension, kLargestDimension, 0),
      "dir/f: the file is cut off at byte 16: expected 1152921504606846992 bytes in all, found 16; get the "
      "file again");
  row("one byte short", test::image_file(2, 2, 2, 7),
      "dir/f: the file is cut off at byte 23: expected 24 bytes in all, found 23; get the file again");
  row("one byte long", test::image_file(2, 2, 2, 9),
      "dir/f: bytes follow the data at byte 24: expected 24 bytes in all, found 25; get the file again");
}

void IdxTest::refusesImages() {
  QFETCH(Bytes, bytes);
  QFETCH(std::string, sentence);
  const auto result = parse_idx_images(bytes, "dir/f");
  QVERIFY(!result.ok());
  QCOMPARE(result.error().kind, ErrorKind::Input);
  QCOMPARE(result.error().sentence(), sentence);
}

void IdxTest::refusesLabels_data() {
  QTest::addColumn<Bytes>("bytes");
  QTest::addColumn<std::string>("sentence");
  QTest::newRow("image file")
      << test::image_file(1, 2, 2)
      << std::string(
             "dir/f: not an IDX label file at byte 0: expected magic 0x00000801, found "
             "0x00000803, an image file; check that the four files carry their right names");
  QTest::newRow("no label") << test::label_file({})
                            << std::string(
                                   "dir/f: dimension 1 of 1 is out of range at byte 4: expected 1 to "
                                   "2147483647, found 0; get the file again");
  QTest::newRow("62") << test::label_file({0, 9, 62, 3})
                      << std::string(
                             "dir/f: label 2 (counted from 0) is out of range at byte 10: expected 0 to 61, "
                             "found 62; only data with labels 0 to 61 can be used");
  QTest::newRow("long") << Bytes{0, 0, 8, 1, 0, 0, 0, 1, 5, 5}
                        << std::string(
                               "dir/f: bytes follow the data at byte 9: expected 9 bytes in all, found 10; "
                               "get the file again");
}

void IdxTest::refusesLabels() {
  QFETCH(Bytes, bytes);
  QFETCH(std::string, sentence);
  const auto result = parse_idx_labels(bytes, "dir/f");
  QVERIFY(!result.ok());
  QCOMPARE(result.error().kind, ErrorKind::Input);
  QCOMPARE(result.error().sentence(), sentence);
}

void IdxTest::refusesEveryTruncation() {
  const Bytes images = test::image_file(2, 3, 3), labels = test::label_file({1, 2, 3});
  for (std::size_t size = 0; size < images.size(); ++size) {
    QVERIFY(!parse_idx_images(test::first(images, size), "f").ok());
  }
  for (std::size_t size = 0; size < labels.size(); ++size) {
    QVERIFY(!parse_idx_labels(test::first(labels, size), "f").ok());
  }
}

SYNANN_TEST(IdxTest)
#include "idx_test.moc"
