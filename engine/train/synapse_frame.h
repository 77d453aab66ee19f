// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/result.h"
#include "engine/data/dataset.h"
#include "engine/synapse/tensor.h"
#include "engine/train/checkpoint.h"
#include "engine/train/record.h"
#include "engine/train/synapse_layers.h"

// One moment of a network and of one of its synapse layers, out of a run that trains, its records or a
// checkpoint: what windows and figures show. Numbers alone; how they look is not told here.
namespace synann::train {

// What the matrix shows.
enum class Lens {
  Beta,             // β_ij
  Image,            // β_ij x_j for one image
  ClassMean,        // the mean of that over the images of class a
  ClassDifference,  // mean of class a − mean of class b
};

// In which order rows and columns are to stand (engine/synapse/order.h).
enum class MatrixOrder { Natural, Norm, Similarity };

inline constexpr std::int64_t kLatestStep = INT64_MAX;

// A question about one moment; a plain value.
struct SynapseQuery {
  std::shared_ptr<const Weights> live{};  // where set, these numbers are the moment
  std::filesystem::path run{};            // folder of a run, or a checkpoint's file
  std::int64_t steps = kLatestStep;       // the last recorded moment at or before so many steps of the run
  std::string layer{};                    // empty or unknown: the first
  data::DataPairPtr data{};               // whose test images are looked at; may be null
  Lens lens = Lens::Beta;
  int image = 0;  // of the test set
  int class_a = 0, class_b = 1;
  // Subtracted from the matrix: the same lens at another moment, of this run or another.
  bool compare = false;
  std::filesystem::path other_run{};  // empty: this one
  std::int64_t other_steps = 0;
  // An order is found once, when it is first asked for under this number, and then kept, so that cells stay
  // where they are while time goes on.
  MatrixOrder row_order = MatrixOrder::Natural, column_order = MatrixOrder::Natural;
  std::uint64_t order_number = 0;
  bool run_range = false;    // the range of the run is wanted: scan() is worth its while
  bool samples = false;      // also x of the first images of each class
  bool gradient = false;     // also ∂loss/∂β over the images of all classes
  bool network = false;      // also all numbers of the network, there and at the start
  std::uint64_t opened = 0;  // another number makes the reader open the run's files anew
};

// The answer. Matrices are [n, n], row i = output.
struct SynapseFrame {
  std::string error;    // one sentence: there is nothing to show
  std::string missing;  // one sentence: β is there, what was asked beyond it is not
  bool live = false;
  FrameStep at;
  std::shared_ptr<const std::vector<FrameStep>> frames;          // of the run's record, in order
  std::shared_ptr<const std::vector<FrameStep>> network_frames;  // those at which the inputs x are known
  std::string note;  // about the record: damaged, cut off, out of budget
  RecordHeader run;  // settings and data of the run; no tensors
  std::vector<std::string> layers;
  SynapseLayer layer;
  SynapseParameters parameters;              // β and α
  std::vector<float> initial;                // β at the start of the run; empty where it is not known
  std::vector<float> shown;                  // what lens and comparison make of it
  std::vector<float> gradient;               // empty where it is not known
  std::vector<int> row_order, column_order;  // which row stands k-th; empty: as they are
  std::vector<double> x;                     // [n] of the image; empty where it is not known
  std::vector<double> samples;  // [labels.size(), n]: x of the first images of each class, where asked for
  std::vector<int> labels;      // of the samples
  int image_label = -1;         // class of the image
  std::vector<std::string> class_names;  // of the data; empty where they are not open
  float run_least = 0, run_most = 0;     // of β over the frames of the run that were looked at
  bool run_range_whole = false;          // that were all of them
  // The network, where it was asked for; known also where the model has no synapse layer, which is an error
  // to everything above.
  std::shared_ptr<const model::Model> model;                   // null: there is nothing
  std::shared_ptr<const std::vector<float>> network;           // [float_count]; null: not known
  std::shared_ptr<const std::vector<float>> network_at_start;  // null: not known
  FrameStep network_at;  // the last moment at or before, at which the whole network is known

