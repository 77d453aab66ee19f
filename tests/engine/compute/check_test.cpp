// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/compute/check/check.h"

#include <cmath>

#include <QTest>

#include "engine/compute/isa.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::compute;

namespace {

// A back end with one thing wrong.
struct Broken final : Backend {
  enum class Fault { None, Activation, Gradient, NotFinite, Momentum, Value, Counter };
  Broken(std::unique_ptr<Backend> sound, Fault what) : inner(std::move(sound)), fault(what) {}

  BackendInfo info() const override { return inner->info(); }
  Status load(const model::State& state) override { return inner->load(state); }
  Status fetch(model::State& state) override {
    auto status = inner->fetch(state);
    for (float& v : state.momenta) v *= fault == Fault::Momentum ? 1.001f : 1.0f;
    // Of the trained tensors only.
    for (float& v : std::span(state.values).first(state.momenta.size()))
      v *= fault == Fault::Value ? 1.00001f : 1.0f;
    if (fault == Fault::Counter) ++state.counters[0];
    return status;
  }
  Result<SpanResult> run(const StepSpan& span, const CancelFlag& cancel) override {
    return inner->run(span, cancel);
  }
  Result<EvaluationResult> evaluate(EvaluationSet set, int batch_size, const CancelFlag& cancel,
                                    const std::function<void(int)>& progress) override {
    return inner->evaluate(set, batch_size, cancel, progress);
  }
  Result<Probe> probe(std::span<const float> input, std::span<const std::uint8_t> target) override {
    auto probe = inner->probe(input, target);
    if (fault == Fault::Activation) probe->activations[0].second[5] += 0.01f;
    for (float& g : probe->gradients) g *= fault == Fault::Gradient ? 1.001f : 1.0f;
    if (fault == Fault::NotFinite) probe->log_probs[3] = NAN;
    return probe;
  }
  Result<Reply> ask(const data::Dataset& set, std::span<const std::uint32_t> samples,
                    bool activations) override {
    return inner->ask(set, samples, activations);
  }

  std::unique_ptr<Backend> inner;
  Fault fault;
};

Candidate with(Broken::Fault fault) {
  return {.name = "broken",
          .make = [fault](std::shared_ptr<const model::Model> model,
                          data::DataPairPtr data) -> Result<std::unique_ptr<Backend>> {
            auto sound = make_backend({.device = "cpu", .tier = "eigen", .threads = 1}, model, data);
            return std::unique_ptr<Backend>(std::make_unique<Broken>(std::move(*sound), fault));
          },
          .runs = [](const model::Model&) { return true; }};
}

std::vector<CheckModel> one_model() {
  auto all = check_models();
  std::erase_if(all, [](const CheckModel& m) { return m.name != "syna-pixel"; });
  return all;
}

// The parts in which a fault shows.
QStringList failed_parts(Broken::Fault fault) {
  QStringList failed;
  const auto status = check_steps({with(fault)}, one_model(), 1, {}, [&](const CheckRow& row) {
    if (!row.passed()) failed << QString::fromStdString(row.part);
  });
  return status.ok() ? failed : QStringList{"error"};
}

}  // namespace

// The self-test finds what is wrong, names it, and passes what is right.
class CheckTest : public QObject {
  Q_OBJECT
 private slots:
  void kernelsOfThisMachineAgree();
  void tiersOfThisMachineAgree();
  void everyTierOfCudaIsChecked();
  void faultsAreFound();
  void everyVariantIsThere();
  void unknownDeviceIsRefused();
  void cancelEnds();
};

void CheckTest::kernelsOfThisMachineAgree() {
  int rows = 0;
  check_kernels(3, [&](const CheckRow& row) {
    ++rows;
    QVERIFY2(row.passed(),
             qPrintable(QString::fromStdString(row.candidate + " " + row.subject + " " + row.tensor)));
  });
  QCOMPARE(rows, 11 * static_cast<int>(available_isas().size()));
}

