// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <utility>

#include "engine/data/idx.h"
#include "engine/data/read_source.h"

namespace synann::data {
namespace {

constexpr int kLeastClasses = 10;      // classes at least where labels are numbers, whichever of them occur
constexpr std::size_t kTestShare = 6;  // one of so many training images, where there is no test set

void turn(Part& part) {
  std::vector<std::uint8_t> turned(part.image_size());
  const auto rows = static_cast<std::size_t>(part.rows), columns = static_cast<std::size_t>(part.columns);
  for (std::size_t begin = 0; begin < part.pixels.size(); begin += turned.size()) {
    std::uint8_t* const image = part.pixels.data() + begin;
    for (std::size_t r = 0; r < rows; ++r)
      for (std::size_t c = 0; c < columns; ++c) turned[c * rows + r] = image[r * columns + c];
    std::ranges::copy(turned, image);
  }
  std::swap(part.rows, part.columns);
}

void turn_images(Parts& parts, const Family& family) {
  if (!family.transposed) return;
  turn(parts.train);
  if (parts.test) turn(*parts.test);
  parts.notes.emplace_back("EMNIST's images are stored transposed: they are turned");
}

bool within(const std::vector<std::uint8_t>& labels, int least, int most) {
  return std::ranges::all_of(labels, [&](std::uint8_t label) { return label >= least && label <= most; });
}

void count_from_zero(Parts& parts, const Family& family) {
  const int most = static_cast<int>(family.class_names.size());
  if (!family.from_one || !within(parts.train.labels, 1, most)) return;
  if (parts.test && !within(parts.test->labels, 1, most)) return;
  for (std::uint8_t& label : parts.train.labels) --label;
  if (parts.test)
    for (std::uint8_t& label : parts.test->labels) --label;
  parts.notes.push_back(fmt::format("the labels 1 to {} are the classes 0 to {}, shown as {} to {}", most,
                                    most - 1, family.class_names.front(), family.class_names.back()));
}

int count_classes(const Parts& parts, const Family& family) {
  if (!parts.class_names.empty()) return static_cast<int>(parts.class_names.size());
  int classes = std::max(kLeastClasses, static_cast<int>(family.class_names.size()));
  classes = std::max(classes, *std::ranges::max_element(parts.train.labels) + 1);
  if (parts.test) classes = std::max(classes, *std::ranges::max_element(parts.test->labels) + 1);
  return classes;
}

std::array<std::size_t, 256> count_labels(const std::vector<std::uint8_t>& labels) {
  std::array<std::size_t, 256> counts{};
  for (const std::uint8_t label : labels) ++counts[label];
  return counts;
}

// Moves the images of `chosen` (one flag an image) to a part of their own.
Part take_out(Part& from, const std::vector<bool>& chosen) {
  Part taken{from.rows, from.columns, {}, {}}, kept = taken;
  const auto size = static_cast<std::ptrdiff_t>(from.image_size());
  for (std::size_t k = 0; k < chosen.size(); ++k) {
    Part& to = chosen[k] ? taken : kept;
    const auto image = from.pixels.begin() + static_cast<std::ptrdiff_t>(k) * size;
    to.pixels.insert(to.pixels.end(), image, image + size);
    to.labels.push_back(from.labels[k]);
  }
  from = std::move(kept);
  return taken;
}

// Whether each class stands in one piece, as in sorted data.
bool is_sorted_by_class(const std::vector<std::uint8_t>& labels) {
  std::size_t changes = 0, classes = 0;
  for (std::size_t k = 1; k < labels.size(); ++k) changes += labels[k] != labels[k - 1] ? 1u : 0u;
  for (const std::size_t count : count_labels(labels)) classes += count > 0 ? 1u : 0u;
  return classes > 1 && changes + 1 == classes;
}

// The last sixth of all; of sorted data, where that would be the last classes alone, the last sixth of each
// class.
std::vector<bool> last_sixth(const Part& train, bool& of_each_class) {
  const std::size_t count = train.labels.size(), tests = std::max<std::size_t>(1, count / kTestShare);
  std::vector<bool> last(count, false), of_each(count, false);
  std::fill(last.end() - static_cast<std::ptrdiff_t>(tests), last.end(), true);
  const auto all = count_labels(train.labels);
  std::array<std::size_t, 256> seen{};
  for (std::size_t k = 0; k < count; ++k) {
    const std::size_t label = train.labels[k];
    of_each[k] = seen[label]++ >= all[label] - all[label] / kTestShare;
  }
  of_each_class = is_sorted_by_class(train.labels) && std::ranges::count(of_each, true) > 0;
  return of_each_class ? of_each : last;
}

Status make_test(Parts& parts) {
  if (parts.test) return {};
  const std::size_t count = parts.train.labels.size();
  if (count < 2) {
    Error error = input_error(parts.train_images, "has too few images to make a test set of some");
    error.expected = "at least 2";
    error.found = fmt::format("{}", count);
    return error;
  }
  bool of_each_class = false;
  const auto chosen = last_sixth(parts.train, of_each_class);
  parts.test = take_out(parts.train, chosen);
  parts.notes.push_back(fmt::format(
      "there is no labelled test part: the last sixth of the training part{} is it, {} of {} images",
      of_each_class ? ", class by class," : "", parts.test->labels.size(), count));
  return {};
}

Status check_sizes(const Parts& parts) {
  const Part &train = parts.train, &test = *parts.test;
  if (train.rows == test.rows && train.columns == test.columns) return {};
  Error error = input_error(parts.test_images, "the test images have another size than the training images",
                            "use files that belong together");
  error.expected = fmt::format("{}×{} pixels", train.rows, train.columns);
  error.found = fmt::format("{}×{}", test.rows, test.columns);
  return error;
}

Status check_counts(const Part& part, const std::string& labels) {
  if (part.labels.size() == part.image_count()) return {};
  Error error = input_error(labels, "the number of labels is not the number of images",
                            "use files that belong together");
  error.expected = fmt::format("{}", part.image_count());
  error.found = fmt::format("{}", part.labels.size());
  return error;
}

Dataset dataset_of(Part part, int classes) {
  Dataset set{part.rows, part.columns, classes, std::move(part.pixels), std::move(part.labels)};
  if (part.stored) set.stored = std::make_shared<const StoredImages>(std::move(part.stored));
  return set;
}

}  // namespace

Result<DataPair> assemble(Parts parts, const Family& family) {
  if (auto status = check_counts(parts.train, parts.train_labels); !status) return status.error();
  if (parts.test) {
    if (auto status = check_counts(*parts.test, parts.test_labels); !status) return status.error();
    if (auto status = check_sizes(parts); !status) return status.error();
  }
  turn_images(parts, family);
  count_from_zero(parts, family);
  const int classes = count_classes(parts, family);
  if (auto status = make_test(parts); !status) return status.error();
  DataPair pair;
  pair.class_names =
      class_names_or_numbers(parts.class_names.empty() ? family.class_names : parts.class_names, classes);
  pair.notes = std::move(parts.notes);
  pair.train = dataset_of(std::move(parts.train), classes);
  pair.test = dataset_of(std::move(*parts.test), classes);
  pair.sha256 = data_digest(pair.train, pair.test);
  if (pair.sha256.empty())
    return Error{.kind = ErrorKind::Cancelled, .problem = "reading the data was given up"};
  if (pair.train.stored)
    if (auto status = pair.train.stored->file().trouble(); !status) return status.error();
  return pair;
}

}  // namespace synann::data
