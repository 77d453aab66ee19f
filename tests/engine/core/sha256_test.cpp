// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/sha256.h"

#include <string>
#include <vector>

#include <QtTest>

#include "engine/std_strings.h"
#include "tests/test_main.h"

// The digests are those of FIPS 180-4, in one piece and in many.
class Sha256Test : public QObject {
  Q_OBJECT

 private slots:
  void agreesWithTheStandard_data();
  void agreesWithTheStandard();
  void doesNotDependOnThePieces();
};

void Sha256Test::agreesWithTheStandard_data() {
  QTest::addColumn<QByteArray>("text");
  QTest::addColumn<std::string>("digest");
  QTest::newRow("empty") << QByteArray()
                         << std::string("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  QTest::newRow("abc") << QByteArray("abc")
                       << std::string("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  QTest::newRow("a million a") << QByteArray(1'000'000, 'a')
                               << std::string(
                                      "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

void Sha256Test::agreesWithTheStandard() {
  QFETCH(QByteArray, text);
  QFETCH(std::string, digest);
  const std::vector<std::uint8_t> bytes(text.begin(), text.end());
  QCOMPARE(synann::sha256_hex(bytes), digest);
}

void Sha256Test::doesNotDependOnThePieces() {
  const std::vector<std::uint8_t> bytes(1000, 7);
  synann::Sha256 pieces;
  for (std::size_t i = 0; i < bytes.size(); i += 125) pieces.add(std::span(bytes).subspan(i, 125));
  QCOMPARE(pieces.hex(), synann::sha256_hex(bytes));
}

SYNANN_TEST(Sha256Test)
#include "sha256_test.moc"
