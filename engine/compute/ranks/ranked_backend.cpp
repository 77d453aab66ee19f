// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/compute/ranks/ranked_backend.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <fmt/format.h>
#include <optional>
#include <type_traits>
#include <utility>

#include "engine/compute/ranks/wire.h"
#include "engine/core/program.h"
#include "engine/core/sha256.h"
#include "engine/core/thread_pool.h"
#include "engine/core/version.h"

namespace synann::compute {
namespace {

// What rank 0 says next.
enum class Word : std::uint8_t { Begin, Load, Fetch, Run, Evaluate, Release, Gather, Dismiss };

// The ranks as a tier sees them: all of them, or this one alone while it answers a question.
class SwitchedRanks final : public Ranks {
 public:
  explicit SwitchedRanks(Ranks& ranks) : ranks_(ranks) {}
  void set_alone(bool alone) { alone_ = alone; }

  int rank() const override { return alone_ ? 0 : ranks_.rank(); }
  int count() const override { return alone_ ? 1 : ranks_.count(); }
  int on_this_machine() const override { return ranks_.on_this_machine(); }
  void broadcast(std::span<std::byte> bytes) override { ranks_.broadcast(bytes); }
  void gather(std::byte* block, std::span<const std::size_t> begins) override {
    ranks_.gather(block, begins);
  }
  void abort(const std::string& sentence) override { ranks_.abort(sentence); }

 private:
  Ranks& ranks_;
  bool alone_ = false;
};

class Alone {
 public:
  explicit Alone(SwitchedRanks& ranks) : ranks_(ranks) { ranks_.set_alone(true); }
  ~Alone() { ranks_.set_alone(false); }
  Alone(const Alone&) = delete;
  Alone& operator=(const Alone&) = delete;

