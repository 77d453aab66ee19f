// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstring>
#include <filesystem>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include "engine/core/memory_use.h"
#include "engine/io/safetensors.h"
#include "engine/std_strings.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::io;

namespace fs = std::filesystem;

namespace {

const std::vector<float> kWeights{1.5f, -2.25f};
const std::vector<std::int64_t> kCounter{600};

SafeTensors sample() {
  return {.metadata = {{"k", "v"}},
          .tensors = {make_tensor("b", {2}, std::span(kWeights)), make_tensor("n", {}, std::span(kCounter)),
                      make_tensor("a", {1, 2}, std::span(kWeights)),
                      make_tensor("empty", {0}, std::span<const float>{})}};
}

// The header of `header`'s length, or of the length that is claimed, before `rest`.
QByteArray tensor_file(const QByteArray& header, const QByteArray& rest = {}, std::int64_t claimed = -1) {
  const std::uint64_t length = static_cast<std::uint64_t>(claimed < 0 ? header.size() : claimed);
  return QByteArray(reinterpret_cast<const char*>(&length), 8) + header + rest;
}

QByteArray bytes_of(const Pieces& pieces) {
  QByteArray bytes;
  for (const auto piece : pieces)
    bytes.append(reinterpret_cast<const char*>(piece.data()), static_cast<qsizetype>(piece.size()));
  return bytes;
}

}  // namespace

// Tensor files as pieces that are written, and as files that are read.
class TensorFileTest : public QObject {
  Q_OBJECT

 private slots:
  void init();
  void hasTheBytesOfTheFormat();
  void piecesAreWhatFormatGives();
  void piecesBorrowTheTensors();
  void withoutContentItIsAnEmptyHeader();
  void readsAWholeFile();
  void readsTheMetadataAlone();
  void readsNoMoreThanTheHeader();
  void saysWhyMetadataCannotBeRead_data();
  void saysWhyMetadataCannotBeRead();
  void saysWhyAFileCannotBeRead_data();
  void saysWhyAFileCannotBeRead();
  void refusesAFileThatIsLargerThanTheMemory();

 private:
  fs::path path(const char* name) const { return fs::path(dir_->path().toStdString()) / name; }
  void put(const char* name, const QByteArray& bytes) const {
    QFile file(dir_->filePath(name));
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size());
  }

  std::unique_ptr<QTemporaryDir> dir_;
};

void TensorFileTest::init() {
  dir_ = std::make_unique<QTemporaryDir>();
  QVERIFY(dir_->isValid());
}

// Eight-byte elements first, then by name.
void TensorFileTest::hasTheBytesOfTheFormat() {
  const auto bytes = format_safetensors(sample());
  QByteArray header = R"({"__metadata__":{"k":"v"},"n":{"dtype":"I64","shape":[],"data_offsets":[0,8]},)"
                      R"("a":{"dtype":"F32","shape":[1,2],"data_offsets":[8,16]},)"
                      R"("b":{"dtype":"F32","shape":[2],"data_offsets":[16,24]},)"
                      R"("empty":{"dtype":"F32","shape":[0],"data_offsets":[24,24]}})";
  header = header.leftJustified((header.size() + 7) / 8 * 8, ' ');
  const QByteArray counter(reinterpret_cast<const char*>(kCounter.data()), 8),
      weights(reinterpret_cast<const char*>(kWeights.data()), 8);
  QCOMPARE(QByteArray(reinterpret_cast<const char*>(bytes.data()), static_cast<qsizetype>(bytes.size())),
           tensor_file(header, counter + weights + weights));
}

void TensorFileTest::piecesAreWhatFormatGives() {
  const SafeTensors content = sample();
  std::vector<TensorView> views;
  for (const Tensor& t : content.tensors) views.push_back({t.name, t.type, t.shape, t.bytes});
  const TensorFile file(content.metadata, views);
  const auto block = format_safetensors(content);
  const QByteArray pieces = bytes_of(file.pieces());
  QCOMPARE(file.size(), std::uint64_t{block.size()});
  QCOMPARE(pieces.size(), static_cast<qsizetype>(block.size()));
  QCOMPARE(std::memcmp(pieces.constData(), block.data(), block.size()), 0);
}

void TensorFileTest::piecesBorrowTheTensors() {
  const SafeTensors content = sample();
  const Tensor& t = content.tensors[0];
  const TensorFile file({}, {{t.name, t.type, t.shape, t.bytes}});
  QCOMPARE(file.pieces().size(), std::size_t{2});
  QCOMPARE(file.pieces()[1].data(), t.bytes.data());
}

void TensorFileTest::withoutContentItIsAnEmptyHeader() {
  QCOMPARE(bytes_of(TensorFile({}, {}).pieces()), tensor_file("{}      "));
}

void TensorFileTest::readsAWholeFile() {
  const auto bytes = format_safetensors(sample());
  QVERIFY(write_file_atomically(path("a"), bytes));
  const auto read = read_tensor_file(path("a"));
  QVERIFY(read.ok());
  QCOMPARE(*read, bytes);
}

