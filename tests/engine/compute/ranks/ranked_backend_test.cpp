// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/compute/ranks/ranked_backend.h"

#include <cstring>
#include <limits>
#include <map>
#include <numeric>

#include <QTest>

#include "engine/core/random.h"
#include "engine/model/ready_models.h"
#include "engine/model/twins.h"
#include "tests/engine/compute/model_files.h"
#include "tests/engine/compute/ranks/rank_threads.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::compute;
using namespace synann::testing;

namespace {

using ModelPtr = std::shared_ptr<const model::Model>;

constexpr int kTrain = 250, kBatch = 100;  // three steps, the last of 50 samples

data::Dataset noise(int count, const model::Model& m, std::uint64_t seed) {
  data::Dataset set{
      .rows = m.input.rows, .columns = m.input.columns, .classes = m.classes, .pixels = {}, .labels = {}};
  const auto stream = random_stream(seed, Purpose::Check);
  for (int k = 0; k < count * m.input.size(); ++k) {
    const auto word = stream.word(static_cast<std::uint32_t>(k));
    set.pixels.push_back(word % 4 == 0 ? static_cast<std::uint8_t>(word >> 24) : std::uint8_t{0});
  }
  for (int k = 0; k < count; ++k) set.labels.push_back(static_cast<std::uint8_t>(k * 7 % m.classes));
  return set;
}

data::DataPairPtr data_for(const model::Model& m, const std::string& digest = "one") {
  return std::make_shared<const data::DataPair>(data::DataPair{.name = "noise",
                                                               .spec = "noise",
                                                               .sha256 = digest,
                                                               .train = noise(kTrain, m, 1),
                                                               .test = noise(130, m, 2)});
}

template <class T>
bool same(const std::vector<T>& a, const std::vector<T>& b) {
  return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0);
}

struct Trained {
  std::vector<float> losses;
  std::string failure;
  model::State state;
  EvaluationResult evaluation;
  Reply reply;
  Probe probe;
  // To the bit: noise drives some layers to numbers that are none.
  bool operator==(const Trained& o) const {
    return same(losses, o.losses) && failure == o.failure && same(state.values, o.state.values) &&
           same(state.momenta, o.state.momenta) && same(state.squares, o.state.squares) &&
           state.counters == o.state.counters &&
           same<double>({evaluation.loss_sum}, {o.evaluation.loss_sum}) &&
           evaluation.correct == o.evaluation.correct && same(reply.log_probs, o.reply.log_probs) &&
           same(probe.gradients, o.probe.gradients);
  }
};

// An epoch in two spans, one of them augmented, with questions between them and a measurement behind.
Trained train(Backend& backend, const ModelPtr& model, const data::DataPair& data, float rate = 0.02f,
              const Optimiser& optimiser = {.momentum = 0.5}) {
  Trained trained;
  (void)backend.load(model::initialise(*model, 5));
  std::vector<std::uint32_t> order(kTrain);
  std::iota(order.rbegin(), order.rend(), 0u);
  const std::vector<float> rates(3, rate);
  for (int span = 0; span < 2; ++span) {
    const std::size_t steps = span == 0 ? 2 : 1;
    StepSpan s{.seed = 7,
               .first_step = 2 * span,
               .step_count = static_cast<int>(steps),
               .batch_size = kBatch,
               .order = order,
               .learning_rates = std::span(rates).first(steps),
               .optimiser = optimiser,
               .first_count = 2 * span};
    s.watch.largest_loss = std::numeric_limits<double>::max();  // noise explodes batch-coupled layers
    if (span == 1) s.augmentation.rotation = 10;
    const auto result = backend.run(s, CancelFlag{});
    if (!result) qFatal("%s", result.error().sentence().c_str());
    trained.losses.insert(trained.losses.end(), result->losses.begin(), result->losses.end());
    if (result->failure) trained.failure = result->failure->what;
    const std::vector<std::uint32_t> asked = {3, 1, 4};
    trained.reply = *backend.ask(data.test, asked, true);
    const std::vector<float> input(2 * static_cast<std::size_t>(model->input.size()), 0.25f);
    const std::vector<std::uint8_t> target = {0, 1};
    trained.probe = *backend.probe(input, target);
  }
  trained.evaluation = *backend.evaluate(EvaluationSet::Test, 60, CancelFlag{}, {});
  if (auto status = backend.fetch(trained.state); !status) qFatal("%s", status.error().sentence().c_str());
  return trained;
}

