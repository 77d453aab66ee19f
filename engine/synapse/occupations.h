// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "engine/core/result.h"

// The occupation numbers n = βx/(1 − βx) of a layer for its data. Pure; any thread.
namespace synann::synapse {

// n of every term of the layer. With β > 0 it is the Bose–Einstein number 1/(e^ε − 1) of the energy
// ε = −log(βx), with β < 0 minus the Fermi–Dirac number 1/(e^ε + 1) of ε = −log(−βx): an identity of the
// function, which holds for any weights and says nothing of their law.
struct Occupations {
  std::size_t terms = 0;      // of those that were looked at: cells times samples
  std::size_t bosonic = 0;    // β x > 0
  std::size_t fermionic = 0;  // β x < 0
  std::size_t empty = 0;      // β x = 0, n = 0
  std::size_t poles = 0;      // β x ≥ 1, where n is no occupation; counted among none of the above

  // Their spread over equal bins from `from` to `to`; the 0.5 % that are largest may lie beyond.
  double from = 0, to = 1;
  std::vector<std::size_t> counts;
  std::size_t beyond = 0;

  // By energy: what the layer has there, in bins of kEnergyBin nats.
  struct Level {
    double energy = 0;      // mean of the terms in the bin, in nats
    double n = 0;           // mean
    std::size_t terms = 0;  // > 0
  };
  std::vector<Level> bose, fermi;  // by rising energy; fermi holds n < 0
};

inline constexpr double kEnergyBin = 0.5, kMostEnergy = 20;  // nats; higher ones are in the last bin
inline constexpr std::size_t kMostTerms = 4'000'000;         // of larger layers every k-th sample is taken

// beta is [rows, n], samples [count, n]; what is not finite is passed over. Errors: shapes that do not fit,
// no term at all, fewer than 2 bins or more than 10,000.
Result<Occupations> occupations(std::span<const float> beta, std::size_t n, std::span<const double> samples,
                                std::size_t bins);

}  // namespace synann::synapse
