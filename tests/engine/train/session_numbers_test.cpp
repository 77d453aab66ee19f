// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <QTest>

#include "engine/std_strings.h"
#include "engine/train/checkpoint.h"
#include "engine/train/failure.h"
#include "engine/train/history.h"
#include "engine/train/session.h"
#include "engine/train/session_fixtures.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::testing;

namespace {

// A recorder that also hears of notices.
struct NoticeListener : Recorder {
  QStringList notices{};
  void on_notice(const std::string& sentence) override { notices << QString::fromStdString(sentence); }
};

// A back end that measures a loss of its own from the n-th measurement of a set on.
class Broken final : public compute::Backend {
 public:
  Broken(std::unique_ptr<Backend> real, compute::EvaluationSet set, int after, double loss)
      : real_(std::move(real)), set_(set), after_(after), loss_(loss) {}
  compute::BackendInfo info() const override { return real_->info(); }
  Status load(const model::State& state) override { return real_->load(state); }
  Status fetch(model::State& state) override { return real_->fetch(state); }
  Result<compute::SpanResult> run(const compute::StepSpan& span, const compute::CancelFlag& cancel) override {
    return real_->run(span, cancel);
  }
  Result<compute::EvaluationResult> evaluate(compute::EvaluationSet set, int batch_size,
                                             const compute::CancelFlag& cancel,
                                             const std::function<void(int)>& progress) override {
    auto result = real_->evaluate(set, batch_size, cancel, progress);
    if (result && set == set_ && after_-- <= 0) result->loss_sum = loss_;
    return result;
  }
  Result<compute::Probe> probe(std::span<const float> input, std::span<const std::uint8_t> target) override {
    return real_->probe(input, target);
  }
  Result<compute::Reply> ask(const data::Dataset& set, std::span<const std::uint32_t> samples,
                             bool activations) override {
    return real_->ask(set, samples, activations);
  }

 private:
  std::unique_ptr<Backend> real_;
  compute::EvaluationSet set_;
  int after_;
  double loss_;
};

compute::BackendMaker breaking_measurement(compute::EvaluationSet set, int after, double loss) {
  return [=](const compute::BackendRequest& request, std::shared_ptr<const model::Model> model,
             data::DataPairPtr data) -> Result<std::unique_ptr<compute::Backend>> {
    auto real = compute::make_backend(request, std::move(model), std::move(data));
    if (!real) return real.error();
    return std::unique_ptr<compute::Backend>(new Broken(std::move(*real), set, after, loss));
  };
}

}  // namespace

// Batches that batch norm cannot take, and measurements that are no numbers.
class SessionNumbersTest : public QObject, private SessionRuns {
  Q_OBJECT
 private slots:
  void init() { QVERIFY(renew()); }
  void someModelsHaveBatchNorm();
  void aBatchOfOneIsRefusedWithBatchNorm_data();
  void aBatchOfOneIsRefusedWithBatchNorm();
  void aSingleSampleIsRefusedWithBatchNorm();
  void aLastBatchOfOneIsLeftOut();
  void aLastBatchOfOneStaysWithoutBatchNorm();
  void aLossThatIsNoNumberEndsTheRun_data();
  void aLossThatIsNoNumberEndsTheRun();
  void aRunThatFailedGoesOn();

 private:
  std::string refusal(Settings settings, data::DataPairPtr data) {
    Recorder seen;
    const auto session = Session::create({.settings = std::move(settings),
                                          .execution = {.threads = 1},
                                          .data = std::move(data),
                                          .folder = at("a")},
                                         seen);
    return session ? std::string() : session.error().sentence();
  }
};

void SessionNumbersTest::someModelsHaveBatchNorm() {
  for (const auto& info : model::known_models()) {
    const bool expected = !info.id.ends_with("-rnn") && info.id != "linear";
    QVERIFY2(has_batch_norm(*model::build(info.id, 28, 28, 10)) == expected, info.id.data());
  }
}

void SessionNumbersTest::aBatchOfOneIsRefusedWithBatchNorm_data() {
  QTest::addColumn<QString>("id");
  for (const auto& info : model::known_models()) QTest::newRow(info.id.data()) << QString(info.id.data());
}