using Lead = std::function<void(Backend&)>;

void with_ranks(int ranks, const ModelPtr& model, const data::DataPairPtr& data, const std::string& tier,
                const Lead& lead) {
  const RankWork work{.request = {.device = "cpu", .tier = tier, .threads = 1},
                      .model = model,
                      .data = data,
                      .batch_size = kBatch};
  lead_ranks(
      ranks,
      [&](const std::string& run) -> Result<RankWork> {
        if (run != "the run") return input_error("run", run);
        return work;
      },
      [&](Ranks& all) {
        auto backend = make_ranked_backend(all, "the run", work);
        if (!backend) qFatal("%s", backend.error().sentence().c_str());
        lead(**backend);
      });
}

ModelPtr named(const std::string& id, model::SynapseOptions options = {}) {
  const auto ready = model::find_ready_model(id);
  auto built = ready ? model::build(*ready, 28, 28, 10) : model::build(id, 28, 28, 10, options);
  return std::make_shared<const model::Model>(std::move(*built));
}

}  // namespace

// One training on several ranks, here threads, is that on one to the bit.
class RankedBackendTest : public QObject {
  Q_OBJECT
 private slots:
  void anyNumberOfRanksGivesTheSameBits_data();
  void anyNumberOfRanksGivesTheSameBits();
  void everyLayerIsShared_data();
  void everyLayerIsShared();
  void otherOptimisersMoveAlike();
  void brokenNumbersAreToldAlike();
  void itSaysHowManyTheyAre();
  void aMeasurementCanBeStopped();
  void whatDiffersIsRefused_data();
  void whatDiffersIsRefused();
  void moreRanksThanPartsAreRefused();
  void otherParametersAreNotSaved();
};

void RankedBackendTest::anyNumberOfRanksGivesTheSameBits_data() {
  QTest::addColumn<std::string>("id");
  QTest::addColumn<std::string>("tier");
  QTest::addColumn<int>("alpha");
  for (const char* id : {"syna-cnn", "syna-mlp", "syna-rnn"})
    QTest::addRow("%s", id) << std::string(id) << std::string("auto") << 0;
  QTest::newRow("syna-cnn, general tier") << std::string("syna-cnn") << std::string("eigen") << 0;
  QTest::newRow("syna-fast") << std::string("syna-fast") << std::string("auto") << 0;
  QTest::newRow("alpha") << std::string("syna-mlp") << std::string("auto") << 1;
  QTest::newRow("batch-coupled") << std::string("syna-mlp") << std::string("auto") << 2;
}

void RankedBackendTest::anyNumberOfRanksGivesTheSameBits() {
  QFETCH(std::string, id);
  QFETCH(std::string, tier);
  QFETCH(int, alpha);
  model::SynapseOptions options;
  if (alpha == 1) options.alpha = model::SynapseOptions::Alpha::Exp;
  if (alpha == 2) options.semantics = model::SynapseOptions::Semantics::BatchCoupled;
  const ModelPtr model = named(id, options);
  const auto data = data_for(*model);
  auto alone = make_backend({.device = "cpu", .tier = tier, .threads = 2}, model, data);
  QVERIFY(alone);
  const Trained expected = train(**alone, model, *data);
  QVERIFY(expected.losses.size() == 3);
  for (const int ranks : {2, 3, 8})
    with_ranks(ranks, model, data, tier, [&](Backend& backend) {
      QVERIFY2(train(backend, model, *data) == expected, qPrintable(QString::number(ranks)));
    });
}

void RankedBackendTest::everyLayerIsShared_data() {
  QTest::addColumn<QString>("file");
  for (const QString& name : model_file_names()) QTest::newRow(qPrintable(name)) << name;
}

