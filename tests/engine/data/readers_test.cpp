// SPDX-License-Identifier: GPL-3.0-or-later
#include <string>

#include <QtTest>

#include "engine/data/csv.h"
#include "engine/data/formats.h"
#include "engine/data/gzip.h"
#include "engine/data/npz.h"
#include "engine/data/packing.h"
#include "engine/data/picture.h"
#include "engine/data/sample_files.h"
#include "engine/std_strings.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::data;
using synann::data::test::Bytes;

namespace {

constexpr std::uint64_t kRoom = 1u << 20;  // bytes

std::string sentence_of(const Result<Content>& result) {
  return result ? "taken" : result.error().sentence();
}

Result<Content> csv(std::string_view text) {
  return parse_csv(test::bytes_of(text), "f", kRoom);
}

}  // namespace

// Every format beside IDX is read as people have it, or refused in one sentence, whatever the bytes are.
class ReadersTest : public QObject {
  Q_OBJECT

 private slots:
  void readsCsv_data();
  void readsCsv();
  void refusesCsv_data();
  void refusesCsv();
  void readsKerasArchive();
  void readsOneArray();
  void refusesNpz_data();
  void refusesNpz();
  void readsPictures();
  void refusesPictures_data();
  void refusesPictures();
  void refusesEveryTruncation();
  void namesWhatIsPackedOtherwise_data();
  void namesWhatIsPackedOtherwise();
  void readsPlainFilesAndGzip();
  void holdsTheHeaderAgainstTheMemory();
};

void ReadersTest::readsCsv_data() {
  QTest::addColumn<QByteArray>("text");
  QTest::addColumn<Bytes>("labels");
  QTest::addColumn<Bytes>("pixels");
  const Bytes pixels{0, 10, 20, 255, 0, 40, 50, 60}, labels{3, 61};
  QTest::newRow("label first") << QByteArray("label,p0,p1,p2,p3\n3,0,10,20,255\n61,0,40,50,60\n") << labels
                               << pixels;
  QTest::newRow("label last") << QByteArray("p0,p1,p2,p3,class\n0,10,20,255,3\n0,40,50,60,61\n") << labels
                              << pixels;
  QTest::newRow("no header, first") << QByteArray("3,0,10,20,255\n61,0,40,50,60") << labels << pixels;
  QTest::newRow("no header, last") << QByteArray("0,10,20,255,3\n0,40,50,60,61\n") << labels << pixels;
  QTest::newRow("Windows, quotes, semicolons")
      << QByteArray("\xef\xbb\xbf\"label\";a;b;c;d\r\n\"3\";0;10;20;255\r\n61;0;40;50;60.0\r\n\r\n") << labels
      << pixels;
  QTest::newRow("tabs") << QByteArray("3\t0\t10\t20\t255\n61\t0\t40\t50\t60\n") << labels << pixels;
  QTest::newRow("no labels") << QByteArray("p0,p1,p2,p3,p4,p5,p6,p7,p8\n0,1,2,3,4,5,6,7,8\n") << Bytes{}
                             << Bytes{0, 1, 2, 3, 4, 5, 6, 7, 8};
}

void ReadersTest::readsCsv() {
  QFETCH(QByteArray, text);
  QFETCH(Bytes, labels);
  QFETCH(Bytes, pixels);
  const Bytes bytes(text.begin(), text.end());
  QVERIFY(is_csv(bytes));
  const auto content = parse_csv(bytes, "f", kRoom);
  QVERIFY2(content.ok(), sentence_of(content).c_str());
  QCOMPARE(content->train.labels, labels);
  QCOMPARE(content->train.pixels, pixels);
  QCOMPARE(content->train.rows, content->train.columns);
  QVERIFY(!content->test);
}

