// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/io/file_kind.h"

#include <QTest>

#include "engine/io/safetensors.h"
#include "tests/test_main.h"

using namespace synann::io;

namespace {

std::optional<synann::Error> kind_of(const QByteArray& bytes) {
  return other_kind_of_file(
      {reinterpret_cast<const std::uint8_t*>(bytes.data()), static_cast<std::size_t>(bytes.size())}, "a/b");
}

}  // namespace

// Files that people take for safetensors are told by their first bytes, and safetensors are not taken for
// them. Each kind as a person meets it: tests/cases/import_files_test.cpp.
class FileKindTest : public QObject {
  Q_OBJECT
 private slots:
  void tensorFilesAreNone();
  void unknownBytesAreNone();
  void aByteOrderMarkIsNoText();
  void everyKindSaysWhatToDo_data();
  void everyKindSaysWhatToDo();
};

// Whatever the lowest bytes of the header's length spell: they may be those of another kind.
void FileKindTest::tensorFilesAreNone() {
  for (std::size_t n = 0; n < 2000; ++n) {
    const auto bytes = format_safetensors({.metadata = {{"k", std::string(n, 'x')}}, .tensors = {}});
    QVERIFY(!other_kind_of_file(bytes, "a"));
  }
  QVERIFY(!kind_of(QByteArray("PK\x03\x04\0\0\0\0{}", 10)));
  QVERIFY(!kind_of(QByteArray("\x08\x07\x12\x07\0\0\0\0{}", 10)));
}

void FileKindTest::unknownBytesAreNone() {
  for (const char* text : {"x", "hello", "P", "PK", "\x89", "<b>", "12345678"})
    QVERIFY2(!kind_of(text), text);
  QVERIFY(!kind_of(QByteArray(100, 0)));
  QVERIFY(!kind_of(QByteArray(5000, '\x08')));
  QVERIFY(kind_of("").has_value());
  QCOMPARE(kind_of("")->sentence(), std::string("a/b: is empty"));
}

void FileKindTest::aByteOrderMarkIsNoText() {
  QVERIFY(kind_of("\xef\xbb\xbf  <!doctype HTML>")->problem.find("HTML") != std::string::npos);
  QVERIFY(kind_of("\xef\xbb\xbf{\"weight_map\":{}}")->problem.find("index.json") != std::string::npos);
}

void FileKindTest::everyKindSaysWhatToDo_data() {
  QTest::addColumn<QByteArray>("bytes");
  const QByteArray tar = QByteArray(257, 'a') + "ustar" + QByteArray(10, 0);
  QTest::newRow("zip in parts") << QByteArray("PK\x07\x08", 4);
  QTest::newRow("zip, name cut off") << QByteArray("PK\x03\x04\x14\0\0\0\0\0", 10);
  QTest::newRow("pickle") << QByteArray("\x80\x04}q", 4);
  QTest::newRow("gguf of the other byte order") << QByteArray("FUGG\0\0\0\3", 8);
  QTest::newRow("ggml") << QByteArray("tjgg\3\0\0\0", 8);
  QTest::newRow("xml") << QByteArray("<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>");
  QTest::newRow("tflite") << QByteArray("\x1c\0\0\0TFL3", 8);
  QTest::newRow("tar") << tar;
  QTest::newRow("zstd") << QByteArray("\x28\xb5\x2f\xfd\x04", 5);
  QTest::newRow("xz") << QByteArray(
      "\xfd"
      "7zXZ",
      5);
}

void FileKindTest::everyKindSaysWhatToDo() {
  QFETCH(QByteArray, bytes);
  const auto kind = kind_of(bytes);
  QVERIFY(kind.has_value());
  QVERIFY(kind->where == "a/b" && !kind->remedy.empty());
  QVERIFY(kind->problem.ends_with("and not a safetensors file"));
  QCOMPARE(kind->kind, synann::ErrorKind::Input);
}

SYNANN_TEST(FileKindTest)
#include "file_kind_test.moc"