 private:
  SwitchedRanks& ranks_;
};

template <std::size_t N>
using Text = std::array<char, N>;

template <std::size_t N>
void put(Text<N>& text, const std::string& words) {
  text = {};
  std::copy_n(words.data(), std::min(words.size(), N - 1), text.data());
}

// What a rank says of itself before a run.
struct Readiness {
  bool ready = false;
  int most_ranks = 0;
  Text<64> host{};
  Text<1024> sentence{};  // why it is not
  Text<64> build{}, computes{};
  Text<72> data{};
};

std::string place(int rank, const Readiness& of) {
  return fmt::format("rank {} on {}", rank, of.host.data());
}

// The first rank that cannot train, or not as rank 0 does; the same answer on every rank.
Status agree(const std::vector<Readiness>& all) {
  for (std::size_t r = 0; r < all.size(); ++r)
    if (!all[r].ready) {
      if (r == 0) return input_error({}, all[r].sentence.data());
      return input_error(place(static_cast<int>(r), all[r]), all[r].sentence.data());
    }
  const Readiness& first = all.front();
  for (std::size_t r = 1; r < all.size(); ++r) {
    const auto differs = [&](const char* problem, const char* expected, const char* found,
                             const char* remedy) {
      return Error{.where = place(static_cast<int>(r), all[r]),
                   .problem = problem,
                   .expected = expected,
                   .found = found,
                   .remedy = remedy};
    };
    if (all[r].data != first.data)
      return differs("its data are not those of rank 0", first.data.data(), all[r].data.data(),
                     "give all machines the same data (the digests differ)");
    if (all[r].build != first.build)
      return differs("it is another program than rank 0", first.build.data(), all[r].build.data(),
                     "install the same build on all machines");
    if (all[r].computes != first.computes)
      return differs("it computes in another way than rank 0, with other bits", first.computes.data(),
                     all[r].computes.data(), "pin what all machines have: SYNANN_ISA=avx2 or baseline");
  }
  if (static_cast<int>(all.size()) > first.most_ranks)
    return Error{.where = "train",
                 .problem = "there are more processes than parts of a batch",
                 .expected = fmt::format("at most {}", first.most_ranks),
                 .found = fmt::format("{}", all.size()),
                 .remedy = "start fewer, or train with a larger --batch-size"};
  return {};
}

// A back end for the work of this rank, once all ranks have theirs.
Result<std::unique_ptr<Backend>> join(Ranks& ranks, SwitchedRanks& group, Result<RankWork> work) {
  Readiness mine;
  std::unique_ptr<Backend> backend;
  put(mine.host, host_name());
  put(mine.build, fmt::format("{} {}", kVersion, kCommit));
  std::optional<Error> error;
  if (!work) error = work.error();
  if (work) {
    BackendRequest& request = work->request;
    request.ranks = &group;
    if (request.device == "auto") request.device = "cpu";
    if (request.threads <= 0)
      request.threads = std::max(1, hardware_threads() / std::max(1, ranks.on_this_machine()));
    put(mine.data, work->data->sha256);
    auto made = make_backend(request, work->model, work->data);
    if (!made) error = made.error();
    if (made) {
      backend = std::move(*made);
      const BackendInfo info = backend->info();
      put(mine.computes, fmt::format("{}, {}, {}", info.device, info.tier, info.isa));
      mine.most_ranks = backend->most_ranks(work->batch_size);
      mine.ready = true;
    }
  }
  if (error) put(mine.sentence, error->sentence());
  const std::vector<Readiness> all = gather_values(ranks, mine);
  if (auto status = agree(all); !status) return status.error();
  return backend;
}

// The span of a message: its numbers, and the blocks behind it.
struct SpanNumbers {
  std::uint64_t seed;
  int epoch, first_step, step_count, batch_size;
  Optimiser optimiser;
  std::int64_t first_count;
  data::Augmentation augmentation;
  bool dropout;
  Watch watch;
  bool new_order;
};
static_assert(std::is_trivially_copyable_v<SpanNumbers>);

struct SpanBlocks {
  std::vector<std::uint32_t> order, frozen;
  std::vector<float> rates;
};

SpanNumbers numbers_of(const StepSpan& s, bool new_order) {
  return {.seed = s.seed,
          .epoch = s.epoch,
          .first_step = s.first_step,
          .step_count = s.step_count,
          .batch_size = s.batch_size,
          .optimiser = s.optimiser,
          .first_count = s.first_count,
          .augmentation = s.augmentation,
          .dropout = s.dropout,
          .watch = s.watch,
          .new_order = new_order};
}

StepSpan span_of(const SpanNumbers& n, const SpanBlocks& blocks) {
  return {.seed = n.seed,
          .epoch = n.epoch,
          .first_step = n.first_step,
          .step_count = n.step_count,
          .batch_size = n.batch_size,
          .order = blocks.order,
          .learning_rates = blocks.rates,
          .optimiser = n.optimiser,
          .first_count = n.first_count,
          .frozen = blocks.frozen,
          .augmentation = n.augmentation,
          .dropout = n.dropout,
          .watch = n.watch};
}

void pass_span(Wire& wire, SpanNumbers& numbers, SpanBlocks& blocks) {
  wire.pass(numbers);
  if (numbers.new_order) wire.pass(blocks.order);
  wire.pass(blocks.rates);
  wire.pass(blocks.frozen);
}

void pass_state(Wire& wire, model::State& state) {
  wire.pass(state.values);
  wire.pass(state.momenta);
  wire.pass(state.squares);
  wire.pass(state.counters);
}

// Measures on this rank with the others; whether to go on is rank 0's to say after each batch.
Result<EvaluationResult> evaluate_together(Wire& wire, Backend& backend, EvaluationSet set, int batch_size,
                                           const CancelFlag& asked,
                                           const std::function<void(int done)>& progress) {
  CancelFlag cancel;
  return backend.evaluate(set, batch_size, cancel, [&](int done) {
    if (progress) progress(done);
    bool stop = asked.is_set();
    wire.pass(stop);
    if (stop) cancel.set();
  });
}

std::string digest(const model::State& state) {
  Sha256 sha;
  const auto add = [&](const auto& block) {
    const auto bytes = std::as_bytes(std::span(block));
    sha.add({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});  // NOLINT
  };
  add(state.values);
  add(state.momenta);
  add(state.squares);
  add(state.counters);
  return sha.hex();
}

// Every rank's state, compared to the bit; every rank calls it.
Status compare_states(Ranks& ranks, const model::State& state) {
  Text<72> mine{};
  put(mine, digest(state));
  const auto all = gather_values(ranks, mine);
  for (std::size_t r = 1; r < all.size(); ++r)
    if (all[r] != all.front())
      return Error{.kind = ErrorKind::Failed,
                   .where = fmt::format("rank {}", r),
                   .problem = "its parameters are not those of rank 0 to the bit, so nothing is saved",
                   .expected = all.front().data(),
                   .found = all[r].data(),
                   .remedy =
                       "resume from the last checkpoint; a machine's processor or memory may be at "
                       "fault"};
  return {};
}

class RankedBackend final : public Backend {
 public:
  RankedBackend(Ranks& ranks, std::unique_ptr<SwitchedRanks> group, std::unique_ptr<Backend> backend)
      : ranks_(ranks), wire_(ranks), group_(std::move(group)), backend_(std::move(backend)) {}
  ~RankedBackend() override {
    if (!ranks_.out_of_step()) say(Word::Release);
  }
  RankedBackend(const RankedBackend&) = delete;
  RankedBackend& operator=(const RankedBackend&) = delete;

