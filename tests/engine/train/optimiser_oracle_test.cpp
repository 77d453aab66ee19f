// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>
#include <numeric>

#include <QTest>

#include "engine/compute/optimiser.h"
#include "engine/train/checkpoint.h"
#include "engine/train/schedule.h"
#include "tests/engine/train/optimiser_numbers.h"
#include "tests/engine/train/session_fixtures.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::testing;

namespace {

constexpr int kSteps = 20;

// What a row of PyTorch's numbers was made with.
Settings settings_of(const OptimiserNumbers& row) {
  Settings s;
  s.epochs = kSteps;
  s.learning_rate = row.rate;
  s.optimizer = row.optimizer;
  s.momentum = row.momentum;
  s.adam_beta1 = row.beta1;
  s.adam_beta2 = row.beta2;
  s.nesterov = row.nesterov;
  s.weight_decay = row.weight_decay;
  s.clip = row.clip;
  s.schedule = row.schedule;
  const bool step = s.schedule == "step";
  s.schedule_epochs = step ? 6 : 2;
  s.schedule_factor = 0.3;
  return s;
}

// The optimisers once more in double, written from the formulas of torch.optim's documentation.
class Plain {
 public:
  Plain(const Settings& s, std::size_t count) : s_(s), m_(count), v_(count) {}

  void step(std::vector<double>& p, std::vector<double> g, double rate) {
    ++steps_;
    const double length = std::sqrt(std::inner_product(g.begin(), g.end(), g.begin(), 0.0));
    const double shorter = s_.clip > 0 ? std::min(1.0, s_.clip / (length + 1e-6)) : 1.0;
    for (std::size_t k = 0; k < p.size(); ++k) {
      double d = shorter * g[k];
      if (s_.optimizer == "adamw") {
        p[k] -= rate * s_.weight_decay * p[k];
      } else {
        d += s_.weight_decay * p[k];
      }
      p[k] -= rate * (s_.optimizer == "sgd" ? sgd(k, d) : adam(k, d));
    }
  }

 private:
  double sgd(std::size_t k, double d) {
    m_[k] = s_.momentum * m_[k] + d;
    return s_.nesterov ? d + s_.momentum * m_[k] : m_[k];
  }
  double adam(std::size_t k, double d) {
    const double b1 = s_.adam_beta1, b2 = s_.adam_beta2;
    m_[k] = b1 * m_[k] + (1 - b1) * d;
    v_[k] = b2 * v_[k] + (1 - b2) * d * d;
    const double mean = m_[k] / (1 - std::pow(b1, steps_)), square = v_[k] / (1 - std::pow(b2, steps_));
    return mean / (std::sqrt(square) + 1e-8);
  }

  const Settings& s_;
  std::vector<double> m_, v_;
  int steps_ = 0;
};

// A linear classifier in double: p holds [10, 784] weights, then 10 biases.
struct Linear {
  const data::Dataset& set;
  static constexpr std::size_t kInputs = 784, kClasses = 10;

  // The mean loss in nats; its gradient is added to `gradient`.
  double loss(const std::vector<double>& p, std::vector<double>* gradient) const {
    double sum = 0;
    const auto count = static_cast<std::size_t>(set.count());
    for (std::size_t n = 0; n < count; ++n) {
      std::vector<double> x(kInputs), z(p.end() - kClasses, p.end());
      for (std::size_t i = 0; i < kInputs; ++i)
        x[i] = (set.pixels[n * kInputs + i] / 255.0 - 0.1307) / 0.3081;
      for (std::size_t o = 0; o < kClasses; ++o)
        z[o] +=
            std::inner_product(x.begin(), x.end(), p.begin() + static_cast<std::ptrdiff_t>(o * kInputs), 0.0);
      double total = 0;
      for (const double value : z) total += std::exp(value);
      sum += std::log(total) - z[set.labels[n]];
      for (std::size_t o = 0; gradient && o < kClasses; ++o) {
        const double d = (std::exp(z[o]) / total - (set.labels[n] == o ? 1 : 0)) / static_cast<double>(count);
        for (std::size_t i = 0; i < kInputs; ++i) (*gradient)[o * kInputs + i] += d * x[i];
        (*gradient)[kClasses * kInputs + o] += d;
      }
    }
    return sum / static_cast<double>(count);
  }
};

double length(const std::vector<double>& v) {
  return std::sqrt(std::inner_product(v.begin(), v.end(), v.begin(), 0.0));
}

}  // namespace

// Every optimiser and schedule for twenty steps, against PyTorch's numbers and against plain formulas in
// double.
class OptimiserOracleTest : public QObject, private SessionRuns {
  Q_OBJECT
 private slots:
  void init() { QVERIFY(renew()); }
  void isPyTorchs_data() { rows(); }
  void isPyTorchs();
  void theProgramTrainsAsTheFormulas_data() { rows(); }
  void theProgramTrainsAsTheFormulas();

 private:
  static void rows() {
    QTest::addColumn<int>("row");
    int k = 0;
    for (const OptimiserNumbers& row : kOptimiserNumbers) QTest::newRow(row.name) << k++;
  }
};

