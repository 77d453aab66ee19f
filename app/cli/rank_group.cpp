// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/rank_group.h"

#include <csignal>
#include <cstdlib>
#include <fmt/format.h>
#include <memory>

#include "app/cli/cli.h"
#include "app/cli/console.h"
#include "engine/compute/ranks/mpi_ranks.h"
#include "engine/compute/ranks/ranked_backend.h"
#include "engine/train/rank_run.h"

namespace synann::cli {
namespace {

// What a launcher says of the processes it has started.
struct Launched {
  int processes = 1;
  std::string by{};  // the variable that says so
};

Launched launched() {
  for (const char* const name : {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS"}) {
    const char* const said = std::getenv(name);
    const int processes = said == nullptr ? 1 : std::atoi(said);
    if (processes > 1) return {processes, name};
  }
  return {};
}

Error not_together(const std::string& command, const Launched& launch, const char* problem,
                   const char* remedy) {
  return {.where = command,
          .problem = problem,
          .expected = "1",
          .found = fmt::format("{} ({})", launch.processes, launch.by),
          .remedy = remedy};
}

}  // namespace

int on_all_ranks(const std::string& command, const std::function<int(compute::Ranks* ranks)>& lead) {
  const Launched launch = launched();
  if (launch.processes == 1) return lead(nullptr);
  if (!compute::built_with_mpi())
    return report(not_together(
        command, launch, "was started as one of several processes, and this build computes in one",
        "start it once, build it with -DSYNANN_MPI=ON, or share out a study with synann study submit"));
  const std::unique_ptr<compute::Ranks> ranks = compute::mpi_ranks();
  if (!ranks)
    return report(not_together(command, launch,
                               "was started as one of several processes, and MPI knows of this one alone",
                               "start it with the mpirun of the MPI it was built with"));
  if (ranks->rank() == 0) {
    const int code = lead(ranks.get());
    compute::dismiss_ranks(*ranks);
    return code;
  }
  // Rank 0 hears the same signals, saves, and lets the others go.
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) std::signal(signal, SIG_IGN);
  compute::serve_rank(*ranks, train::rank_work);
  return kOk;
}

}  // namespace synann::cli
