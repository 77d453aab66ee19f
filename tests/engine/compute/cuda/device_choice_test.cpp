// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/compute/device_choice.h"

#include <QTest>

#include "engine/compute/cuda/gpu_device.h"
#include "tests/engine/compute/cuda/device_fixtures.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::compute;

namespace {

testing::ModelPtr linear() {
  static const auto model = testing::shared(*model::build("linear", 28, 28, 10));
  return model;
}

// A back end that is done at once, or fails at once.
class Instant final : public Backend {
 public:
  explicit Instant(bool works) : works_(works) {}
  BackendInfo info() const override { return {.device = "Instant", .tier = "none", .isa = "none"}; }
  Status load(const model::State&) override { return {}; }
  Status fetch(model::State&) override { return {}; }
  Result<SpanResult> run(const StepSpan& span, const CancelFlag&) override {
    if (!works_) return Error{.where = "Instant", .problem = "out of order"};
    SpanResult result;
    result.losses.resize(static_cast<std::size_t>(span.step_count));
    return result;
  }
  Result<EvaluationResult> evaluate(EvaluationSet, int, const CancelFlag&,
                                    const std::function<void(int)>&) override {
    return EvaluationResult{};
  }
  Result<Probe> probe(std::span<const float>, std::span<const std::uint8_t>) override { return Probe{}; }
  Result<Reply> ask(const data::Dataset&, std::span<const std::uint32_t>, bool) override { return Reply{}; }

 private:
  bool works_;
};

std::unique_ptr<Backend> eigen(const data::DataPairPtr& data) {
  return std::move(*make_backend({.device = "cpu", .tier = "eigen", .threads = 1}, linear(), data));
}

}  // namespace

// How a device is chosen, and what a person is told.
class DeviceChoiceTest : public QObject {
  Q_OBJECT
 private slots:
  // Hides this machine's GPU, if it has one, from CUDA, which looks when it is first asked.
  void initTestCase() { qputenv("CUDA_VISIBLE_DEVICES", "-1"); }
  void theFasterOneTrains();
  void theLoserLeavesNoTrace();
  void aGpuThatFailsLoses();
  void aMachineWithoutGpuSaysSo();
  void tiersBelongToDevices();
};

void DeviceChoiceTest::theFasterOneTrains() {
  const auto data = testing::random_data(*linear(), 200, 10);
  const auto chosen = choose_faster(eigen(data), std::make_unique<Instant>(true), *linear(), *data);
  QCOMPARE(chosen->info().device, std::string("Instant"));
  const QString note = QString::fromStdString(chosen->info().note);
  QVERIFY2(note.startsWith("trained on the Instant: a step of Linear takes "), qPrintable(note));
}

void DeviceChoiceTest::theLoserLeavesNoTrace() {
  const auto data = testing::random_data(*linear(), 200, 10);
  // A host that plays a GPU thread by thread is slower than the host itself.
  const auto chosen =
      choose_faster(eigen(data), std::move(*testing::host_backend(linear(), data)), *linear(), *data);
  QCOMPARE(chosen->info().device, std::string("CPU"));
  QVERIFY(
      QString::fromStdString(chosen->info().note).startsWith("trained on the CPU: a step of Linear takes "));
  model::State state;
  QVERIFY(chosen->fetch(state).ok());
  QVERIFY(state == model::initialise(*linear(), 0));
}

void DeviceChoiceTest::aGpuThatFailsLoses() {
  const auto data = testing::random_data(*linear(), 200, 10);
  const auto chosen = choose_faster(eigen(data), std::make_unique<Instant>(false), *linear(), *data);
  QCOMPARE(chosen->info().device, std::string("CPU"));
  QCOMPARE(chosen->info().note, std::string("trained on the CPU, because Instant: out of order"));
}

void DeviceChoiceTest::aMachineWithoutGpuSaysSo() {
  QVERIFY(!cuda::make_gpu_device().ok());
  const auto data = testing::random_data(*linear(), 200, 10);
  const auto refused = make_backend({.device = "cuda"}, linear(), data);
  QVERIFY(!refused.ok());
  QCOMPARE(refused.error().kind, ErrorKind::Input);  // exit code 2
  QVERIFY(QString::fromStdString(refused.error().sentence()).contains("--device cpu"));
  const auto automatic = std::move(*make_backend({.device = "auto"}, linear(), data));
  QCOMPARE(automatic->info().device, std::string("CPU"));
  QCOMPARE(automatic->info().note.starts_with("trained on the CPU, because"), cuda::built_with_cuda());
}

void DeviceChoiceTest::tiersBelongToDevices() {
  const auto data = testing::random_data(*linear(), 200, 10);
  QVERIFY(!make_backend({.device = "cuda-host", .tier = "eigen"}, linear(), data).ok());
  QVERIFY(!make_backend({.device = "cpu", .tier = "plain"}, linear(), data).ok());
  QVERIFY(make_backend({.device = "auto", .tier = "eigen"}, linear(), data).ok());
  QVERIFY(make_backend({.device = "cuda-host", .tier = "plain"}, linear(), data).ok());
}

SYNANN_TEST(DeviceChoiceTest)
#include "device_choice_test.moc"
