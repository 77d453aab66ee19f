// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>
#include <span>

#include <QDir>
#include <QFile>
#include <QTest>

#include "engine/compute/parity.h"
#include "engine/data/registry.h"
#include "tests/engine/compute/model_files.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::compute;

// The kernels of the CUDA back end, run on the host, against PyTorch's numbers.
class DeviceGoldenTest : public QObject {
  Q_OBJECT
 private slots:
  void matchesPyTorch_data();
  void matchesPyTorch();
  void modelFilesMatchPyTorch_data();
  void modelFilesMatchPyTorch();
};

void DeviceGoldenTest::matchesPyTorch_data() {
  QTest::addColumn<QString>("path");
  const QString folder = qEnvironmentVariable("SYNANN_GOLDEN");
  if (folder.isEmpty()) QSKIP("skipped: set SYNANN_GOLDEN to the folder of golden files");
  for (const QFileInfo& file : QDir(folder).entryInfoList({"*.safetensors"}))
    QTest::newRow(qPrintable(file.fileName())) << file.filePath();
}

void DeviceGoldenTest::matchesPyTorch() {
  QFETCH(QString, path);
  QFile file(path);
  QVERIFY(file.open(QIODevice::ReadOnly));
  const QByteArray bytes = file.readAll();
  data::DataPairPtr mnist;  // the five steps of training need it
  if (qEnvironmentVariableIsSet("SYNANN_MNIST"))
    mnist = *data::open_dataset(qEnvironmentVariable("SYNANN_MNIST").toStdString());
  const auto* begin = reinterpret_cast<const std::uint8_t*>(bytes.constData());
  const std::span<const std::uint8_t> content(begin, static_cast<std::size_t>(bytes.size()));
  const auto reports =
      check_parity(content, path.toStdString(), known_tiers("cuda-host"), mnist, "cuda-host");
  QVERIFY2(reports.ok(), reports.ok() ? "" : reports.error().sentence().c_str());
  QVERIFY(!reports->empty());
  for (const ParityReport& report : *reports) {
    QCOMPARE(report.steps_checked, mnist != nullptr);
    QVERIFY(report.rows.size() >= (mnist ? 35u : 20u));
    for (const ParityRow& row : report.rows)
      QVERIFY2(row.passed(),
               qPrintable(QString("%1, %2: %3").arg(report.tier.c_str(), row.tensor.c_str()).arg(row.error)));
  }
}

void DeviceGoldenTest::modelFilesMatchPyTorch_data() {
  QTest::addColumn<QString>("name");
  for (const QString& name : testing::model_file_names()) QTest::newRow(qPrintable(name)) << name;
}

void DeviceGoldenTest::modelFilesMatchPyTorch() {
  QFETCH(QString, name);
  const auto found = testing::model_file_case(name);
  QVERIFY2(found.model, found.problem.c_str());
  const auto reports = check_parity(found.bytes(), name.toStdString(), {"plain"}, nullptr, "cuda-host");
  QVERIFY2(reports.ok(), reports.ok() ? "" : reports.error().sentence().c_str());
  QCOMPARE(reports->size(), 1u);
  const QString wrong = testing::complaint(*found.model, reports->front());
  QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
}

SYNANN_TEST(DeviceGoldenTest)
#include "device_golden_test.moc"