void CheckTest::tiersOfThisMachineAgree() {
  const auto candidates = check_candidates("cpu");
  QCOMPARE(candidates->size(), 2 * available_isas().size());
  auto models = check_models();
  std::erase_if(models, [](const CheckModel& m) {
    return m.name != "syna-cnn" && m.name != "syna-rnn" && m.name != "syna-pixel, β = σ(w)" &&
           !m.name.starts_with("layers of") && !m.name.starts_with("synapses over");
  });
  QCOMPARE(models.size(), std::size_t{7});
  int rows = 0;
  const auto status = check_steps(*candidates, models, 3, {}, [&](const CheckRow& row) {
    ++rows;
    QVERIFY2(row.passed(),
             qPrintable(QString::fromStdString(row.candidate + " " + row.subject + " " + row.tensor)));
  });
  QVERIFY(status.ok());
  // activations, gradients, steps, values, and statistics where there is batch norm; the fused tier runs one
  // of the models, the eigen tier all
  QCOMPARE(rows, (5 * 5 + 3 * 4) * static_cast<int>(available_isas().size()));
}

// With the kernels run on the host in a GPU's place.
void CheckTest::everyTierOfCudaIsChecked() {
  const auto candidates = check_candidates("cuda-host");
  QVERIFY(candidates.ok());
  QCOMPARE(candidates->size(), known_tiers("cuda").size());
  auto models = check_models();
  std::erase_if(models, [](const CheckModel& m) {
    return m.name != "syna-cnn" && m.name != "linear" && !m.name.starts_with("layers of") &&
           !m.name.starts_with("synapses over");
  });
  QCOMPARE(models.size(), std::size_t{6});
  QStringList checked;
  const auto status = check_steps(*candidates, models, 3, {}, [&](const CheckRow& row) {
    const QString who = QString::fromStdString(row.candidate + ", " + row.subject);
    if (!checked.contains(who)) checked << who;
    QVERIFY2(row.passed(), qPrintable(who + " " + QString::fromStdString(row.tensor)));
  });
  QVERIFY(status.ok());
  checked.sort();
  QCOMPARE(checked,
           (QStringList{"fused · cuda-host host, syna-cnn", "plain · cuda-host host, layers of images",
                        "plain · cuda-host host, layers of vectors", "plain · cuda-host host, linear",
                        "plain · cuda-host host, syna-cnn",
                        "plain · cuda-host host, synapses over channels and positions",
                        "plain · cuda-host host, synapses over channels, batch-coupled"}));
}

void CheckTest::faultsAreFound() {
  using enum Broken::Fault;
  QCOMPARE(failed_parts(None), QStringList());
  QCOMPARE(failed_parts(Activation), QStringList{"activations"});
  QCOMPARE(failed_parts(NotFinite), QStringList{"activations"});
  QCOMPARE(failed_parts(Gradient), QStringList{"gradients"});
  QCOMPARE(failed_parts(Momentum), QStringList{"steps"});
  QCOMPARE(failed_parts(Counter), QStringList{"statistics"});
  QCOMPARE(failed_parts(Value), QStringList{"values"});
}

void CheckTest::everyVariantIsThere() {
  const auto all = check_models();
  for (const auto& info : model::known_models()) {
    QVERIFY(std::any_of(all.begin(), all.end(), [&](const CheckModel& m) { return m.name == info.id; }));
  }
  // syna-fast, two models with eight variants, and four of the layers of model files.
  QCOMPARE(all.size(), model::known_models().size() + 1 + 2 * 8 + 4);
}

void CheckTest::unknownDeviceIsRefused() {
  const auto refused = check_candidates("abacus");
  QVERIFY(!refused.ok());
  QCOMPARE(refused.error().where, std::string("--device"));
}

void CheckTest::cancelEnds() {
  CancelFlag cancel;
  cancel.set();
  const auto status = check_steps(*check_candidates("cpu"), one_model(), 1, cancel, [](const CheckRow&) {});
  QVERIFY(!status.ok());
  QVERIFY(status.error().kind == ErrorKind::Cancelled);
}

SYNANN_TEST(CheckTest)
#include "check_test.moc"
