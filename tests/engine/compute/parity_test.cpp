// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/compute/parity.h"

#include <QtTest>

#include "engine/data/registry.h"
#include "tests/test_main.h"

using namespace synann;

// Every golden file with every tier that runs its model; the five steps where MNIST is at hand.
class ParityTest : public QObject {
  Q_OBJECT
 private slots:
  void initTestCase();
  void goldenFiles_data();
  void goldenFiles();
  void damagedFiles();

 private:
  QString golden_;
  data::DataPairPtr mnist_;
};

void ParityTest::initTestCase() {
  golden_ = qEnvironmentVariable("SYNANN_GOLDEN");
  if (golden_.isEmpty()) QSKIP("skipped: set SYNANN_GOLDEN to the folder of golden files");
  if (const auto folder = qgetenv("SYNANN_MNIST"); !folder.isEmpty()) {
    const auto opened = data::open_dataset(folder.toStdString());
    QVERIFY(opened);
    mnist_ = *opened;
  }
}

void ParityTest::goldenFiles_data() {
  QTest::addColumn<QString>("path");
  QTest::addColumn<QString>("tier");
  const auto files = QDir(golden_).entryInfoList({"*.safetensors"});
  QVERIFY(!files.isEmpty());
  for (const QFileInfo& file : files)
    for (const auto& tier : compute::known_tiers())
      QTest::addRow("%s, %s", qPrintable(file.baseName()), tier.c_str())
          << file.filePath() << QString::fromStdString(tier);
}

void ParityTest::goldenFiles() {
  QFETCH(QString, path);
  QFETCH(QString, tier);
  QFile file(path);
  QVERIFY(file.open(QIODevice::ReadOnly));
  const QByteArray bytes = file.readAll();
  const std::span content(reinterpret_cast<const std::uint8_t*>(bytes.constData()),
                          static_cast<std::size_t>(bytes.size()));
  // The reference joins in, so that a tier which cannot run the model is left out and not refused.
  const auto reports =
      compute::check_parity(content, path.toStdString(), {tier.toStdString(), "reference"}, mnist_);
  QVERIFY2(reports, reports ? "" : qPrintable(QString::fromStdString(reports.error().problem)));
  QVERIFY(!reports->empty());
  for (const auto& report : *reports) {
    QCOMPARE(report.steps_checked, mnist_ != nullptr);
    QVERIFY(report.rows.size() >= (mnist_ ? 35u : 20u));
    for (const auto& row : report.rows) {
      QVERIFY2(row.passed(), qPrintable(QString("%1, tier %2: %3")
                                            .arg(QString::fromStdString(row.tensor))
                                            .arg(QString::fromStdString(report.tier))
                                            .arg(row.error)));
    }
  }
}

void ParityTest::damagedFiles() {
  const std::string text = "not a golden file";
  const std::span content(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
  QVERIFY(!compute::check_parity(content, "text", {"reference"}, nullptr));
}

SYNANN_TEST(ParityTest)
#include "parity_test.moc"