void ReadersTest::refusesCsv_data() {
  QTest::addColumn<QByteArray>("text");
  QTest::addColumn<std::string>("sentence");
  const auto row = [](const char* name, const char* text, const char* sentence) {
    QTest::newRow(name) << QByteArray(text) << std::string(sentence);
  };
  row("pixel too large", "3,0,10,20,256\n",
      "f: line 1: column 5 is no pixel: expected a whole number from 0 to 255, found \"256\"");
  row("label 62", "label,a,b,c,d\n62,0,0,0,0\n",
      "f: line 2: column 1 is no label: expected a whole number from 0 to 61, found \"62\"");
  row("a part of one", "3,0,10,20,0.5\n4,1,1,1,1\n",
      "f: line 1: column 5 is no pixel: expected a whole number from 0 to 255, found \"0.5\"");
  row("short line", "label,a,b,c,d\n1,2,3,4\n",
      "f: line 2: has another number of columns: expected 5, found 4");
  row("flowers", "sepal,petal,species\n5.1,3.5,setosa\n",
      "f: its columns are no images with labels: expected a label and the pixels of a square, such as 785 "
      "columns, found 3 "
      "columns; give a file with one image a line, its label first or last");
  row("header alone", "label,a,b,c,d\n", "f: holds no image: expected a line for each image, found none");
}

void ReadersTest::refusesCsv() {
  QFETCH(QByteArray, text);
  QFETCH(std::string, sentence);
  const auto content = csv(text.toStdString());
  QVERIFY(!content.ok());
  QCOMPARE(content.error().sentence(), sentence);
}

void ReadersTest::readsKerasArchive() {
  const Bytes images{0, 1, 2, 3, 4, 5, 6, 255}, wide{3, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0};
  const auto content =
      parse_npz(test::zip_file({{"x_test.npy", test::npy_file("|u1", "(1, 2, 2)", {9, 8, 7, 6})},
                                {"x_train.npy", test::npy_file("|u1", "(2, 2, 2)", images)},
                                {"y_train.npy", test::npy_file("<i8", "(2,)", wide)},
                                {"y_test.npy", test::npy_file(">i2", "(1, 1)", {0, 5})}}),
                "f", kRoom);
  QVERIFY2(content.ok(), sentence_of(content).c_str());
  QCOMPARE(content->train.pixels, images);
  QCOMPARE(content->train.labels, (Bytes{3, 9}));
  QVERIFY(content->test.has_value());
  QCOMPARE(content->test->pixels, (Bytes{9, 8, 7, 6}));
  QCOMPARE(content->test->labels, Bytes{5});
}

void ReadersTest::readsOneArray() {
  const auto images =
      parse_npz(test::zip_file({{"arr_0.npy", test::npy_file("|u1", "(1, 2, 1, 1)", {4, 5})}}), "f", kRoom);
  QVERIFY2(images.ok(), sentence_of(images).c_str());
  QCOMPARE(images->train.rows, 2);
  QCOMPARE(images->train.columns, 1);
  const auto labels =
      parse_npz(test::zip_file({{"arr_0.npy", test::npy_file("|u1", "(2,)", {48, 0})}}), "f", kRoom);
  QVERIFY2(labels.ok(), sentence_of(labels).c_str());
  QCOMPARE(labels->train.labels, (Bytes{48, 0}));
}