void TensorFileTest::readsTheMetadataAlone() {
  QVERIFY(write_file_atomically(path("a"), format_safetensors(sample())));
  const auto metadata = read_tensor_metadata(path("a"));
  QVERIFY(metadata.ok());
  QCOMPARE(*metadata, sample().metadata);
  put("none", tensor_file("{}"));
  const auto none = read_tensor_metadata(path("none"));
  QVERIFY(none.ok() && none->empty());
}

void TensorFileTest::readsNoMoreThanTheHeader() {
  const auto header = R"({"__metadata__":{"k":"v"},"a":{"dtype":"F32","shape":[9],"data_offsets":[0,36]}})";
  put("a", tensor_file(header));  // the tensor is not there
  const auto metadata = read_tensor_metadata(path("a"));
  QVERIFY(metadata.ok());
  QCOMPARE(metadata->at("k"), std::string("v"));
  QVERIFY(!parse_safetensors(*read_tensor_file(path("a")), "a").ok());
}

void TensorFileTest::saysWhyMetadataCannotBeRead_data() {
  QTest::addColumn<QByteArray>("bytes");
  QTest::addColumn<QString>("complaint");
  const auto row = [](const char* name, const QByteArray& bytes, const char* complaint) {
    QTest::newRow(name) << bytes << complaint;
  };
  row("nothing", "", "is not a safetensors file");
  row("seven bytes", "1234567", "is not a safetensors file");
  row("too long a header", tensor_file("{}", {}, 100'000'001), "is not a safetensors file");
  row("the longest number", tensor_file("{}", {}, INT64_MAX), "is not a safetensors file");
  row("header behind the end", tensor_file("{}", {}, 3), "is truncated");
  row("no json", tensor_file("hello"), "the header is not JSON");
  row("half json", tensor_file(R"({"a":)"), "the header is not valid JSON");
  row("twice", tensor_file(R"({"__metadata__":{"a":"1","a":"2"}})"), "the header names \"a\" twice");
  row("deep", tensor_file("{\"a\":" + QByteArray(200, '[')), "nested too deeply");
  row("no object", tensor_file(R"({"__metadata__":[]})"), "__metadata__ is not an object");
  row("number", tensor_file(R"({"__metadata__":{"a":1}})"), "__metadata__ \"a\" is not a string");
}

void TensorFileTest::saysWhyMetadataCannotBeRead() {
  QFETCH(QByteArray, bytes);
  QFETCH(QString, complaint);
  put("a", bytes);
  const auto metadata = read_tensor_metadata(path("a"));
  QVERIFY(!metadata.ok());
  QCOMPARE(metadata.error().kind, ErrorKind::Input);
  const auto sentence = QString::fromStdString(metadata.error().sentence());
  QVERIFY2(sentence.startsWith(dir_->filePath("a") + ": ") && sentence.contains(complaint),
           qPrintable(sentence));
}

void TensorFileTest::saysWhyAFileCannotBeRead_data() {
  QTest::addColumn<QString>("kind");
  QTest::addColumn<QString>("sentence");
  QTest::newRow("absent") << "absent"
                          << "no such file; check the path";
  QTest::newRow("folder") << "folder"
                          << "is a folder, not a file; name a file inside it";
  QTest::newRow("pipe") << "pipe"
                        << "is not a regular file; name a regular file";
}

void TensorFileTest::saysWhyAFileCannotBeRead() {
  QFETCH(QString, kind);
  QFETCH(QString, sentence);
  const fs::path file = path("a");
  if (kind == "folder") fs::create_directory(file);
  if (kind == "pipe") QCOMPARE(::mkfifo(file.c_str(), 0600), 0);
  const std::string expected = file.string() + ": " + sentence.toStdString();
  const auto whole = read_tensor_file(file);
  QVERIFY(!whole.ok());
  QCOMPARE(whole.error().sentence(), expected);
  const auto metadata = read_tensor_metadata(file);
  QVERIFY(!metadata.ok());
  QCOMPARE(metadata.error().sentence(), expected);
}

// Such a file takes no room here: nothing was ever written into it.
void TensorFileTest::refusesAFileThatIsLargerThanTheMemory() {
  put("a", tensor_file("{}"));
  const auto length = static_cast<off_t>(memory_use().total + (2ull << 30));
  if (::truncate(path("a").c_str(), length) != 0) QSKIP("needs a file system that takes large files");
  const auto whole = read_tensor_file(path("a"));
  QVERIFY(!whole.ok());
  QVERIFY2(whole.error().sentence().find(": the file is too large: expected at most ") != std::string::npos,
           whole.error().sentence().c_str());
  QVERIFY(read_tensor_metadata(path("a")).ok());
}

SYNANN_TEST(TensorFileTest)
#include "tensor_file_test.moc"
