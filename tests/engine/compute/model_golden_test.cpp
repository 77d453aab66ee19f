// SPDX-License-Identifier: GPL-3.0-or-later
#include <set>

#include <QTest>

#include "engine/compute/backend.h"
#include "engine/model/layer_words.h"
#include "tests/engine/compute/finite_differences.h"
#include "tests/engine/compute/model_files.h"
#include "tests/test_main.h"

using namespace synann;

namespace {

void every_model_file() {
  QTest::addColumn<QString>("name");
  for (const QString& name : testing::model_file_names()) QTest::newRow(qPrintable(name)) << name;
}

}  // namespace

// Networks from model files against PyTorch's numbers, and against finite differences.
class ModelGoldenTest : public QObject {
  Q_OBJECT
 private slots:
  void everyKindAndOptionIsThere();
  void numbersAreOfTheFile_data() { every_model_file(); }
  void numbersAreOfTheFile();
  void matchesPyTorch_data();
  void matchesPyTorch();
  void finiteDifferences_data() { every_model_file(); }
  void finiteDifferences();
  void missingTensorsAreNoticed();
};

void ModelGoldenTest::everyKindAndOptionIsThere() {
  using Options = model::SynapseOptions;
  std::set<model::LayerKind> kinds;
  std::set<std::tuple<Options::Beta, Options::Alpha>> parameters;
  std::set<std::tuple<model::Over, Options::Semantics, bool, Options::Diagonal>> products;
  std::set<model::Twin> cells;
  for (const QString& name : testing::model_file_names()) {
    const auto found = testing::model_file_case(name);
    QVERIFY2(found.model, found.problem.c_str());
    for (const model::Layer& l : found.model->layers) {
      kinds.insert(l.kind);
      if (l.kind == model::LayerKind::SynaRnn) cells.insert(l.twin);
      if (l.kind != model::LayerKind::Synapse) continue;
      parameters.insert({l.synapse.beta, l.synapse.alpha});
      products.insert({l.over, l.synapse.semantics, l.is_plain_synapse(), l.synapse.diagonal});
    }
  }
  for (int k = 0; k <= static_cast<int>(model::LayerKind::LogSoftmax); ++k) {
    const auto kind = static_cast<model::LayerKind>(k);
    QVERIFY2(kinds.contains(kind), std::string(model::kind_id(kind)).c_str());
  }
  QCOMPARE(cells.size(), 3u);
  QVERIFY(parameters.size() >= 8);
  QVERIFY(products.size() >= 10);
}

// The golden file was made from the model file as it is.
void ModelGoldenTest::numbersAreOfTheFile() {
  QFETCH(QString, name);
  const auto found = testing::model_file_case(name);
  QVERIFY2(found.model, found.problem.c_str());
  QCOMPARE(QString::fromStdString(found.text), QString::fromUtf8(testing::bytes_of(name + ".json")));
  QCOMPARE(QString::fromStdString(found.model->id), name);
}

void ModelGoldenTest::matchesPyTorch_data() {
  QTest::addColumn<QString>("name");
  QTest::addColumn<QString>("tier");
  for (const QString& name : testing::model_file_names())
    for (const char* tier : {"reference", "eigen"})
      QTest::addRow("%s, %s", qPrintable(name), tier) << name << tier;
}

void ModelGoldenTest::matchesPyTorch() {
  QFETCH(QString, name);
  QFETCH(QString, tier);
  const auto found = testing::model_file_case(name);
  QVERIFY2(found.model, found.problem.c_str());
  const auto reports =
      compute::check_parity(found.bytes(), name.toStdString(), {tier.toStdString()}, nullptr);
  QVERIFY2(reports, reports ? "" : reports.error().sentence().c_str());
  QCOMPARE(reports->size(), 1u);
  const QString wrong = testing::complaint(*found.model, reports->front());
  QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
}

void ModelGoldenTest::finiteDifferences() {
  QFETCH(QString, name);
  const auto found = testing::model_file_case(name);
  QVERIFY2(found.model, found.problem.c_str());
  const double worst = testing::worst_gradient_error(*found.model, found.batch);
  QVERIFY2(worst < 1e-7, qPrintable(QString::number(worst)));
}

// A row that is not compared must not pass for one that agrees.
void ModelGoldenTest::missingTensorsAreNoticed() {
  const auto found = testing::model_file_case("odd-residual");
  QVERIFY2(found.model, found.problem.c_str());
  const auto reports = compute::check_parity(found.bytes(), "golden", {"reference"}, nullptr);
  QVERIFY(reports.ok());
  auto report = reports->front();
  std::erase_if(report.rows, [](const auto& row) { return row.tensor == "running/block1.bn.running_var"; });
  QVERIFY(testing::complaint(*found.model, report).contains("running/block1.bn.running_var"));
}

SYNANN_TEST(ModelGoldenTest)
#include "model_golden_test.moc"