void ReadersTest::refusesNpz_data() {
  QTest::addColumn<Bytes>("bytes");
  QTest::addColumn<QString>("part");
  const auto two = [](const Bytes& images, const Bytes& labels) {
    return test::zip_file({{"x_train.npy", images}, {"y_train.npy", labels}});
  };
  const Bytes images = test::npy_file("|u1", "(1, 2, 2)", {1, 2, 3, 4}),
              labels = test::npy_file("|u1", "(1,)", {1});
  QTest::newRow("huge shape") << two(test::npy_file("|u1", "(1000000, 1000, 1000)", {1, 2, 3, 4}), labels)
                              << "the array cannot be read";
  QTest::newRow("overflow") << two(test::npy_file("<i8", "(4294967296, 4294967296, 4294967296)", {}), labels)
                            << "the array is too large";
  QTest::newRow("floats") << two(test::npy_file("<f4", "(1, 1, 1)", {0, 0, 0, 0}), labels)
                          << "the array does not hold integers: expected '|u1', found '<f4'";
  QTest::newRow("objects") << two(test::npy_file("|O", "(1,)", {0}), labels) << "does not hold integers";
  QTest::newRow("Fortran") << two(test::npy_file("|u1", "(1, 2, 2)", {1, 2, 3, 4}, "True"), labels)
                           << "Fortran";
  QTest::newRow("colours") << two(test::npy_file("|u1", "(1, 2, 2, 3)", Bytes(12, 0)), labels)
                           << "another shape";
  QTest::newRow("too wide") << two(test::npy_file("|u1", "(1, 1, 257)", Bytes(257, 0)), labels)
                            << "at most 256×256";
  QTest::newRow("label 62") << two(images, test::npy_file("|u1", "(1,)", {62})) << "label 0 (counted from 0)";
  QTest::newRow("pixel -1") << two(test::npy_file("|i1", "(1, 1, 1)", {0xff}), labels)
                            << "pixel 0 (counted from 0)";
  QTest::newRow("other names") << test::zip_file({{"a.npy", images}, {"b.npy", labels}})
                               << "lacks the arrays";
  QTest::newRow("a plain zip") << test::zip_file({{"train.csv", {1}}})
                               << "is a zip archive; unpack it: unzip f";
  QTest::newRow("no array") << test::zip_file({{"arr_0.npy", {1, 2}}}) << "is no NPY array";
  Bytes flipped = two(images, labels);
  flipped[flipped.size() / 4] ^= 0xff;
  QTest::newRow("wrong checksum") << flipped << "cannot be read";
}

void ReadersTest::refusesNpz() {
  QFETCH(Bytes, bytes);
  QFETCH(QString, part);
  const auto content = parse_npz(bytes, "f", kRoom);
  QVERIFY(!content.ok());
  const QString sentence = QString::fromStdString(content.error().sentence());
  QVERIFY2(sentence.startsWith("f") && sentence.contains(part), qPrintable(sentence));
}

void ReadersTest::readsPictures() {
  const auto png = parse_png(test::png_file(2, 3, {0, 1, 2, 3, 254, 255}), "f");
  QVERIFY2(png.ok(), png.ok() ? "" : png.error().sentence().c_str());
  QCOMPARE(png->rows, 2);
  QCOMPARE(png->pixels, (Bytes{0, 1, 2, 3, 254, 255}));
  const auto jpeg = parse_jpeg(test::jpeg_file(), "f");
  QVERIFY2(jpeg.ok(), jpeg.ok() ? "" : jpeg.error().sentence().c_str());
  QCOMPARE(jpeg->columns, 8);
  QCOMPARE(jpeg->pixels, Bytes(64, 200));
}

void ReadersTest::refusesPictures_data() {
  QTest::addColumn<Bytes>("bytes");
  QTest::addColumn<QString>("part");
  QTest::newRow("too large") << test::png_file(300, 2, {})
                             << "f: the image is too large: expected at most 256×256 pixels, found 300×2";
  Bytes head = test::png_file(1, 1, {0});
  head[20] = head[21] = 0x7f;  // 2 billion rows
  QTest::newRow("huge") << head
                        << "f: the image is too large: expected at most 256×256 pixels, found 2139029505×1";
  QTest::newRow("no pixels") << test::png_file(2, 2, {1}) << "f: the PNG image cannot be decoded";
}

void ReadersTest::refusesPictures() {
  QFETCH(Bytes, bytes);
  QFETCH(QString, part);
  const auto png = parse_png(bytes, "f");
  QVERIFY(!png.ok());
  const QString sentence = QString::fromStdString(png.error().sentence());
  QVERIFY2(sentence.contains(part), qPrintable(sentence));
}

