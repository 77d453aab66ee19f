// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/version.h"

#include <string>

#include <QtTest>

#include "engine/std_strings.h"
#include "tests/test_main.h"

using namespace synann;

// Versions are compared number by number.
class VersionTest : public QObject {
  Q_OBJECT

 private slots:
  void theNewerOneIsNewer_data();
  void theNewerOneIsNewer();
  void equalOnesAreNotNewer_data();
  void equalOnesAreNotNewer();
  void theCommitIsTwelveDigits();
};

void VersionTest::theNewerOneIsNewer_data() {
  QTest::addColumn<QString>("newer");
  QTest::addColumn<QString>("older");
  const auto row = [](const char* newer, const char* older) { QTest::newRow(newer) << newer << older; };
  row("0.1.1", "0.1.0");
  row("0.10.0", "0.9.2");
  row("1.0.0", "0.99.99");
  row("1.2", "1.1.9");
  row("0.1.0.1", "0.1.0");
  row("2", "1.9.9");
  row("1.0", "abc");
  row("0.2.0-dirty", "0.1.9");
}

void VersionTest::theNewerOneIsNewer() {
  QFETCH(QString, newer);
  QFETCH(QString, older);
  QVERIFY(is_newer(newer.toStdString(), older.toStdString()));
  QVERIFY(!is_newer(older.toStdString(), newer.toStdString()));
}

void VersionTest::equalOnesAreNotNewer_data() {
  QTest::addColumn<QString>("a");
  QTest::addColumn<QString>("b");
  QTest::newRow("same") << "0.1.0"
                        << "0.1.0";
  QTest::newRow("shorter") << "0.1"
                           << "0.1.0";
  QTest::newRow("zeros in front") << "0.01.0"
                                  << "0.1.0";
  QTest::newRow("nothing") << ""
                           << "";
  QTest::newRow("nothing and zero") << ""
                                    << "0.0";
  QTest::newRow("no numbers") << "x.y"
                              << "z";
}

void VersionTest::equalOnesAreNotNewer() {
  QFETCH(QString, a);
  QFETCH(QString, b);
  QVERIFY(!is_newer(a.toStdString(), b.toStdString()));
  QVERIFY(!is_newer(b.toStdString(), a.toStdString()));
}

void VersionTest::theCommitIsTwelveDigits() {
  const QRegularExpression expected("^([0-9a-f]{12}(-dirty)?)?$");
  QVERIFY2(expected.match(kCommit).hasMatch(), kCommit);
  QVERIFY(is_newer(kVersion, "0.0.9"));
}

SYNANN_TEST(VersionTest)
#include "version_test.moc"
