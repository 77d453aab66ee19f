// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "engine/model/model_file.h"
#include "engine/model/ready_models.h"
#include "engine/model/twins.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::model;

// Networks with something else in the place of their synapse layers.
class RivalsTest : public QObject {
  Q_OBJECT
 private slots:
  void eachHasItsLayers_data();
  void eachHasItsLayers();
  void theWidestThatFitsIsTaken();
  void withoutBatchNormTheSynapseStays();
  void whatCannotBeIsSaid();
};

void RivalsTest::eachHasItsLayers_data() {
  QTest::addColumn<int>("rival");
  QTest::addColumn<QString>("id");
  QTest::addColumn<int>("trained");
  const auto row = [](Rival rival, const char* id, int trained) {
    QTest::newRow(id) << static_cast<int>(rival) << QString(id) << trained;
  };
  constexpr int kRest = 196 * 128 + 128 + 4 * 128 + 10 * 128 + 10, kDense = 128 * 128 + 128;
  row(Rival::Dense, "dense-mlp-relu", kRest + kDense);
  row(Rival::DenseRelu, "dense-relu-mlp-relu", kRest + kDense);
  row(Rival::DenseNormRelu, "dense-bn-relu-mlp-relu", kRest + kDense + 2 * 128);
  row(Rival::GatedLinear, "glu-mlp-relu", kRest + 2 * kDense);
  row(Rival::Identity, "identity-mlp-relu", kRest);
}

void RivalsTest::eachHasItsLayers() {
  QFETCH(int, rival);
  QFETCH(QString, id);
  QFETCH(int, trained);
  const auto made = rival_of(*find_ready_model("syna-mlp-relu"), static_cast<Rival>(rival));
  QVERIFY2(made.ok(), made ? "" : made.error().sentence().c_str());
  QCOMPARE(QString::fromStdString(made->id), id);
  const auto model = build(*made, 28, 28, 10);
  QVERIFY2(model.ok(), model ? "" : model.error().sentence().c_str());
  QCOMPARE(static_cast<int>(model->parameters.trained_count()), trained);
  QVERIFY(!has_synapse(*model));
  const auto again = parse_model_file(model_file_text(*made), "again");
  QVERIFY(again.ok() && *again == *made);
}

// 211 w + 10 parameters of w units, and the original has 43,530.
void RivalsTest::theWidestThatFitsIsTaken() {
  const auto made = rival_of(*find_ready_model("syna-mlp-relu"), Rival::WideIdentity);
  QVERIFY2(made.ok(), made ? "" : made.error().sentence().c_str());
  QCOMPARE(made->layers[1].out, 206);
  QVERIFY(build(*made, 28, 28, 10)->parameters.trained_count() <= 43'530);
}

void RivalsTest::withoutBatchNormTheSynapseStays() {
  const auto made = rival_of(*definition_of("syna-cnn"), Rival::NoBatchNorm);
  QVERIFY(made.ok());
  QCOMPARE(QString::fromStdString(made->id), QString("no-batch-norm-cnn"));
  const auto model = build(*made, 28, 28, 10);
  QVERIFY(has_synapse(*model) && !has_batch_norm(*model));
}

void RivalsTest::whatCannotBeIsSaid() {
  const auto error = [](const Definition& d, Rival rival) {
    const auto made = rival_of(d, rival);
    return made ? QString() : QString::fromStdString(made.error().sentence());
  };
  QCOMPARE(error(*definition_of("linear"), Rival::Dense), QString("linear: has no synapse layer"));
  QCOMPARE(error(*definition_of("linear"), Rival::NoBatchNorm), QString("linear: has no batch norm"));
  QCOMPARE(error(*definition_of("syna-pixel"), Rival::WideIdentity),
           QString("syna-pixel: has no linear layer before its synapse layer that could be wider"));
  const auto narrow = parse_model_file(R"({"format": "synann-model-1", "id": "net", "layers": [
    {"kind": "synapse", "name": "s", "out": 20}, {"kind": "linear", "name": "h", "out": "classes"},
    {"kind": "log_softmax"}]})",
                                       "f");
  QCOMPARE(error(*narrow, Rival::Dense),
           QString("net: layer 1 is no square synapse layer over the features"));
}

SYNANN_TEST(RivalsTest)
#include "rivals_test.moc"
