// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/compute/backend.h"

// The self-test of a machine: everything fast against the reference, on fresh random inputs. The reference
// itself is checked against PyTorch (parity.h) and against finite differences (tests).
namespace synann::compute {

// One comparison: the worst of several tensors.
struct CheckRow {
  std::string candidate;  // "fused · AVX-512"
  std::string subject;    // a model or a kernel: "syna-cnn", "syna-cnn, β = σ(w)", "transpose"
  std::string part;       // "activations", "gradients", "steps", "kernel"
  std::string tensor;     // the worst one
  double nmse = 0;        // Σ (found − expected)² / Σ expected²
  double worst = 0;       // largest |found − expected| / largest |expected|
  double nmse_limit = 0, worst_limit = 0;
  bool passed() const { return nmse <= nmse_limit && worst <= worst_limit; }  // false for NaN
};

// Something that claims to compute what the reference computes. A new back end is checked by one more of
// these.
struct Candidate {
  std::string name;
  std::function<Result<std::unique_ptr<Backend>>(std::shared_ptr<const model::Model>, data::DataPairPtr)>
      make;
  std::function<bool(const model::Model&)> runs;  // models it declines are left out
};

// The fast tiers of a device, for each instruction set of this machine: "cpu", "cuda" or "auto" for all there
// are; "cuda-host" for the kernels of CUDA run on the host, which tests use. Errors: an unknown device, or
// one that this build or machine does not have.
Result<std::vector<Candidate>> check_candidates(const std::string& device);

// A model with one set of options.
struct CheckModel {
  std::string name;
  std::shared_ptr<const model::Model> model;
  // Of the steps. Smaller where a step of the usual one moves values so far that the rounding of gradients
  // shows in them.
  float rate = 0.02f;
};

// Every known model, the synapse layer in every variant, and the layers that only model files have.
std::vector<CheckModel> check_models();

// Compares one batch (activations, log-probabilities, gradients; dropout off) and a few steps of training
// (dropout on) of each candidate with the reference in double. Before that every
// buffer of the candidate is filled with NaN by a batch of NaN weights, so that nothing stale goes unnoticed.
// each(row) is called as rows come; Errors: ErrorKind::Cancelled, or what a back end answers.
Status check_steps(const std::vector<Candidate>& candidates, const std::vector<CheckModel>& models,
                   std::uint64_t seed, const CancelFlag& cancel,
                   const std::function<void(const CheckRow&)>& each);

// Compares the single CPU kernels of every instruction set with plain loops; outputs hold NaN before.
void check_kernels(std::uint64_t seed, const std::function<void(const CheckRow&)>& each);

}  // namespace synann::compute
