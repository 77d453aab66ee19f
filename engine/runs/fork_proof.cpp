// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/runs/fork_proof.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <optional>
#include <string_view>
#include <system_error>
#include <vector>

#include "engine/core/sha256.h"
#include "engine/core/whole_path.h"
#include "engine/runs/fork_files.h"
#include "engine/train/history_cut.h"
#include "engine/train/record.h"

namespace synann::runs {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kForkLine = "{\"event\":\"fork\"";

Agreement agreement_of(bool same) {
  return same ? Agreement::Equal : Agreement::Different;
}

std::string digest_of(std::string_view text) {
  return sha256_hex({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

// The lines before the last fork, which is the run's own.
std::string_view before_own_fork(std::string_view text) {
  for (auto at = text.rfind(kForkLine); at != std::string_view::npos && at > 0;
       at = text.rfind(kForkLine, at - 1))
    if (text[at - 1] == '\n') return text.substr(0, at);
  return {};
}

// All parameters of a run after so many steps, as far as they were kept.
struct KeptState {
  std::shared_ptr<const model::Model> model;
  std::vector<float> values;
  std::string sha256;  // empty where the counters were not kept too
};

std::optional<KeptState> kept_state(const fs::path& run, const train::History& history, std::int64_t steps) {
  for (const char* name : {train::kLastCheckpoint, train::kBestCheckpoint}) {
    std::error_code code;
    if (!fs::exists(run / name, code)) continue;
    const auto loaded = train::read_checkpoint(run / name);
    if (!loaded || history.steps_at(loaded->checkpoint.position) != steps) continue;
    const model::State& state = loaded->checkpoint.state;
    return KeptState{loaded->model, state.values, train::parameters_sha256(state, *loaded->model)};
  }
  std::error_code code;
  if (!fs::exists(run / train::kNetworkRecord, code)) return std::nullopt;
  auto record = train::RecordReader::open(run / train::kNetworkRecord);
  const auto k = record ? record->at_or_before(steps) : std::nullopt;
  if (!k || record->frames()[*k].steps != steps) return std::nullopt;
  const auto model = train::recorded_model(record->header());
  if (!model) return std::nullopt;
  auto values = train::recorded_values(*record, *k, **model);
  if (!values) return std::nullopt;
  return KeptState{*model, std::move(*values), {}};
}

void prove_parameters(const fs::path& run, const train::History& history, ForkProof& proof) {
  const auto kept = kept_state(run, history, proof.steps);
  if (!kept) return;
  if (!kept->sha256.empty())
    proof.own_parameters = agreement_of(kept->sha256 == proof.fork.parameters_sha256);
  if (proof.parent.empty()) return;
  if (const auto same = record_agrees(proof.parent, proof.steps, *kept->model, kept->values))
    proof.parent_parameters = agreement_of(*same);
}

}  // namespace

const char* agreement_word(Agreement agreement) {
  switch (agreement) {
    case Agreement::Unknown:
      return "unknown";
    case Agreement::Equal:
      return "equal";
    case Agreement::Different:
      return "different";
  }
  return "";
}

bool ForkProof::holds() const {
  const std::array all = {own_history, parent_history, own_parameters, parent_parameters};
  const bool none_differs = std::find(all.begin(), all.end(), Agreement::Different) == all.end();
  return none_differs && own_history == Agreement::Equal && parent_history == Agreement::Equal;
}

std::string ForkProof::sentence() const {
  const std::string at = fmt::format("the parent's at step {}", steps);
  if (own_history == Agreement::Different) return "the history before the fork was changed since";
  if (parent.empty()) return fmt::format("the parent {} is not beside this run any more", fork.from);
  if (parent_history == Agreement::Different) return fmt::format("the history is not {}", at);
  if (own_parameters == Agreement::Different || parent_parameters == Agreement::Different)
    return fmt::format("the parameters are not {}", at);
  if (parent_parameters == Agreement::Equal) return fmt::format("history and parameters are equal to {}", at);
  return fmt::format("the history is equal to {}; of its parameters there only their digest was kept", at);
}

fs::path parent_folder(const fs::path& run, const train::Fork& fork) {
  if (fork.history_sha256.empty() || fork.from.empty()) return {};
  const fs::path folder = whole_path(run).parent_path() / fork.from;
  std::error_code code;
  return fs::exists(folder / train::kHistoryFile, code) ? folder : fs::path();
}

Result<ForkProof> prove_fork(const fs::path& run) {
  const auto file = train::read_history_file(run / train::kHistoryFile);
  if (!file) return file.error();
  const train::History& history = file->history;
  if (history.forks.empty() || history.forks.back().history_sha256.empty()) {
    return input_error(run.string(), "is no fork of a step of another run, so there is nothing to compare",
                       "name a run that synann fork made");
  }
  ForkProof proof{.fork = history.forks.back()};
  proof.steps = history.steps_at(proof.fork.position);
  proof.own_history = agreement_of(digest_of(before_own_fork(file->text())) == proof.fork.history_sha256);
  proof.parent = parent_folder(run, proof.fork);
  if (!proof.parent.empty()) {
    const auto theirs = train::read_history_file(proof.parent / train::kHistoryFile);
    if (theirs)
      proof.parent_history =
          agreement_of(digest_of(train::cut_history(theirs->text(), theirs->history, proof.steps)) ==
                       proof.fork.history_sha256);
  }
  prove_parameters(run, history, proof);
  return proof;
}

}  // namespace synann::runs
