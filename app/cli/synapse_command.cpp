// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>
#include <fmt/format.h>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "app/cli/cli.h"
#include "app/cli/console.h"
#include "app/command_line/command_line.h"
#include "engine/synapse/domain.h"
#include "engine/synapse/function.h"
#include "engine/synapse/surprisal.h"

namespace synann::cli {
namespace {

// A synapse with the point it is looked at.
struct Place {
  synapse::Synapse synapse;
  double x = 0, y = 0;
};

// One number to show, or the reason why it has no value.
struct Quantity {
  const char* key;     // in JSON
  const char* symbol;  // in text
  double value;
  std::string why_not;  // empty where the value exists
};

// The surprisal −log p of one argument.
Quantity surprisal_of(const char* key, const char* symbol, const char* argument, double p) {
  Quantity q{key, symbol, synapse::surprisal(p), {}};
  if (p == 0) q.why_not = fmt::format("infinite: {} = 0", argument);
  if (p < 0) q.why_not = fmt::format("undefined: {} < 0 has no surprisal", argument);
  return q;
}

Quantity gamma_of(double beta) {
  Quantity q = surprisal_of("gamma", "γ = −log β", "β", beta);
  if (beta <= 0) q.why_not = "undefined: β ≤ 0 has no surprisal";
  return q;
}

Quantity theta_of(double alpha) {
  Quantity q = surprisal_of("theta", "θ = −log α", "α", alpha);
  if (alpha <= 0) q.why_not = "undefined: α ≤ 0 has no surprisal";
  return q;
}

// G(γ + v) = −log(1 − βy), computed on the right-hand side, which loses nothing near the pole.
Quantity conjugate_of(const Place& p) {
  Quantity q{"G", "G(γ+v)", synapse::inhibition_surprisal(p.synapse, p.y), {}};
  const double open = synapse::open_fraction(p.synapse, p.y);
  if (p.synapse.beta <= 0) {
    q.why_not = gamma_of(p.synapse.beta).why_not;
  } else if (p.y < 0) {
    q.why_not = "undefined: y < 0 has no surprisal";
  } else if (open == 0) {
    q.why_not = "infinite: β y = 1";
  } else if (open < 0) {
    q.why_not = "undefined: β y > 1";
  }
  return q;
}

// LS = θ + u + G(γ + v) exists where each of its terms does.
Quantity sum_of(const Quantity& theta, const Quantity& u, const Quantity& g) {
  Quantity q{"LS", "LS = θ+u+G(γ+v)", theta.value + u.value + g.value, {}};
  for (const Quantity* term : {&u, &g, &theta}) {  // what is undefined outweighs what is infinite
    if (!term->why_not.empty() && !q.why_not.starts_with("undefined")) q.why_not = term->why_not;
  }
  return q;
}

Quantity minus_log_of(const Place& p) {
  Quantity q{"minus_log_S", "−log S", synapse::minus_log(p.synapse, p.x, p.y), {}};
  if (std::isnan(q.value)) q.why_not = "undefined: S < 0 has no logarithm";
  if (std::isinf(q.value)) q.why_not = "infinite: S = 0";
  return q;
}

Quantity odds_of(const Place& p) {
  Quantity q{"n_BE", "n = βy/(1−βy)", synapse::inhibition_odds(p.synapse, p.y), {}};
  if (synapse::open_fraction(p.synapse, p.y) == 0) q.why_not = "infinite: β y = 1";
  return q;
}

std::vector<Quantity> quantities(const Place& p) {
  const auto by = synapse::derivatives(p.synapse, p.x, p.y);
  const Quantity u = surprisal_of("u", "u = −log x", "x", p.x);
  const Quantity v = surprisal_of("v", "v = −log y", "y", p.y);
  const Quantity theta = theta_of(p.synapse.alpha), g = conjugate_of(p);
  std::vector<Quantity> list{{"S", "S", synapse::evaluate(p.synapse, p.x, p.y), {}},
                             {"dS_dx", "∂S/∂x", by.x, {}},
                             {"dS_dy", "∂S/∂y", by.y, {}},
                             {"dS_dalpha", "∂S/∂α", by.alpha, {}},
                             {"dS_dbeta", "∂S/∂β", by.beta, {}},
                             minus_log_of(p),
                             u,
                             v,
                             theta,
                             gamma_of(p.synapse.beta),
                             sum_of(theta, u, g),
                             odds_of(p),
                             g};
  for (Quantity& q : list) {
    q.value += 0.0;  // no "-0"
    if (q.why_not.empty() && !std::isfinite(q.value)) q.why_not = "outside the range of double precision";
  }
  return list;
}

void print_json(const Place& p) {
  nlohmann::ordered_json object{{"alpha", p.synapse.alpha}, {"beta", p.synapse.beta}, {"x", p.x}, {"y", p.y}};
  for (const Quantity& q : quantities(p)) {
    if (q.why_not.empty()) {
      object[q.key] = q.value;
    } else {
      object[q.key] = nullptr;
    }
  }
  object["domain"] = synapse::name(synapse::classify(p.synapse, p.x, p.y));
  object["remarks"] = nlohmann::ordered_json::array();
  for (const auto remark : synapse::remarks(p.synapse, p.x, p.y))
    object["remarks"].push_back(synapse::sentence(remark));
  print_line(object.dump());
}

// fmt pads by columns, so that Greek letters stay aligned.
void print_text(const Place& p) {
  print_line(fmt::format("S(x, y) = α x (1 − β y) at α = {:.15g}, β = {:.15g}, x = {:.15g}, y = {:.15g}\n",
                         p.synapse.alpha, p.synapse.beta, p.x, p.y));
  for (const Quantity& q : quantities(p)) {
    print_line(
        fmt::format("{:<17}{}", q.symbol, q.why_not.empty() ? fmt::format("{:.15g}", q.value) : q.why_not));
  }
  print_line("");
  for (const auto remark : synapse::remarks(p.synapse, p.x, p.y))
    print_line(std::string(synapse::sentence(remark)));
}

struct SynapseArguments {
  Place place{.synapse = {.alpha = 1, .beta = 0.5}};
  bool json = false;
};

int synapse_run(const SynapseArguments& a) {
  if (a.json) {
    print_json(a.place);
  } else {
    print_text(a.place);
  }
  return kOk;
}

}  // namespace

void add_synapse(CLI::App& app, Action& action) {
  auto a = std::make_shared<SynapseArguments>();
  CLI::App* c = app.add_subcommand(
      "synapse", "One synapse: S = α x (1 − β y), its derivatives, its surprisal, its Bose–Einstein number");
  const auto number = [c](const char* name, double& out, const char* help) {
    return app::add_number(*c, name, out, -HUGE_VAL, HUGE_VAL, help);
  };
  number("--alpha", a->place.synapse.alpha, "Scale of the excitation; 1 unless told otherwise.");
  number("--beta", a->place.synapse.beta, "Scale of the inhibition; 0.5 unless told otherwise.");
  number("--x", a->place.x, "Open probability of the excitatory channels.")->required();
  number("--y", a->place.y, "Open probability of the inhibitory channels.")->required();
  c->add_flag("--json", a->json, "One JSON object; what has no value is null");
  c->callback([a, &action] { action = [a] { return synapse_run(*a); }; });
}

}  // namespace synann::cli
