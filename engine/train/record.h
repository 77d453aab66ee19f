// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/core/parameter_table.h"
#include "engine/core/result.h"
#include "engine/model/description.h"
#include "engine/train/events.h"

// The numbers of a model at many steps of a run, in one file that grows while the run does (docs/formats.md).
// Every frame is exact: it reads back bit for bit. A frame is stored as the difference to a key frame at most
// kKeyInterval − 1 frames before it, so that any frame costs at most two to read.
namespace synann::train {

// Every synapse parameter (weight, and alpha where it is trained), densely; and all numbers of the network,
// at ends of epochs.
inline constexpr const char* kSynapseRecord = "synapses.record";
inline constexpr const char* kNetworkRecord = "network.record";
inline constexpr int kKeyInterval = 32;  // frames

// What a record may cost. A frame is always kept where the run begins, waits or ends, and in the record of
// the synapses at the end of each epoch; between them there are at most `frames`, and none once the file has
// reached `bytes`.
struct RecordBudget {
  int frames = 1000;
  std::int64_t bytes = 64ll << 20;
  bool operator==(const RecordBudget&) const = default;
};

// One tensor of a frame: `offset` floats from the frame's beginning.
struct RecordedTensor {
  std::string name;
  std::vector<std::int64_t> shape;
  std::size_t offset = 0, size = 0;  // floats
  bool operator==(const RecordedTensor&) const = default;
};

// What a record is of: its first lines. Equal runs give equal headers.
struct RecordHeader {
  Settings settings;  // without the data's path
  std::string data_sha256;
  int rows = 0, columns = 0, classes = 0;  // of the data
  int steps_per_epoch = 1;
  bool epoch_ends = true;  // a frame at the end of each epoch, whatever the budget
  int every = 0;           // and one every so many steps as long as the budget lasts; 0 = none
  RecordBudget budget;
  std::vector<RecordedTensor> tensors;

  std::size_t frame_size() const;  // floats
  const RecordedTensor* find(std::string_view name) const;
  // Whether a record with this header is one of the same run: everything that cannot change while it lasts.
  bool same_run(const RecordHeader& other) const;
};

// Where a frame stands in its run: the position that a checkpoint of the same moment has.
struct FrameStep {
  Position position;
  std::int64_t steps = 0;  // done since the start of the run
  bool operator==(const FrameStep&) const = default;
};

// Reads a record, also while it grows. One thread at a time.
class RecordReader {
 public:
  // Errors: not a record, a damaged header. A last frame that is cut off (a killed process) is left out.
  static Result<RecordReader> open(const std::filesystem::path& path);
  RecordReader(RecordReader&&) noexcept;
  RecordReader& operator=(RecordReader&&) noexcept;
  ~RecordReader();

  const RecordHeader& header() const { return header_; }
  std::span<const FrameStep> frames() const { return steps_; }
  bool truncated() const { return truncated_; }  // there are bytes behind the last whole frame
  // Why the frames end before the file does, other than by a last one that is cut off.
  const std::optional<Error>& damage() const { return damage_; }

  // Takes in the frames that were added since. Returns how many.
  std::size_t refresh();
  // Frame k of frames(), [header().frame_size()]: the tensors one after the other. Errors: damaged. What
  // look() gives holds until the next frame is asked for; read() copies it.
  Result<std::span<const float>> look(std::size_t k);
  Result<std::vector<float>> read(std::size_t k);
  // The last frame at or before `steps`; nothing where there is none.
  std::optional<std::size_t> at_or_before(std::int64_t steps) const;
  // Bytes up to the end of the frames at or before `steps`.
  std::uint64_t bytes_until(std::int64_t steps) const;

 private:
  struct Entry {
    std::uint64_t offset = 0;  // of the frame's head
    std::uint32_t payload = 0;
    std::uint32_t back = 0;  // frames back to its key; 0 for a key
  };
  struct Closer {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  struct Buffers;  // record_reader.cpp
  RecordReader();
  Status load(std::size_t k);
  Status find_key(std::size_t k);
  Error broken(std::size_t k, std::string problem) const;

  std::string path_;
  std::unique_ptr<std::FILE, Closer> file_;
  RecordHeader header_;
  std::vector<FrameStep> steps_;
  std::vector<Entry> entries_;
  std::uint64_t end_ = 0, begin_ = 0;  // behind the last whole frame, of the first
  bool truncated_ = false;
  std::optional<Error> damage_;
  std::unique_ptr<Buffers> buffers_;
};

// Appends frames to a record. Used by the training thread alone.
class RecordWriter {
 public:
  // Goes on with the record at `path` where it is one of the same run, cut back to `steps`; one that cannot
  // be read, or is another run's, is set aside as "<name>.unreadable". Otherwise begins a new one.
  static Result<RecordWriter> open(const std::filesystem::path& path, const RecordHeader& header,
                                   std::int64_t steps);

  const RecordHeader& header() const { return header_; }
  std::uint64_t bytes() const { return bytes_; }  // of the file
  // Whether the plan wants a frame after this many steps of the run.
  bool due(std::int64_t steps) const;
  // Steps from `steps` to the next one that is due or ends an epoch, at least 1.
  std::int64_t until_due(std::int64_t steps) const;
  // `frame` is [header().frame_size()]. Does nothing where the frame is there already. The frame is in the
  // operating system's hands when this returns, whole or, after a crash, recognisably not.
  Status append(const FrameStep& at, std::span<const float> frame);

 private:
  struct Closer {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  Status begin();
  bool in_budget() const;
  void pack_plane(std::span<const std::uint32_t> bits, int plane, bool key);

  std::string path_;
  std::unique_ptr<std::FILE, Closer> file_;
  RecordHeader header_;
  std::uint64_t bytes_ = 0;  // of the file
  std::int64_t last_steps_ = -1;
  int since_key_ = 0;  // frames since the key frame, itself included; 0 = the next one is a key
  std::vector<std::uint32_t> key_bits_, bits_;
  std::vector<std::uint8_t> plane_, packed_, payload_;
  bool incompressible_[4] = {};  // planes of bytes that the last frames could not make smaller
};

// The plans of a run's two records.
RecordHeader synapse_header(const model::Model& model, const StartInfo& start, const RecordBudget& budget);
RecordHeader network_header(const model::Model& model, const StartInfo& start, const RecordBudget& budget);

// The parameters of the synapse layers, and all floating-point parameters.
std::vector<std::string> synapse_parameters(const model::Model& model);
std::vector<std::string> all_parameters(const model::Model& model);

// The numbers of these tensors out of a model's flat block, and back into it.
std::vector<float> gather(const RecordHeader& header, const model::Model& model,
                          std::span<const float> values);
void scatter(const RecordHeader& header, const model::Model& model, std::span<const float> frame,
             std::span<float> values);

// All numbers of the network at frame k of its record [float_count]. Errors: damaged there.
Result<std::vector<float>> recorded_values(RecordReader& record, std::size_t k, const model::Model& model);

// The model that a record is of. Errors as model::build.
Result<std::shared_ptr<const model::Model>> recorded_model(const RecordHeader& header);

}  // namespace synann::train