// The program's updates in 32 bits and the formulas above in 64, on the problem of optimiser_numbers.py.
void OptimiserOracleTest::isPyTorchs() {
  QFETCH(int, row);
  const OptimiserNumbers& expected = kOptimiserNumbers[row];
  const Settings s = settings_of(expected);
  const auto model = *model::resolve({.id = "three",
                                      .title = {},
                                      .help = {},
                                      .scaling = {},
                                      .input = {1, 1, 1},
                                      .classes = 3,
                                      .layers = {{.kind = model::LayerKind::Linear, .name = "fc2", .out = 3},
                                                 {.kind = model::LayerKind::LogSoftmax}},
                                      .parameters = {}});
  // Three weights; the biases have no gradient and stay zero.
  auto state = model::initialise(model, 1);
  state.values = {1, -2, 3, 0, 0, 0};
  const double curvature[] = {1, 3, 0.01}, centre[] = {0.5, 0, -1};
  Plain plain(s, 3);
  std::vector<double> p = {1, -2, 3};
  Plateau ours, theirs;
  for (int epoch = 1; epoch <= kSteps; ++epoch) {
    std::vector<double> g(3);
    std::vector<float> gradients(6);
    for (std::size_t k = 0; k < 3; ++k) {
      g[k] = curvature[k] * (p[k] - centre[k]);
      gradients[k] = static_cast<float>(curvature[k] * (static_cast<double>(state.values[k]) - centre[k]));
    }
    plain.step(p, g, learning_rate(s, theirs, epoch, 0, 1));
    compute::update(optimiser(s), model, state, gradients,
                    static_cast<float>(learning_rate(s, ours, epoch, 0, 1)), epoch);
    double loss = 0, our_loss = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      loss += curvature[k] * std::pow(p[k] - centre[k], 2) / 2;
      our_loss += curvature[k] * std::pow(static_cast<double>(state.values[k]) - centre[k], 2) / 2;
    }
    theirs.see(s, loss);
    ours.see(s, our_loss);
  }
  for (std::size_t k = 0; k < 3; ++k) {
    QVERIFY2(std::abs(p[k] - expected.after_20_steps[k]) < 1e-12,
             qPrintable(QString::number(p[k] - expected.after_20_steps[k])));
    // Twenty roundings of numbers up to three are 5e-6 at most; the problem draws them together again.
    QVERIFY2(std::abs(static_cast<double>(state.values[k]) - expected.after_20_steps[k]) < 1e-5,
             qPrintable(QString::number(state.values[k])));
  }
  QCOMPARE(ours.factor, theirs.factor);
  if (s.schedule == "plateau") QVERIFY(ours.factor < 1);
}

// What a session did on one tier.
struct Trained {
  Recorder seen;
  std::vector<float> values;
};

// A session with the whole set as one batch, on the linear classifier: the rates are those of a network.
void OptimiserOracleTest::theProgramTrainsAsTheFormulas() {
  QFETCH(int, row);
  Settings s = settings_of(kOptimiserNumbers[row]);
  s.learning_rate /= s.optimizer == "sgd" ? 10 : 150;
  s.model = "linear";
  s.data = "digits";
  s.batch_size = 60;
  data_ = tiny_digits(60, 20);
  std::vector<Trained> tiers(2);
  for (std::size_t k = 0; k < tiers.size(); ++k) {
    const fs::path folder = at(k == 0 ? "eigen" : "reference");
    auto session = Session::create({.settings = s,
                                    .execution = {.device = "cpu", .tier = folder.filename(), .threads = 1},
                                    .data = data_,
                                    .folder = folder},
                                   tiers[k].seen);
    QVERIFY2(session.ok(), session.ok() ? "" : session.error().sentence().c_str());
    QVERIFY((*session)->run().ok());
    QCOMPARE(tiers[k].seen.start.tier, folder.filename().string());
    tiers[k].values = read_checkpoint(folder / kLastCheckpoint)->checkpoint.state.values;
    QCOMPARE(tiers[k].seen.losses.size(), std::size_t{kSteps});
  }

  const auto start = model::initialise(*model::build("linear", 28, 28, 10), s.seed);
  std::vector<double> p(start.values.begin(), start.values.end());
  const std::vector<double> first = p;
  Plain plain(s, p.size());
  Plateau plateau;
  // Rounding in 32 bits, as tests/oracle/compare_optimisers.py has it; seen are 8e-7 and 4e-6.
  const double tolerance = s.optimizer == "sgd" ? 5e-6 : 2e-5;
  for (int epoch = 1; epoch <= kSteps; ++epoch) {
    std::vector<double> g(p.size());
    const double loss = Linear{data_->train}.loss(p, &g);
    plain.step(p, g, learning_rate(s, plateau, epoch, 0, 1));
    const double test_loss = Linear{data_->test}.loss(p, nullptr);
    for (const Trained& tier : tiers) {
      const double found = static_cast<double>(tier.seen.losses[static_cast<std::size_t>(epoch - 1)]);
      QVERIFY2(std::abs(found - loss) < tolerance * loss, qPrintable(QString::number(found / loss - 1)));
      const double tested = tier.seen.evaluations[static_cast<std::size_t>(epoch)].test_loss;
      QVERIFY2(std::abs(tested - test_loss) < tolerance * test_loss,
               qPrintable(QString::number(tested / test_loss - 1)));
    }
    plateau.see(s, test_loss);
  }
  for (const Trained& tier : tiers) {
    std::vector<double> way(p.size()), error(p.size());
    for (std::size_t k = 0; k < p.size(); ++k) {
      way[k] = p[k] - first[k];
      error[k] = static_cast<double>(tier.values[k]) - p[k];
    }
    QVERIFY2(length(error) < 10 * tolerance * length(way) + kSteps * 6e-8 * length(p),
             qPrintable(QString("%1 of %2").arg(length(error)).arg(length(way))));
  }
}

SYNANN_TEST(OptimiserOracleTest)
#include "optimiser_oracle_test.moc"