void RankedBackendTest::everyLayerIsShared() {
  QFETCH(QString, file);
  const ModelFileCase found = model_file_case(file);
  QVERIFY2(found.model, found.problem.c_str());
  if (found.model->input.channels != 1) return;
  const auto data = data_for(*found.model);
  auto alone = make_backend({.device = "cpu", .tier = "eigen", .threads = 1}, found.model, data);
  const Trained expected = train(**alone, found.model, *data, 0.001f);
  QVERIFY2(!expected.losses.empty(), expected.failure.c_str());
  for (const int ranks : {2, 5})
    with_ranks(ranks, found.model, data, "eigen",
               [&](Backend& backend) { QVERIFY(train(backend, found.model, *data, 0.001f) == expected); });
}

// The fused update, and the common one with its length of all gradients.
void RankedBackendTest::otherOptimisersMoveAlike() {
  const ModelPtr model = named("syna-cnn");
  const auto data = data_for(*model);
  for (const Optimiser& o :
       {Optimiser{.kind = Optimiser::Kind::Adam},
        Optimiser{.momentum = 0.9, .nesterov = true, .weight_decay = 1e-3, .clip_norm = 0.1}}) {
    auto alone = make_backend({.device = "cpu", .threads = 1}, model, data);
    const Trained expected = train(**alone, model, *data, 0.002f, o);
    with_ranks(3, model, data, "auto",
               [&](Backend& backend) { QVERIFY(train(backend, model, *data, 0.002f, o) == expected); });
  }
}

// The layer that broke is the same, whichever rank has the sample.
void RankedBackendTest::brokenNumbersAreToldAlike() {
  for (const std::string tier : {"fused", "eigen"}) {
    const ModelPtr model = named("syna-cnn");
    const auto data = data_for(*model);
    auto alone = make_backend({.device = "cpu", .tier = tier, .threads = 1}, model, data);
    const Trained expected = train(**alone, model, *data, 1e30f);
    QVERIFY(!expected.failure.empty());
    with_ranks(3, model, data, tier, [&](Backend& backend) {
      QCOMPARE(train(backend, model, *data, 1e30f).failure, expected.failure);
    });
  }
}

void RankedBackendTest::itSaysHowManyTheyAre() {
  const ModelPtr model = named("syna-mlp");
  with_ranks(3, model, data_for(*model), "auto", [](Backend& backend) {
    QCOMPARE(backend.info().ranks, 3);
    QCOMPARE(backend.info().tier, std::string("eigen"));
  });
}

// Between two batches, on all ranks alike; what follows is computed as ever.
void RankedBackendTest::aMeasurementCanBeStopped() {
  const ModelPtr model = named("syna-cnn");
  const auto data = data_for(*model);
  with_ranks(2, model, data, "auto", [&](Backend& backend) {
    (void)backend.load(model::initialise(*model, 5));
    CancelFlag cancel;
    const auto part = backend.evaluate(EvaluationSet::Test, 50, cancel, [&](int) { cancel.set(); });
    QCOMPARE(part->count, 50);
    QCOMPARE(backend.evaluate(EvaluationSet::Test, 50, cancel, {})->count, 0);
    QCOMPARE(backend.evaluate(EvaluationSet::Test, 50, CancelFlag{}, {})->count, 130);
  });
}

void RankedBackendTest::whatDiffersIsRefused_data() {
  QTest::addColumn<int>("what");
  QTest::addColumn<QString>("words");
  QTest::newRow("data") << 0 << "its data are not those of rank 0: expected one, found another";
  QTest::newRow("cannot") << 1 << "mnist: MNIST is not on this machine";
  QTest::newRow("tier") << 2 << "it computes in another way than rank 0";
  QTest::newRow("device") << 3 << "several processes train on processors only";
}