void ReadersTest::refusesEveryTruncation() {
  const Bytes png = test::png_file(2, 2, {1, 2, 3, 4}), jpeg = test::jpeg_file();
  const Bytes npz = test::zip_file({{"x_train.npy", test::npy_file("|u1", "(1, 1, 1)", {4})},
                                    {"y_train.npy", test::npy_file("|u1", "(1,)", {4})}});
  QVERIFY(parse_npz(npz, "f", kRoom).ok());
  for (std::size_t size = 0; size + 12 < png.size(); ++size)
    QVERIFY(!parse_png(test::first(png, size), "f").ok());
  for (std::size_t size = 0; size + 2 < jpeg.size(); ++size)
    QVERIFY(!parse_jpeg(test::first(jpeg, size), "f").ok());
  for (std::size_t size = 0; size < npz.size(); ++size)
    QVERIFY(!parse_npz(test::first(npz, size), "f", kRoom).ok());
}

void ReadersTest::namesWhatIsPackedOtherwise_data() {
  QTest::addColumn<Bytes>("bytes");
  QTest::addColumn<std::string>("sentence");
  const auto row = [](const char* name, Bytes bytes, const char* sentence) {
    bytes.resize(bytes.size() + 20);
    QTest::newRow(name) << bytes << std::string(sentence);
  };
  row("xz", {0xfd, '7', 'z', 'X', 'Z', 0}, "a b: is packed with xz; unpack it: xz -dk 'a b'");
  row("zstd", {0x28, 0xb5, 0x2f, 0xfd}, "a b: is packed with zstd; unpack it: zstd -d 'a b'");
  row("bzip2", test::bytes_of("BZh9"), "a b: is packed with bzip2; unpack it: bzip2 -dk 'a b'");
  row("web page", test::bytes_of("<!DOCTYPE html>"),
      "a b: is a web page, not the file itself; get the file again");
  QTest::newRow("gzip in gzip") << *gzip(*gzip(Bytes{1, 2, 3}))
                                << std::string(
                                       "a b: is packed with gzip twice; unpack it once: gzip -d 'a b'");
  QTest::newRow("zip") << test::zip_file({{"train.csv", {1}}})
                       << std::string("a b: is a zip archive; unpack it: unzip 'a b'");
}

void ReadersTest::namesWhatIsPackedOtherwise() {
  QFETCH(Bytes, bytes);
  QFETCH(std::string, sentence);
  const auto content = read_content(bytes, "a b", kRoom);
  QVERIFY(!content.ok());
  QCOMPARE(content.error().sentence(), sentence);
}

void ReadersTest::readsPlainFilesAndGzip() {
  const Bytes file = test::image_file(3, 2, 2);
  for (const Bytes& bytes : {file, *gzip(file)}) {
    const auto content = read_content(bytes, "f.gz", kRoom);
    QVERIFY2(content.ok(), sentence_of(content).c_str());
    QCOMPARE(content->train.image_count(), std::size_t{3});
  }
  Bytes long_file = file;
  long_file.push_back(1);
  QVERIFY(sentence_of(read_content(*gzip(long_file), "f", kRoom)).starts_with("f: bytes follow the data"));
}

// The header alone is unpacked; nothing of the size that it claims is made.
void ReadersTest::holdsTheHeaderAgainstTheMemory() {
  const Bytes bomb = *gzip(test::image_file(0x7fffffff, 1u << 20, 1u << 20, 64));
  const auto content = read_content(bomb, "f", kRoom);
  QVERIFY(!content.ok());
  QVERIFY2(content.error().sentence().starts_with("f: does not fit the free memory: expected at most 2 MB"),
           content.error().sentence().c_str());
}

SYNANN_TEST(ReadersTest)
#include "readers_test.moc"