  BackendInfo info() const override {
    BackendInfo info = backend_->info();
    info.ranks = ranks_.count();
    return info;
  }
  int most_ranks(int batch_size) const override { return backend_->most_ranks(batch_size); }

  Status load(const model::State& state) override {
    say(Word::Load);
    model::State copy = state;
    pass_state(wire_, copy);
    return backend_->load(state);
  }
  Status fetch(model::State& state) override {
    say(Word::Fetch);
    if (auto status = backend_->fetch(state); !status) return status;
    return compare_states(ranks_, state);
  }
  // A span is short: it is run to its end.
  Result<SpanResult> run(const StepSpan& span, const CancelFlag& cancel) override {
    if (cancel.is_set()) return SpanResult{};
    say(Word::Run);
    // All of an epoch's spans have one order.
    const bool new_order = epoch_ != std::pair(span.seed, span.epoch) || count_ != span.order.size();
    epoch_ = {span.seed, span.epoch};
    count_ = span.order.size();
    SpanNumbers numbers = numbers_of(span, new_order);
    SpanBlocks blocks;
    blocks.frozen.assign(span.frozen.begin(), span.frozen.end());
    blocks.rates.assign(span.learning_rates.begin(), span.learning_rates.end());
    if (new_order) blocks.order.assign(span.order.begin(), span.order.end());
    pass_span(wire_, numbers, blocks);
    auto result = backend_->run(span, CancelFlag{});
    if (!result) ranks_.set_out_of_step();
    return result;
  }
  Result<EvaluationResult> evaluate(EvaluationSet set, int batch_size, const CancelFlag& cancel,
                                    const std::function<void(int done)>& progress) override {
    if (cancel.is_set()) return EvaluationResult{};
    say(Word::Evaluate);
    wire_.pass(set);
    wire_.pass(batch_size);
    return evaluate_together(wire_, *backend_, set, batch_size, cancel, progress);
  }
  Result<Probe> probe(std::span<const float> input, std::span<const std::uint8_t> target) override {
    const Alone alone(*group_);
    return backend_->probe(input, target);
  }
  Result<Reply> ask(const data::Dataset& set, std::span<const std::uint32_t> samples,
                    bool activations) override {
    const Alone alone(*group_);
    return backend_->ask(set, samples, activations);
  }
  bool resumes(std::size_t layer) const override { return backend_->resumes(layer); }
  Result<std::vector<float>> resume(std::size_t layer, std::span<const float> input, int count) override {
    const Alone alone(*group_);
    return backend_->resume(layer, input, count);
  }

 private:
  void say(Word word) { wire_.pass(word); }

