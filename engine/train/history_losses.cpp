// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/history_losses.h"

#include <charconv>
#include <fmt/format.h>
#include <limits>
#include <system_error>

#include <nlohmann/json.hpp>

namespace synann::train {
namespace {

constexpr std::int64_t kMostExamples = 1ll << 53;  // seen in a run; sums of them cannot overflow
constexpr std::size_t kLongestWhole = 15;          // digits that a double holds

// Takes texts and numbers from the front of a line.
class LineScanner {
 public:
  explicit LineScanner(std::string_view rest) : rest_(rest) {}

  bool skip(std::string_view text) {
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }

  bool whole(std::int64_t& value) {
    if (rest_.empty() || rest_[0] < '0' || rest_[0] > '9' || (rest_[0] == '0' && digits(1) > 1)) return false;
    return convert(value);
  }

  // A number as JSON has it, which is less than from_chars() takes. Read as a double and then rounded, as the
  // reader of JSON does.
  bool number(float& value) {
    std::size_t at = rest_.starts_with('-') ? 1 : 0;
    const std::size_t before = at;
    at = digits(at);
    if (at == before || (rest_[before] == '0' && at - before > 1)) return false;
    const std::size_t end_of_whole = at;
    if (at < rest_.size() && rest_[at] == '.') {
      at = digits(at + 1);
      if (at == end_of_whole + 1) return false;
    }
    if (at < rest_.size() && (rest_[at] == 'e' || rest_[at] == 'E')) {
      const std::size_t sign =
          at + 1 < rest_.size() && (rest_[at + 1] == '-' || rest_[at + 1] == '+') ? 1 : 0;
      const std::size_t exponent = at + 1 + sign;
      at = digits(exponent);
      if (at == exponent) return false;
    }
    if (at == end_of_whole && at - before > kLongestWhole) return false;
    double read = 0;
    if (!convert(read)) return false;
    value = static_cast<float>(read);
    return true;
  }

  bool done() const { return rest_.empty(); }

 private:
  std::size_t digits(std::size_t from) const {
    while (from < rest_.size() && rest_[from] >= '0' && rest_[from] <= '9') ++from;
    return from;
  }

  template <class Number>
  bool convert(Number& value) {
    const auto [end, code] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    if (code != std::errc()) return false;
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return true;
  }

  std::string_view rest_;
};

bool scan_losses(std::string_view line, History& history) {
  LineScanner scanner(line);
  std::int64_t epoch = 0, step = 0, batch = 0, examples = 0;
  if (!scanner.skip(R"({"event":"losses","epoch":)") || !scanner.whole(epoch) ||
      !scanner.skip(R"(,"step":)") || !scanner.whole(step) || !scanner.skip(R"(,"batch_size":)") ||
      !scanner.whole(batch) || !scanner.skip(R"(,"examples":)") || !scanner.whole(examples) ||
      !scanner.skip(R"(,"loss":[)"))
    return false;
  if (batch < 1 || batch > INT32_MAX || examples > kMostExamples) return false;
  do {
    float loss = std::numeric_limits<float>::quiet_NaN();
    if (!scanner.skip("null") && !scanner.number(loss)) return false;
    history.examples.push_back(examples);
    history.losses.push_back(loss);
    examples += batch;
  } while (scanner.skip(","));
  return scanner.skip("]}") && scanner.done();
}

}  // namespace

// fmt writes the shortest text that reads back as the same float.
std::string losses_head(int epoch, int step, int batch_size, std::int64_t examples) {
  return fmt::format(R"({{"event":"losses","epoch":{},"step":{},"batch_size":{},"examples":{},"loss":[)",
                     epoch, step, batch_size, examples);
}

Status read_losses(const nlohmann::json& value, const std::string& where, History& history) {
  const auto number = [&](const char* key) {
    return value.contains(key) && value[key].is_number_integer() ? value[key].get<std::int64_t>() : -1;
  };
  const std::int64_t examples = number("examples"), batch = number("batch_size");
  if (examples < 0 || examples > kMostExamples || batch < 1 || batch > INT32_MAX || !value.contains("loss") ||
      !value["loss"].is_array()) {
    return Error{.where = where,
                 .problem = "the losses are not complete",
                 .expected = "examples, batch_size and a list of numbers"};
  }
  std::int64_t x = examples;
  for (const auto& loss : value["loss"]) {
    if (!loss.is_number() && !loss.is_null())
      return Error{.where = where, .problem = "a loss is not a number"};
    history.examples.push_back(x);
    history.losses.push_back(loss.is_null() ? std::numeric_limits<float>::quiet_NaN() : loss.get<float>());
    x += batch;
  }
  return {};
}

bool read_losses_line(std::string_view line, History& history) {
  const std::size_t before = history.losses.size();
  if (scan_losses(line, history)) return true;
  history.examples.resize(before);
  history.losses.resize(before);
  return false;
}

}  // namespace synann::train
