// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>
#include <fstream>

#include <QTest>
#include <nlohmann/json.hpp>

#include "engine/synapse/circuit_examples.h"
#include "engine/synapse/closeness.h"
#include "engine/synapse/function.h"
#include "engine/synapse/surprisal.h"
#include "engine/synapse/surprisal_tensor.h"
#include "engine/synapse/swap.h"
#include "engine/synapse/tensor.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::synapse;
using nlohmann::json;
using synann::synapse::test::Numbers;

namespace {

constexpr double kTolerance = 1e-12;
constexpr TensorOptions kBatchCoupled{.semantics = Semantics::BatchCoupled};

// The numbers of a nested list, in reading order.
Numbers flat(const json& value) {
  if (value.is_number()) return {value.get<double>()};
  Numbers all;
  for (const auto& element : value) {
    const auto part = flat(element);
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

// Sums of both signs lose digits against the largest of their terms: errors count against the largest number.
double error_by_norm(const Numbers& found, const Numbers& expected) {
  if (found.size() != expected.size()) return HUGE_VAL;
  double difference = 0, size = 0;
  for (std::size_t k = 0; k < found.size(); ++k) {
    difference = std::max(difference, std::abs(found[k] - expected[k]));
    size = std::max(size, std::abs(expected[k]));
  }
  return difference / size;
}

}  // namespace

// Every number of theory.json that this library computes.
class SynapseGoldenTest : public QObject {
  Q_OBJECT
 private slots:
  void init();
  void function();
  void conjugates();
  void surprisals();
  void tensorFormula();
  void tensorBatchSemantics();
  void tensorNegativeWeights();
  void batchnormInputs();
  void batchDependence();
  void underflow();
  void tensorSurprisal();
  void zeroAndNegativeFactors();
  void swap();
  void flipAsDrawn();
  void latchThatRemembers();
  void rnnCellAsACircuit();

 private:
  json golden_;
};

void SynapseGoldenTest::init() {
  const QByteArray folder = qgetenv("SYNANN_GOLDEN");
  if (folder.isEmpty()) QSKIP("skipped: set SYNANN_GOLDEN to the folder of golden files");
  if (!golden_.empty()) return;
  std::ifstream file((folder + "/theory.json").toStdString());
  golden_ = json::parse(file, nullptr, false);
  QVERIFY2(golden_.is_object(), "theory.json in SYNANN_GOLDEN cannot be read");
}

void SynapseGoldenTest::function() {
  QVERIFY(golden_["function"].size() >= 7);
  for (const auto& row : golden_["function"]) {
    const Synapse s{row["alpha"], row["beta"]};
    const double x = row["x"], y = row["y"];
    const auto by = derivatives(s, x, y);
    const auto log_by = log_derivatives(s, x, y);
    VERIFY_CLOSE(evaluate(s, x, y), row["S"].get<double>(), kTolerance);
    VERIFY_CLOSE(by.x, row["dS_dx"].get<double>(), kTolerance);
    VERIFY_CLOSE(by.y, row["dS_dy"].get<double>(), kTolerance);
    VERIFY_CLOSE(by.alpha, row["dS_dalpha"].get<double>(), kTolerance);
    VERIFY_CLOSE(by.beta, row["dS_dbeta"].get<double>(), kTolerance);
    VERIFY_CLOSE(second_derivatives(s, x, y).x_y, row["d2S_dxdy"].get<double>(), kTolerance);
    VERIFY_CLOSE(-minus_log(s, x, y), row["logS"].get<double>(), kTolerance);
    VERIFY_CLOSE(log_by.x, row["dlogS_dx"].get<double>(), kTolerance);
    VERIFY_CLOSE(log_by.y, row["dlogS_dy"].get<double>(), kTolerance);
    VERIFY_CLOSE(log_by.beta, row["dlogS_dbeta"].get<double>(), kTolerance);
    VERIFY_CLOSE(log_by.xx, row["H_xx"].get<double>(), kTolerance);
    VERIFY_CLOSE(log_by.yy, row["H_yy"].get<double>(), kTolerance);
  }
}

void SynapseGoldenTest::conjugates() {
  QVERIFY(golden_["G_conjugate"].size() >= 15);
  for (const auto& row : golden_["G_conjugate"]) {
    const double u = row["u"];
    VERIFY_CLOSE(conjugate(u), row["G"].get<double>(), kTolerance);
    VERIFY_CLOSE(conjugate_derivative(u), row["G1"].get<double>(), kTolerance);
    // Too large for a double: not in the file, infinite here.
    const double second = row["G2"].is_null() ? HUGE_VAL : row["G2"].get<double>();
    VERIFY_CLOSE(conjugate_second_derivative(u), second, kTolerance);
  }
}

void SynapseGoldenTest::surprisals() {
  QVERIFY(golden_["surprisal"].size() >= 4);
  for (const auto& row : golden_["surprisal"]) {
    const double u = row["u"], v = row["v"];
    const SurprisalSynapse s{.theta = row["theta"], .mode = {.gamma = row["gamma"]}};
    const auto by = derivatives(s, u, v);
    const auto plain = from_surprisal(s);
    VERIFY_CLOSE(evaluate(s, u, v), row["LS"].get<double>(), kTolerance);
    VERIFY_CLOSE(occupation(s.mode, v), row["n_BE"].get<double>(), kTolerance);
    VERIFY_CLOSE(by.u, row["dLS_du"].get<double>(), kTolerance);
    VERIFY_CLOSE(by.v, row["dLS_dv"].get<double>(), kTolerance);
    VERIFY_CLOSE(by.theta, row["dLS_dtheta"].get<double>(), kTolerance);
    VERIFY_CLOSE(by.gamma, row["dLS_dgamma"].get<double>(), kTolerance);
    VERIFY_CLOSE(-by.gamma, row["dLS_dlogbeta"].get<double>(), kTolerance);
    VERIFY_CLOSE(-by.gamma / plain.beta, row["dLS_dbeta"].get<double>(), kTolerance);
    VERIFY_CLOSE(s.mode.potential(), row["mu"].get<double>(), kTolerance);
    VERIFY_CLOSE(plain.beta, row["fugacity"].get<double>(), kTolerance);
    VERIFY_CLOSE(plain.alpha, row["alpha"].get<double>(), kTolerance);
    VERIFY_CLOSE(probability(u), row["x"].get<double>(), kTolerance);
    VERIFY_CLOSE(probability(evaluate(s, u, v)), row["S"].get<double>(), kTolerance);
  }
}

void SynapseGoldenTest::tensorFormula() {
  const auto& g = golden_["tensor_formula"];
  const Numbers x = flat(g["x"]), beta = flat(g["beta"]), alpha = flat(g["alpha"]), up = flat(g["upstream"]);
  const Tensor t{.n = 3, .beta = beta, .alpha = alpha};
  const auto out = tensor_forward(t, x);
  const auto grad = tensor_backward(t, x, up);
  QVERIFY(out.ok() && grad.ok());
  VERIFY_CLOSE(out->y, flat(g["y"]), kTolerance);
  VERIFY_CLOSE(grad->x, flat(g["dx"]), kTolerance);
  VERIFY_CLOSE(grad->beta, flat(g["dbeta"]), kTolerance);
  VERIFY_CLOSE(grad->alpha, flat(g["dalpha"]), kTolerance);
  Numbers products, by_gamma, numbers;
  for (const double log_product : out->log_product) products.push_back(std::exp(log_product));
  VERIFY_CLOSE(products, flat(g["P"]), kTolerance);
  for (std::size_t k = 0; k < beta.size(); ++k) by_gamma.push_back(-beta[k] * grad->beta[k]);
  VERIFY_CLOSE(by_gamma, flat(g["dgamma"]), kTolerance);
  for (std::size_t b = 0; b < 2; ++b) {
    for (std::size_t k = 0; k < 9; ++k)
      numbers.push_back(inhibition_odds(Synapse{.beta = beta[k]}, x[3 * b + k % 3]));
  }
  VERIFY_CLOSE(numbers, flat(g["occupancy_n_bij"]), kTolerance);
}

void SynapseGoldenTest::tensorBatchSemantics() {
  const auto& g = golden_["tensor_batch_semantics"];
  const Numbers x = flat(g["x"]), beta = flat(g["W"]), up = flat(g["upstream"]);
  const Tensor t{.n = 3, .beta = beta, .alpha = {}};
  const auto out = tensor_forward(t, x, kBatchCoupled);
  const auto grad = tensor_backward(t, x, up, kBatchCoupled);
  QVERIFY(out.ok() && grad.ok());
  VERIFY_CLOSE(out->y, flat(g["y"]), kTolerance);
  VERIFY_CLOSE(grad->x, flat(g["dx"]), kTolerance);
  VERIFY_CLOSE(grad->beta, flat(g["dW"]), kTolerance);
}

void SynapseGoldenTest::tensorNegativeWeights() {
  const auto& g = golden_["tensor_negative_weights"];
  const Numbers x = flat(g["x"]), beta = flat(g["W"]), up = flat(g["upstream"]);
  const Tensor t{.n = 3, .beta = beta, .alpha = {}};
  for (const bool coupled : {false, true}) {
    const auto& expected = g[coupled ? "batch" : "formula"];
    const auto options = coupled ? kBatchCoupled : TensorOptions();
    const auto out = tensor_forward(t, x, options);
    const auto grad = tensor_backward(t, x, up, options);
    QVERIFY(out.ok() && grad.ok());
    VERIFY_CLOSE(out->y, flat(expected["y"]), kTolerance);
    VERIFY_CLOSE(grad->beta, flat(expected["dW"]), kTolerance);
    QVERIFY(error_by_norm(grad->x, flat(expected["dx"])) <= kTolerance);
  }
}

void SynapseGoldenTest::batchnormInputs() {
  const auto& g = golden_["batchnorm_after"];
  const Numbers x = flat(g["x"]), beta = flat(g["W"]);
  const Tensor t{.n = 3, .beta = beta, .alpha = {}};
  const auto formula = tensor_forward(t, x);
  const auto coupled = tensor_forward(t, x, kBatchCoupled);
  QVERIFY(formula.ok() && coupled.ok());
  VERIFY_CLOSE(formula->y, flat(g["formula"]["y"]), kTolerance);
  VERIFY_CLOSE(coupled->y, flat(g["batch"]["y"]), kTolerance);
}

void SynapseGoldenTest::batchDependence() {
  const auto& g = golden_["batch_dependence"];
  const Numbers x = flat(golden_["batchnorm_after"]["x"]), beta = flat(golden_["batchnorm_after"]["W"]);
  QVERIFY(std::ranges::equal(std::span(x).first(3), flat(g["sample"])));
  const Tensor t{.n = 3, .beta = beta, .alpha = {}};
  for (const auto& [samples, key] :
       {std::pair(1u, "alone"), std::pair(2u, "in_batch_2"), std::pair(4u, "in_batch_4")}) {
    const auto out = tensor_forward(t, std::span(x).first(3 * samples), kBatchCoupled);
    QVERIFY(out.ok());
    VERIFY_CLOSE(Numbers(out->y.begin(), out->y.begin() + 3), flat(g[key]), kTolerance);
  }
}

void SynapseGoldenTest::underflow() {
  const auto& g = golden_["underflow_784"];
  constexpr std::size_t n = 784;
  Numbers x(n), beta(n * n);
  for (std::size_t j = 0; j < n; ++j) {
    x[j] = (static_cast<double>(j) + .5) / n;
    beta[j] = 1 - x[j];
  }
  const auto out = tensor_forward({.n = n, .beta = beta, .alpha = {}}, x);
  QVERIFY(out.ok());
  VERIFY_CLOSE(out->log_product[0], g["logP"].get<double>(), kTolerance);
  VERIFY_CLOSE(out->y[0], g["P_double"].get<double>() * x[0], kTolerance);
}

void SynapseGoldenTest::tensorSurprisal() {
  const auto& g = golden_["tensor_surprisal"];
  const Numbers u = flat(g["u"]), gamma = flat(g["gamma"]), theta = flat(g["theta"]),
                up = flat(g["upstream_v"]);
  const SurprisalTensor t{.n = 3, .gamma = gamma, .theta = theta};
  const auto v = surprisal_forward(t, u);
  const auto grad = surprisal_backward(t, u, up);
  QVERIFY(v.ok() && grad.ok());
  VERIFY_CLOSE(*v, flat(g["v"]), kTolerance);
  VERIFY_CLOSE(grad->u, flat(g["du"]), kTolerance);
  VERIFY_CLOSE(grad->gamma, flat(g["dgamma"]), kTolerance);
  VERIFY_CLOSE(grad->theta, flat(g["dtheta"]), kTolerance);
}

void SynapseGoldenTest::zeroAndNegativeFactors() {
  const auto& g = golden_["zero_and_negative_factors"];
  const Numbers x = flat(g["x"]), ones(3, 1.);
  for (const auto& [key, value] : {std::pair("beta_all_2", 2.), std::pair("beta_all_4", 4.)}) {
    const Numbers beta(9, value);
    const Tensor t{.n = 3, .beta = beta, .alpha = {}};
    const auto out = tensor_forward(t, x);
    const auto grad = tensor_backward(t, x, ones);
    QVERIFY(out.ok() && grad.ok());
    VERIFY_CLOSE(out->y, flat(g[key]["y"]), kTolerance);
    VERIFY_CLOSE(grad->beta, flat(g[key]["dbeta"]), kTolerance);
    if (g[key].contains("dx")) VERIFY_CLOSE(grad->x, flat(g[key]["dx"]), kTolerance);
  }
}

void SynapseGoldenTest::swap() {
  QVERIFY(golden_["swap"].size() >= 3);
  for (const auto& row : golden_["swap"]) {
    const Swap found = synapse::swap({row["alpha"], row["beta"]}, row["x"], row["y"]);
    VERIFY_CLOSE(found.forward, row["Sxy"].get<double>(), kTolerance);
    VERIFY_CLOSE(found.backward, row["Syx"].get<double>(), kTolerance);
    VERIFY_CLOSE(found.ratio, row["swap_ratio"].get<double>(), kTolerance);
    VERIFY_CLOSE(found.ratio, row["odds_bx"].get<double>() / row["odds_by"].get<double>(), kTolerance);
    VERIFY_CLOSE(found.log_ratio, row["log_ratio"].get<double>(), kTolerance);
    VERIFY_CLOSE(found.preference, row["preference"].get<double>(), kTolerance);
    VERIFY_CLOSE(found.difference, found.forward - found.backward, kTolerance);
  }
}

void SynapseGoldenTest::flipAsDrawn() {
  const auto& g = golden_["flip_drawn"];
  Circuit circuit = circuit_example("flip")->make();
  for (CircuitSynapse& s : circuit.synapses) {
    s.alpha = g["alpha"];
    s.beta = g["beta"];
  }
  circuit.synapses[0].start = g["trace"][0][0];
  circuit.synapses[1].start = g["trace"][0][1];
  auto run = CircuitRun::create(circuit);
  QVERIFY(run.ok());
  for (std::size_t t = 1; t < g["trace"].size(); ++t) {
    run->step();
    VERIFY_CLOSE(run->values()[0], g["trace"][t][0].get<double>(), kTolerance);
    VERIFY_CLOSE(run->values()[1], g["trace"][t][1].get<double>(), kTolerance);
  }
}

void SynapseGoldenTest::latchThatRemembers() {
  QVERIFY(golden_["latch"].size() >= 2);
  for (const auto& g : golden_["latch"]) {
    Circuit circuit = circuit_example("latch")->make();
    for (const auto& [name, key] :
         {std::pair("x_self.alpha", "alpha"), std::pair("y_self.alpha", "alpha"),
          std::pair("x_self.beta", "beta_self"), std::pair("y_self.beta", "beta_self"),
          std::pair("x.beta", "beta_cross"), std::pair("y.beta", "beta_cross")})
      QVERIFY(set_in_circuit(circuit, name, g[key]).ok());
    QVERIFY(set_in_circuit(circuit, "x.start", g["start"][0]).ok());
    QVERIFY(set_in_circuit(circuit, "y.start", g["start"][1]).ok());
    auto run = CircuitRun::create(circuit);
    QVERIFY(run.ok());
    for (const auto& at : g["first6"]) {
      run->step();
      VERIFY_CLOSE(run->values()[1], at[0].get<double>(), kTolerance);
      VERIFY_CLOSE(run->values()[3], at[1].get<double>(), kTolerance);
    }
    while (run->steps() < 200) run->step();
    VERIFY_CLOSE(run->values()[1], g["after200"][0].get<double>(), kTolerance);
    VERIFY_CLOSE(run->values()[3], g["after200"][1].get<double>(), kTolerance);
  }
}

// Both steps of the cell: e and f from the weights, the rest from the circuit, h' = kept + new.
void SynapseGoldenTest::rnnCellAsACircuit() {
  const auto& g = golden_["synarnn_cell"];
  const auto& p = g["params"];
  const auto sigmoid = [](double w) { return 1 / (1 + std::exp(-w)); };
  auto run = CircuitRun::create(circuit_example("synarnn")->make());
  QVERIFY(run.ok());
  const Circuit circuit = circuit_example("synarnn")->make();
  const auto value = [&](const std::string& name) {
    for (std::size_t k = 0; k < circuit.synapses.size(); ++k)
      if (circuit.synapses[k].name == name) return run->values()[k];
    return std::nan("");
  };
  Numbers h = flat(g["h0"]);
  for (const char* step : {"1", "2"}) {
    const Numbers z = flat(g[std::string("z") + step]);
    const auto gate = [&](const char* which, std::size_t i) {
      const auto& w = p[std::string("W") + which][i];
      const auto& u = p[std::string("U") + which][i];
      return sigmoid(w[0].get<double>() * z[0] + w[1].get<double>() * z[1] + u[0].get<double>() * h[0] +
                     u[1].get<double>() * h[1] + p[std::string("b") + which][i].get<double>());
    };
    for (std::size_t i = 0; i < 2; ++i) {
      run->set_input(i, gate("e", i));
      run->set_input(2 + i, gate("f", i));
      run->set_input(4 + i, h[i]);
    }
    run->step();
    VERIFY_CLOSE((Numbers{value("s1"), value("s2")}), flat(g[std::string("s") + step]), kTolerance);
    h = {value("kept1") + value("new1"), value("kept2") + value("new2")};
    VERIFY_CLOSE(h, flat(g[std::string("h") + step]), kTolerance);
  }
  // The example's own numbers are those of the first step.
  for (std::size_t k = 0; k < circuit.inputs.size(); ++k) {
    const std::string key = circuit.inputs[k].name.substr(0, 1) + (k < 4 ? "1" : "0");
    VERIFY_CLOSE(circuit.inputs[k].value, flat(g[key])[k % 2], kTolerance);
  }
}

SYNANN_TEST(SynapseGoldenTest)
#include "golden_test.moc"
