// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

// `synann bench --ranks`: what several processes gain, and what more of them may be expected to.
namespace synann::cli {

struct RankBenchArguments {
  std::vector<std::string> models;
  std::string data, tier = "auto";
  int batch = 100, rounds = 7, threads = 0;
  double seconds = 0.15;  // of one measurement, at least
  // Of the network that is predicted for; 0: as measured here.
  double latency_us = 0, megabytes_per_second = 0;
  double jitter = 0.05;  // of the simulation
  bool json = false;
  std::string save{};  // file for the JSON lines; empty: none
};

int bench_ranks(const RankBenchArguments& arguments);

}  // namespace synann::cli