void SessionNumbersTest::aBatchOfOneIsRefusedWithBatchNorm() {
  QFETCH(QString, id);
  auto settings = tiny_settings();
  settings.model = id.toStdString();
  settings.batch_size = 1;
  const bool batch_norm = has_batch_norm(*model::build(settings.model, 28, 28, 10));
  const std::string expected = "--batch-size: a batch of one sample cannot be trained: " + settings.model +
                               " has batch norm: expected at least 2 samples, found 1";
  QCOMPARE(refusal(settings, data_), batch_norm ? expected : std::string());
  QCOMPARE(fs::exists(at("a")), !batch_norm);
  settings.batch_size = 2;
  QCOMPARE(refusal(settings, data_), std::string());
}

void SessionNumbersTest::aSingleSampleIsRefusedWithBatchNorm() {
  QCOMPARE(
      refusal(tiny_settings(), tiny_digits(1)),
      std::string("Tiny digits: a batch of one sample cannot be trained: syna-cnn has batch norm: expected "
                  "at least 2 samples, found 1"));
  auto settings = tiny_settings();
  settings.validation = 49;  // all but one of them held back
  QVERIFY(!refusal(settings, tiny_digits(50)).empty());
}

// 241 samples in batches of 40: the 241st would be alone.
void SessionNumbersTest::aLastBatchOfOneIsLeftOut() {
  data_ = tiny_digits(241);
  NoticeListener seen;
  {
    auto session = Session::create(
        {.settings = tiny_settings(), .execution = {.threads = 1}, .data = data_, .folder = at("a")}, seen);
    QVERIFY(session.ok());
    QVERIFY((*session)->run().ok());
  }
  QCOMPARE(seen.start.left_out, 1);
  QCOMPARE(seen.start.steps_per_epoch, 6);
  QCOMPARE(seen.start.train_count, 241);
  QCOMPARE(seen.notices.filter("would be a single sample").size(), 1);
  QVERIFY2(seen.notices[0].contains("leaves one of the 241 training samples out"),
           qPrintable(seen.notices[0]));
  QCOMPARE(seen.losses.size(), std::size_t{3 * 6});
  const auto h = read_history(at("a"));
  QVERIFY(h.ok());
  QCOMPARE(h->start.left_out, 1);
  QCOMPARE(h->losses, seen.losses);
  QCOMPARE(h->examples[5], std::int64_t{200});
  QCOMPARE(h->examples[6], std::int64_t{241});
  QVERIFY(h->evaluations[1].examples > h->examples[5] && h->evaluations[1].examples <= h->examples[6]);
  const auto last = read_checkpoint(at("a") / kLastCheckpoint);
  QVERIFY((last->checkpoint.position == Position{4, 0}));
  QCOMPARE(last->checkpoint.state.counters.at(0), std::int64_t{3 * 6});
  // And it goes on as every run does.
  run(at("b"), 1, {}, 6);
  run(at("b"), 1, at("b") / kLastCheckpoint);
  QVERIFY(bytes_of(at("b") / kLastCheckpoint) == bytes_of(at("a") / kLastCheckpoint));
  QCOMPARE(read_history(at("b"))->losses, seen.losses);
}

void SessionNumbersTest::aLastBatchOfOneStaysWithoutBatchNorm() {
  data_ = tiny_digits(241);
  auto settings = tiny_settings();
  settings.model = "linear";
  const auto seen = run(at("a"), 1, {}, -1, settings);
  QCOMPARE(seen.start.left_out, 0);
  QCOMPARE(seen.start.steps_per_epoch, 7);
  QCOMPARE(seen.losses.size(), std::size_t{3 * 7});
}

void SessionNumbersTest::aLossThatIsNoNumberEndsTheRun_data() {
  QTest::addColumn<int>("validation");
  QTest::addColumn<int>("after");  // so many good measurements
  QTest::addColumn<double>("loss");
  QTest::addColumn<QString>("sentence");
  const QString remedy = "; lower the learning rate and resume from the last checkpoint";
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN(),
                   kInfinity = std::numeric_limits<double>::infinity();
  QTest::newRow("before training") << 0 << 0 << kNan
                                   << "before training: the loss on the test set is not finite" + remedy;
  QTest::newRow("first epoch") << 0 << 1 << kNan
                               << "epoch 1: the loss on the test set is not finite" + remedy;
  QTest::newRow("second epoch") << 0 << 2 << kInfinity
                                << "epoch 2: the loss on the test set is not finite" + remedy;
  QTest::newRow("of validation") << 50 << 1 << kNan
                                 << "epoch 1: the loss on the validation set is not finite" + remedy;
}