  int n() const { return layer.n; }
};

// β and α in double precision, for the functions of engine/synapse.
struct DoubleTensor {
  explicit DoubleTensor(const SynapseFrame& frame);
  synapse::Tensor view() const { return {n, beta, alpha}; }
  std::size_t n;
  std::vector<double> beta, alpha;
};

// Images per class that class means and samples are made of.
inline constexpr int kImagesPerClass = 20;

// Answers questions, keeping files open and what was computed last. One thread at a time.
class SynapseReader {
 public:
  SynapseFrame answer(const SynapseQuery& query);
  // Looks at one more frame of the run answered last, for its range; false where all have been.
  bool scan();

 private:
  // The files of one run.
  struct Run {
    std::filesystem::path path;
    std::uint64_t opened = 0;
    std::optional<RecordReader> synapses, network;
    std::shared_ptr<const std::vector<float>> values;  // of the whole network, at the step below
    FrameStep values_at{{1, 0}, -1};
    std::shared_ptr<const model::Model> model;
    RecordHeader header;  // without tensors
    std::shared_ptr<const std::vector<FrameStep>> frames, network_frames;
    std::vector<float> initial;  // β of initial_layer at the start; empty where it is not known
    std::string initial_layer;
    std::shared_ptr<const std::vector<float>> start;  // the whole network there
    std::size_t scanned = 0;
    std::string scanned_layer;
    float least = 0, most = 0;
  };
  // The numbers of one moment.
  struct Moment {
    FrameStep at;
    std::shared_ptr<const model::Model> model;
    std::vector<float> weight, alpha;                  // of the layer
    std::shared_ptr<const std::vector<float>> values;  // of the whole network, where they are known
  };
  // x of some images at some moment.
  struct Inputs {
    std::shared_ptr<const std::vector<float>> values;
    data::DataPairPtr data;
    std::string layer;
    std::vector<int> images;
    std::vector<double> x;
  };

  Result<Run*> open(const std::filesystem::path& path, std::uint64_t opened, bool other);
  Status open_files(Run& run);
  static Status open_records(Run& run);
  static Status open_checkpoint(Run& run, const std::filesystem::path& file);
  Result<Moment> moment(Run& run, std::int64_t steps, const std::string& layer);
  static std::shared_ptr<const std::vector<float>> whole(Run& run, std::size_t k);
  static void look_at_network(const SynapseQuery& query, Run* run, SynapseFrame& frame);
  Result<SynapseLayer> choose_layer(const model::Model& model, const std::string& name) const;
  Status fill(const SynapseQuery& query, SynapseFrame& frame);
  Result<Moment> present(const SynapseQuery& query, SynapseFrame& frame);
  Status look(const SynapseQuery& query, const Moment& moment, SynapseFrame& frame);
  Status look_inputs(const SynapseQuery& query, const Moment& moment, SynapseFrame& frame);
  Status look_at_gradient(const SynapseQuery& query, const Moment& moment, SynapseFrame& frame);
  Status subtract(const SynapseQuery& query, const SynapseFrame& frame, std::vector<float>& shown);
  void arrange(const SynapseQuery& query, SynapseFrame& frame);
  Result<std::vector<float>> lens_of(const SynapseQuery& query, const Moment& moment,
                                     const SynapseLayer& layer, const SynapseParameters& parameters);
  Result<std::vector<double>> inputs(const Moment& moment, const SynapseLayer& layer,
                                     const data::DataPairPtr& data, std::vector<int> images);
  void find_initial(Run& run, const SynapseLayer& layer);
  void describe_run(Run& run, const SynapseLayer& layer, SynapseFrame& frame);

  std::optional<Run> run_, other_;
  std::vector<Inputs> cache_;  // a few, the latest last
  // The orders found last.
  struct Arrangement {
    std::uint64_t number = 0;
    std::string layer;
    MatrixOrder rows = MatrixOrder::Natural, columns = MatrixOrder::Natural;
    std::vector<int> row_order, column_order;
  };
  std::optional<Arrangement> arrangement_;
  SynapseLayer layer_;  // of the answer given last
};

}  // namespace synann::train