  Ranks& ranks_;
  Wire wire_;
  std::unique_ptr<SwitchedRanks> group_;
  std::unique_ptr<Backend> backend_;
  std::pair<std::uint64_t, int> epoch_{0, 0};  // of the order that the others have: seed and epoch
  std::size_t count_ = 0;
};

void take_part_in_gather(Ranks& ranks, std::size_t bytes = 0, int times = 0) {
  Wire wire(ranks);
  wire.pass(bytes);
  wire.pass(times);
  std::vector<std::byte> block(bytes);
  std::vector<std::size_t> begins;
  for (int r = 0; r <= ranks.count(); ++r)
    begins.push_back(bytes * static_cast<std::size_t>(r) / static_cast<std::size_t>(ranks.count()));
  for (int k = 0; k < times; ++k) ranks.gather(block.data(), begins);
}

// The back end of a rank that is told what to do.
class Follower {
 public:
  explicit Follower(Ranks& ranks) : ranks_(ranks), wire_(ranks), group_(ranks) {}

  void begin(const std::function<Result<RankWork>(const std::string& run)>& prepare) {
    std::string run;
    wire_.pass(run);
    auto backend = join(ranks_, group_, prepare(run));
    if (backend) backend_ = std::move(*backend);  // what there is else, rank 0 tells
  }
  void release() { backend_.reset(); }
  void load() {
    pass_state(wire_, state_);
    must(backend_->load(state_));
  }
  void fetch() {
    must(backend_->fetch(state_));
    (void)compare_states(ranks_, state_);
  }
  void run() {
    SpanNumbers numbers{};
    pass_span(wire_, numbers, blocks_);
    must(backend_->run(span_of(numbers, blocks_), CancelFlag{}));
  }
  void evaluate() {
    EvaluationSet set{};
    int batch_size = 0;
    wire_.pass(set);
    wire_.pass(batch_size);
    must(evaluate_together(wire_, *backend_, set, batch_size, CancelFlag{}, {}));
  }

 private:
  template <class T>
  void must(const Result<T>& result) {
    if (!result)
      ranks_.abort(fmt::format("rank {} on {}: {}", ranks_.rank(), host_name(), result.error().sentence()));
  }

  Ranks& ranks_;
  Wire wire_;
  SwitchedRanks group_;
  std::unique_ptr<Backend> backend_;
  model::State state_;
  SpanBlocks blocks_;
};

}  // namespace

Result<std::unique_ptr<Backend>> make_ranked_backend(Ranks& ranks, const std::string& run, RankWork work) {
  if (work.request.device != "auto" && work.request.device != "cpu")
    return input_error(fmt::format("--device {}", work.request.device),
                       "several processes train on processors only", "leave it out, or start one process");
  Wire wire(ranks);
  Word word = Word::Begin;
  std::string text = run;
  wire.pass(word);
  wire.pass(text);
  auto group = std::make_unique<SwitchedRanks>(ranks);
  auto backend = join(ranks, *group, std::move(work));
  if (!backend) return backend.error();
  return std::unique_ptr<Backend>(
      std::make_unique<RankedBackend>(ranks, std::move(group), std::move(*backend)));
}

void serve_rank(Ranks& ranks, const std::function<Result<RankWork>(const std::string& run)>& prepare) {
  Wire wire(ranks);
  Follower follower(ranks);
  while (true) {
    Word word{};
    wire.pass(word);
    switch (word) {
      case Word::Begin:
        follower.begin(prepare);
        break;
      case Word::Load:
        follower.load();
        break;
      case Word::Fetch:
        follower.fetch();
        break;
      case Word::Run:
        follower.run();
        break;
      case Word::Evaluate:
        follower.evaluate();
        break;
      case Word::Release:
        follower.release();
        break;
      case Word::Gather:
        take_part_in_gather(ranks);
        break;
      case Word::Dismiss:
        return;
    }
  }
}

void gather_blank(Ranks& ranks, std::size_t bytes, int times) {
  Wire wire(ranks);
  Word word = Word::Gather;
  wire.pass(word);
  take_part_in_gather(ranks, bytes, times);
}

void dismiss_ranks(Ranks& ranks) {
  if (ranks.out_of_step()) ranks.abort("the other processes are ended");
  Word word = Word::Dismiss;
  Wire(ranks).pass(word);
}

}  // namespace synann::compute
