// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/io/safetensors.h"

#include <cmath>
#include <cstring>

#include <QTest>

#include "engine/io/base64.h"
#include "tests/test_main.h"

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
  void readsWhatTheReferenceReads_data();
  void readsWhatTheReferenceReads();
  void halvesAreExact();
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
  row("type", R"({"a":{"dtype":"I32","shape":[1],"data_offsets":[0,4]}})", 4,
      "tensor \"a\": its type is not one that this program computes with: expected F32, F16, BF16, F64 or "
      "I64, "
      "found \"I32\"; save it as 32-bit");
  row("unknown type", R"({"a":{"dtype":"F33","shape":[1],"data_offsets":[0,4]}})", 4,
      "its type is not known");
  row("no type", R"({"a":{"dtype":4,"shape":[1],"data_offsets":[0,4]}})", 4, "found 4");
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
  row("missing key", R"({"a":{"dtype":"F32","shape":[1]}})", 4,
      "not complete: expected dtype, shape and data_offsets, found no data_offsets");
  row("field twice", R"({"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}})", 4,
      "names \"dtype\" twice");
  row("metadata twice", R"({"__metadata__":{"k":"1","k":"2"}})", 0, "names \"k\" twice");
  row("null", R"({"a":null})", 0, "not an object");
  row("metadata number", R"({"__metadata__":{"a":1}})", 0, "not a string");
  QTest::newRow("deep") << "{\"a\":" + QByteArray(200, '[') << 0 << QString("nested");
  QTest::newRow("long name") << "{\"" + QByteArray(500, 'n') + "\":1}" << 0 << QString(100, 'n') + "…\"";
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

void SafetensorsTest::readsWhatTheReferenceReads_data() {
  QTest::addColumn<QByteArray>("header");
  const QByteArray rest = R"("dtype":"F32","shape":[1],"data_offsets":[0,4]}})";
  QTest::newRow("metadata null") << R"({"__metadata__":null,"a":{)" + rest;
  QTest::newRow("unknown field") << R"({"a":{"x":1,)" + rest;
  QTest::newRow("unknown field twice") << R"({"a":{"x":1,"x":[],)" + rest;
  QTest::newRow("names twice inside it") << R"({"a":{"x":{"dtype":1,"dtype":[{"y":1,"y":2}]},)" + rest;
  QTest::newRow("deep inside it") << R"({"a":{"x":)" + QByteArray(100, '[') + QByteArray(100, ']') + "," +
                                         rest;
  QTest::newRow("spaces behind") << R"({"a":{)" + rest + "   ";
  QTest::newRow("nine dimensions") << QByteArray(
      R"({"a":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,1],"data_offsets":[0,4]}})");
}

void SafetensorsTest::readsWhatTheReferenceReads() {
  QFETCH(QByteArray, header);
  const auto read = parse_safetensors(file_of(header.toStdString(), 4), "a");
  QVERIFY2(read.ok(), read.ok() ? "" : read.error().sentence().c_str());
  QCOMPARE(read->tensors.size(), std::size_t{1});
  QCOMPARE(read->tensors[0].to_float(), std::vector<float>{0});
}

// Every number of 16 bits, by its definition.
void SafetensorsTest::halvesAreExact() {
  std::vector<std::uint16_t> all(65536);
  for (std::size_t k = 0; k < all.size(); ++k) all[k] = static_cast<std::uint16_t>(k);
  Tensor t{
      .name = "h", .type = TensorType::F16, .shape = {65536}, .bytes = std::vector<std::uint8_t>(131072)};
  std::memcpy(t.bytes.data(), all.data(), t.bytes.size());
  const auto halves = t.to_float();
  t.type = TensorType::BF16;
  const auto uppers = t.to_double();
  for (std::uint32_t k = 0; k < 65536; ++k) {
    const int exponent = static_cast<int>(k >> 10 & 31u), fraction = static_cast<int>(k & 1023u);
    const double sign = k >> 15 ? -1 : 1;
    if (exponent == 31) {
      QVERIFY(fraction ? std::isnan(halves[k])
                       : std::isinf(halves[k]) && std::signbit(halves[k]) == (sign < 0));
    } else {
      const double value = exponent ? std::ldexp(1024 + fraction, exponent - 25) : std::ldexp(fraction, -24);
      QCOMPARE(static_cast<double>(halves[k]), sign * value);
    }
    const int wide = static_cast<int>(k >> 7 & 255u), short_fraction = static_cast<int>(k & 127u);
    if (wide == 255) {
      QVERIFY(!std::isfinite(uppers[k]));
    } else {
      const double value =
          wide ? std::ldexp(128 + short_fraction, wide - 134) : std::ldexp(short_fraction, -133);
      QCOMPARE(uppers[k], sign * value);
    }
  }
}

void SafetensorsTest::base64() {
  for (std::size_t n = 0; n < 20; ++n) {
    std::vector<std::uint8_t> bytes(n);
    for (std::size_t k = 0; k < n; ++k) bytes[k] = static_cast<std::uint8_t>(37 * k + 250);
    const QByteArray text = QByteArray(reinterpret_cast<const char*>(bytes.data()), qsizetype(n)).toBase64();
    QCOMPARE(from_base64({text.data(), static_cast<std::size_t>(text.size())}), bytes);
  }
  QCOMPARE(from_base64("TWE="), std::vector<std::uint8_t>({'M', 'a'}));
  for (const char* text : {"abc", "ab\ncd===", "****", "TWE=\n   "}) QVERIFY(!from_base64(text));
}

SYNANN_TEST(SafetensorsTest)
#include "safetensors_test.moc"