// Rank 0 says so in one sentence that names the rank, and another run may begin.
void RankedBackendTest::whatDiffersIsRefused() {
  QFETCH(int, what);
  QFETCH(QString, words);
  const ModelPtr model = named("syna-cnn");
  RankWork work{.request = {.device = what == 3 ? "cuda" : "cpu", .threads = 1},
                .model = model,
                .data = data_for(*model),
                .batch_size = kBatch};
  lead_ranks(
      3,
      [&](const std::string& run) -> Result<RankWork> {
        RankWork mine = work;
        if (run == "good") return mine;
        if (what == 0) mine.data = data_for(*model, "another");
        if (what == 1) return input_error("mnist", "MNIST is not on this machine");
        if (what == 2) mine.request.tier = "eigen";
        return mine;
      },
      [&](Ranks& all) {
        const auto refused = make_ranked_backend(all, "bad", work);
        QVERIFY(!refused);
        const QString sentence = QString::fromStdString(refused.error().sentence());
        QVERIFY2(sentence.contains(words), qPrintable(sentence));
        QVERIFY(what == 3 || sentence.startsWith("rank 1 on "));
        work.request.device = "cpu";
        QVERIFY(make_ranked_backend(all, "good", work).ok());
      });
}

void RankedBackendTest::moreRanksThanPartsAreRefused() {
  const ModelPtr model = named("syna-cnn");
  const RankWork work{
      .request = {.device = "cpu", .threads = 1}, .model = model, .data = data_for(*model), .batch_size = 50};
  lead_ranks(
      5, [&](const std::string&) -> Result<RankWork> { return work; },
      [&](Ranks& all) {
        const auto refused = make_ranked_backend(all, "", work);
        QVERIFY(!refused);
        QCOMPARE(
            QString::fromStdString(refused.error().sentence()),
            QString("train: there are more processes than parts of a batch: expected at most 4, found 5; "
                    "start fewer, or train with a larger --batch-size"));
      });
}

namespace {

// A machine at fault: what its rank receives has a bit that was not sent, once.
class FaultyRanks final : public Ranks {
 public:
  FaultyRanks(Ranks& ranks, std::size_t bytes) : ranks_(ranks), bytes_(bytes) {}
  int rank() const override { return ranks_.rank(); }
  int count() const override { return ranks_.count(); }
  int on_this_machine() const override { return ranks_.on_this_machine(); }
  void broadcast(std::span<std::byte> bytes) override { ranks_.broadcast(bytes); }
  void gather(std::byte* block, std::span<const std::size_t> begins) override {
    ranks_.gather(block, begins);
    if (begins.back() < bytes_) return;
    bytes_ = std::numeric_limits<std::size_t>::max();
    block[102] ^= std::byte{0x40};  // of a number of the gradient by conv1
  }
  void abort(const std::string& sentence) override { ranks_.abort(sentence); }

 private:
  Ranks& ranks_;
  std::size_t bytes_;  // of a gathered block at least
};

}  // namespace

void RankedBackendTest::otherParametersAreNotSaved() {
  const ModelPtr model = named("syna-cnn");
  const auto data = data_for(*model);
  const RankWork work{.request = {.device = "cpu", .threads = 1}, .model = model, .data = data};
  Status status;
  on_each_rank(3, [&](Ranks& all) {
    if (all.rank() == 0) {
      auto backend = make_ranked_backend(all, "", work);
      (void)(*backend)->load(model::initialise(*model, 5));
      std::vector<std::uint32_t> order(kTrain);
      std::iota(order.begin(), order.end(), 0u);
      const std::vector<float> rates = {0.01f};
      (void)(*backend)->run({.step_count = 1, .order = order, .learning_rates = rates}, CancelFlag{});
      model::State state;
      status = (*backend)->fetch(state);
      backend->reset();
      dismiss_ranks(all);
    } else if (all.rank() == 1) {
      serve_rank(all, [&](const std::string&) -> Result<RankWork> { return work; });
    } else {
      FaultyRanks faulty(all, 100'000);
      serve_rank(faulty, [&](const std::string&) -> Result<RankWork> { return work; });
    }
  });
  QVERIFY(!status);
  QCOMPARE(status.error().where, std::string("rank 2"));
  QCOMPARE(status.error().kind, ErrorKind::Failed);
}

SYNANN_PLAIN_TEST(RankedBackendTest)
#include "ranked_backend_test.moc"
