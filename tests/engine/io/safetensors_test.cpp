// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/io/safetensors.h"

#include <cstring>

#include <QTest>

#include "engine/io/base64.h"

using namespace synann::io;

namespace {

// A file with this header and `data` bytes of tensors.
std::vector<std::uint8_t> file_of(std::string header, std::size_t data, std::int64_t length_off = 0) {
  const std::uint64_t length = header.size() + static_cast<std::uint64_t>(length_off);
  std::vector<std::uint8_t> bytes(8 + header.size() + data);
  std::memcpy(bytes.data(), &length, 8);
  std::memcpy(bytes.data() + 8, header.data(), header.size());
  return bytes;
}

}  // namespace

class SafetensorsTest : public QObject {
  Q_OBJECT
 private slots:
  void roundTrip();
  void equalContentGivesEqualBytes();
  void refusesBrokenFiles_data();
  void refusesBrokenFiles();
  void refusesEveryTruncation();
  void base64();
};

void SafetensorsTest::roundTrip() {
  const std::vector<float> weights{1.5f, -2.25f, 0.0f, 1e-30f, 3.0f, 4.0f};
  const std::vector<std::int64_t> counter{600};
  const SafeTensors content{.metadata = {{"format", "x"}, {"quote", "a \"b\" \\ ü"}},
                            .tensors = {make_tensor("fc.weight", {2, 3}, std::span(weights)),
                                        make_tensor("n", {}, std::span(counter)),
                                        make_tensor("empty", {0, 4}, std::span<const float>{})}};
  const auto bytes = format_safetensors(content);
  QCOMPARE((bytes.size() - 6 * 4 - 8) % 8, std::size_t{0});  // the buffer starts aligned
  const auto read = parse_safetensors(bytes, "a.safetensors");
  QVERIFY2(read.ok(), read.ok() ? "" : read.error().sentence().c_str());
  QCOMPARE(read->metadata, content.metadata);
  QCOMPARE(read->find("fc.weight")->to_float(), weights);
  QCOMPARE(read->find("fc.weight")->shape, (std::vector<std::int64_t>{2, 3}));
  QCOMPARE(read->find("n")->to_int64(), counter);
  QVERIFY(read->find("n")->shape.empty());
  QCOMPARE(read->find("empty")->element_count(), std::size_t{0});
  QVERIFY(read->find("absent") == nullptr);
}

void SafetensorsTest::equalContentGivesEqualBytes() {
  const std::vector<float> one{1}, two{2};
  const auto a = make_tensor("a", {1}, std::span(one)), b = make_tensor("b", {1}, std::span(two));
  QCOMPARE(format_safetensors({.metadata = {}, .tensors = {a, b}}),
           format_safetensors({.metadata = {}, .tensors = {b, a}}));
}

void SafetensorsTest::refusesBrokenFiles_data() {
  QTest::addColumn<QByteArray>("header");
  QTest::addColumn<int>("data");
  QTest::addColumn<QString>("complaint");
  const auto row = [](const char* name, const char* header, int data, const char* complaint) {
    QTest::newRow(name) << QByteArray(header) << data << QString(complaint);
  };
  row("no json", "hello", 0, "not JSON");
  row("half json", R"({"a":)", 0, "not valid JSON");
  row("array", R"([1])", 0, "not JSON");
  row("bad utf-8", "{\"\xff\":1}", 0, "not valid JSON");
  row("twice",
      R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})",
      4, "twice");
  row("type", R"({"a":{"dtype":"F16","shape":[1],"data_offsets":[0,2]}})", 2, "type is not supported");
  row("negative", R"({"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}})", 4, "not a whole number");
  row("fraction", R"({"a":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}})", 4, "not a whole number");
  row("overflow", R"({"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}})", 0,
      "too large");
  row("length", R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}})", 4, "length does not match");
  row("descending", R"({"a":{"dtype":"F32","shape":[0],"data_offsets":[4,0]}})", 4, "ascending");
  row("hole", R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})", 8, "hole or overlap");
  row("overlap",
      R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})",
      8, "hole or overlap");
  row("behind the end", R"({"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}})", 8, "truncated");
  row("bytes left over", R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})", 5,
      "follow the last tensor");
  row("extra key", R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":1}})", 4, "not complete");
  row("metadata number", R"({"__metadata__":{"a":1}})", 0, "not a string");
  row("deep", R"({"a":{"shape":[[[[[1]]]]]}})", 0, "nested");
}

void SafetensorsTest::refusesBrokenFiles() {
  QFETCH(QByteArray, header);
  QFETCH(int, data);
  QFETCH(QString, complaint);
  const auto read =
      parse_safetensors(file_of(header.toStdString(), static_cast<std::size_t>(data)), "run/a.safetensors");
  QVERIFY(!read.ok());
  const auto sentence = QString::fromStdString(read.error().sentence());
  QVERIFY2(sentence.contains(complaint), qPrintable(sentence));
  QVERIFY2(sentence.startsWith("run/a.safetensors"), qPrintable(sentence));
  QVERIFY(read.error().kind == synann::ErrorKind::Input);
}

void SafetensorsTest::refusesEveryTruncation() {
  const std::vector<float> weights{1, 2, 3};
  const auto bytes =
      format_safetensors({.metadata = {{"k", "v"}}, .tensors = {make_tensor("a", {3}, std::span(weights))}});
  for (std::size_t n = 0; n < bytes.size(); ++n)
    QVERIFY(!parse_safetensors(std::span(bytes).first(n), "a").ok());
  // A header length that points behind the file, up to the largest number.
  auto huge = bytes;
  for (int k = 0; k < 8; ++k) huge[static_cast<std::size_t>(k)] = 0xff;
  QVERIFY(!parse_safetensors(huge, "a").ok());
}

void SafetensorsTest::base64() {
  for (std::size_t n = 0; n < 20; ++n) {
    std::vector<std::uint8_t> bytes(n);
    for (std::size_t k = 0; k < n; ++k) bytes[k] = static_cast<std::uint8_t>(37 * k + 250);
    QCOMPARE(from_base64(to_base64(bytes)), bytes);
  }
  QCOMPARE(to_base64(std::vector<std::uint8_t>{'M', 'a'}), std::string("TWE="));
  for (const char* text : {"abc", "ab\ncd===", "****", "TWE=\n   "}) QVERIFY(!from_base64(text));
}

QTEST_GUILESS_MAIN(SafetensorsTest)
#include "safetensors_test.moc"