void SessionNumbersTest::aLossThatIsNoNumberEndsTheRun() {
  QFETCH(int, validation);
  QFETCH(int, after);
  QFETCH(double, loss);
  QFETCH(QString, sentence);
  auto settings = tiny_settings();
  settings.validation = validation;
  const auto set = validation > 0 ? compute::EvaluationSet::Validation : compute::EvaluationSet::Test;
  Recorder seen;
  {
    auto session = Session::create({.settings = settings,
                                    .execution = {.threads = 1},
                                    .data = data_,
                                    .folder = at("a"),
                                    .make_backend = breaking_measurement(set, after, loss)},
                                   seen);
    QVERIFY(session.ok());
    const auto end = (*session)->run();
    QVERIFY(!end.ok());
    QCOMPARE(end.error().kind, ErrorKind::Failed);
    QCOMPARE(QString::fromStdString(end.error().sentence()), sentence);
  }
  QVERIFY(seen.states.back() == State::Failed);
  QCOMPARE(QString::fromStdString(seen.reason), sentence);
  QCOMPARE(seen.evaluations.size(), static_cast<std::size_t>(after + 1));
  const FaultPlace place = validation > 0 ? FaultPlace::Validation : FaultPlace::Test;
  QVERIFY(seen.failure && seen.failure->place == place);
  QCOMPARE(seen.failure->data->validation.count(), validation);

  const auto h = read_history(at("a"));
  QVERIFY2(h.ok(), h.ok() ? "" : h.error().sentence().c_str());
  QCOMPARE(h->evaluations.size(), seen.evaluations.size());
  for (const Evaluation& e : {h->evaluations.back(), seen.evaluations.back()}) {
    QVERIFY(!std::isfinite(e.choosing_loss()));
    QVERIFY(!e.best);
  }
  QVERIFY(h->end && h->end->state == State::Failed);
  QVERIFY(h->end->fault == place);
  const auto read = read_failure(at("a"), data_);
  QVERIFY2(read.ok(), read.ok() ? "" : read.error().sentence().c_str());
  QVERIFY(read->weights->values == seen.failure->weights->values);
  QCOMPARE(read->data->validation.count(), validation);
  QCOMPARE(QString::fromStdString(h->end->reason), sentence);
  // The last checkpoint is that of the last good measurement, and so is the best one.
  QCOMPARE(fs::exists(at("a") / kLastCheckpoint), after > 0);
  QCOMPARE(fs::exists(at("a") / kBestCheckpoint), after > 1);
  if (after > 0)
    QVERIFY((read_checkpoint(at("a") / kLastCheckpoint)->checkpoint.position == Position{after, 0}));
  if (after > 1) QCOMPARE(read_checkpoint(at("a") / kBestCheckpoint)->checkpoint.best.epoch, 1);
}

// What failed is overtaken, and the run ends as if nothing had been.
void SessionNumbersTest::aRunThatFailedGoesOn() {
  run(at("whole"));
  Recorder seen;
  {
    auto session =
        Session::create({.settings = tiny_settings(),
                         .execution = {.threads = 1},
                         .data = data_,
                         .folder = at("a"),
                         .make_backend = breaking_measurement(compute::EvaluationSet::Test, 2,
                                                              std::numeric_limits<double>::quiet_NaN())},
                        seen);
    QVERIFY(session.ok() && !(*session)->run().ok());
  }
  run(at("a"), 1, at("a") / kLastCheckpoint);
  const auto h = read_history(at("a")), whole = read_history(at("whole"));
  QCOMPARE(h->losses, whole->losses);
  QCOMPARE(h->evaluations.size(), whole->evaluations.size());
  QVERIFY(std::all_of(h->evaluations.begin(), h->evaluations.end(),
                      [](const Evaluation& e) { return std::isfinite(e.test_loss); }));
  QVERIFY((h->end == End{{4, 0}, State::Finished, ""}));
  QVERIFY(bytes_of(at("a") / kLastCheckpoint) == bytes_of(at("whole") / kLastCheckpoint));
}

SYNANN_TEST(SessionNumbersTest)
#include "session_numbers_test.moc"
