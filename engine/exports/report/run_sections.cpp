// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/exports/report/run_sections.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <fmt/format.h>
#include <string_view>

#include "engine/exports/pictures.h"
#include "engine/exports/report/svg_plot.h"
#include "engine/exports/setting_rows.h"
#include "engine/io/base64.h"
#include "engine/train/settings.h"

namespace synann::exports::report {

namespace {

constexpr std::size_t kMostEpochRows = 25;

bool reads_as_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789.-+%e ") == std::string_view::npos;
}

std::string place_text(const train::Position& position) {
  return fmt::format("epoch {}, step {}", position.epoch, position.step);
}

std::string seconds_text(double seconds) {
  if (seconds < 100) return fmt::format("{:.2f} s", seconds);
  const auto whole = static_cast<std::int64_t>(std::llround(seconds));
  return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

std::string optional_text(const std::optional<double>& value) {
  return value ? fmt::format("{:.4g}", *value) : "";
}

std::string class_text(const ReportedRun& run, int label) {
  const auto k = static_cast<std::size_t>(label);
  return k < run.class_names.size() ? run.class_names[k] : fmt::format("{}", label);
}

// At most so many epochs, evenly chosen, with the first and the last.
std::vector<std::size_t> chosen_rows(std::size_t count) {
  std::vector<std::size_t> rows;
  const std::size_t most = std::min(count, kMostEpochRows);
  for (std::size_t k = 0; k < most; ++k)
    rows.push_back(most < 2 ? k : (k * (count - 1) + (most - 1) / 2) / (most - 1));
  return rows;
}

std::string changes_text(const std::vector<train::SettingDifference>& changed) {
  std::string text;
  for (const train::SettingDifference& d : changed)
    text += fmt::format("; {}: {} to {}", d.key, train::value_text(d.from), train::value_text(d.to));
  return text;
}

}  // namespace

std::string html_table(const std::vector<std::vector<std::string>>& rows, const char* classes) {
  std::string out = fmt::format("<table class=\"{}\">\n", classes);
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const char* tag = r == 0 ? "th" : "td";
    out += "<tr>";
    for (const std::string& cell : rows[r])
      out += fmt::format("<{0}{1}>{2}</{0}>", tag, reads_as_number(cell) ? " class=\"number\"" : "",
                         markup_text(cell));
    out += "</tr>\n";
  }
  return out + "</table>\n";
}

std::string settings_section(const ReportedRun& run) {
  std::vector<std::vector<std::string>> rows{{"Setting", "Value"}};
  for (const auto& [label, value] : setting_rows(run.history.settings())) rows.push_back({label, value});
  return "<h3>Settings in force at its end</h3>\n" + html_table(rows, "pairs");
}

std::string environment_section(const ReportedRun& run) {
  const train::StartInfo& start = run.history.start;
  const runs::RunSummary& s = run.summary;
  std::vector<std::vector<std::string>> rows{
      {"Fact", "Value"},
      {"State", s.reason.empty() ? runs::state_word(s.state)
                                 : fmt::format("{}: {}", runs::state_word(s.state), s.reason)},
      {"Data", s.data_name},
      {"Digest of the data (SHA-256)", s.data_sha256},
      {"Training and test images", fmt::format("{} and {}", start.train_count, start.test_count)},
      {"Trained numbers", fmt::format("{}", s.parameter_count)},
      {"Steps made", fmt::format("{}", s.steps)},
      {"Time of the training steps", seconds_text(s.train_seconds)},
      {"Device",
       fmt::format("{}, {}, {}, {} thread{}", s.device, s.tier, s.isa, s.threads, s.threads == 1 ? "" : "s")},
      {"Program", start.commit.empty() ? fmt::format("SynaNN Studio {}", s.version)
                                       : fmt::format("SynaNN Studio {} ({})", s.version, start.commit)}};
  if (!s.parent.empty()) rows.push_back({"Went on from", s.parent});
  return "<h3>Environment</h3>\n" + html_table(rows, "pairs");
}

std::string history_section(const ReportedRun& run) {
  const train::History& h = run.history;
  std::vector<std::vector<std::string>> rows{{"At", "What"}};
  for (const train::Fork& fork : h.forks)
    rows.push_back({place_text(fork.position),
                    fmt::format("left another run ({}){}", fork.from, changes_text(fork.changed))});
  for (const train::Resume& resume : h.resumes)
    rows.push_back({place_text(resume.position), "was resumed" + changes_text(resume.changed)});
  for (const train::SettingChange& change : h.changes)
    rows.push_back({place_text(change.position),
                    fmt::format("{} became {}", change.key, train::value_text(change.value))});
  for (const train::DeviceChange& change : h.devices)
    rows.push_back(
        {place_text(change.position), fmt::format("went on with {}, {}, {}, threads: {}", change.device,
                                                  change.tier, change.isa, change.threads)});
  if (rows.size() == 1) return {};
  return "<h3>What happened to it</h3>\n" + html_table(rows, "pairs");
}

std::string epochs_section(const ReportedRun& run) {
  if (run.curve.empty()) return "<p>No epoch has ended yet.</p>\n";
  std::vector<std::vector<std::string>> rows{
      {"Epoch", "Training loss", "Test loss", "Test accuracy, %", "Learning rate", "min (1 − βx)", "‖β‖"}};
  const std::vector<std::size_t> chosen = chosen_rows(run.curve.size());
  for (const std::size_t k : chosen) {
    const runs::EpochPoint& e = run.curve[k];
    rows.push_back({fmt::format("{}", e.epoch), e.train_loss ? fmt::format("{:.6f}", *e.train_loss) : "",
                    fmt::format("{:.6f}", e.test_loss), fmt::format("{:.2f}", e.accuracy),
                    optional_text(e.rate), optional_text(e.numbers.headroom),
                    optional_text(e.numbers.beta_norm)});
  }
  std::string out = "<h3>Measurements</h3>\n" + html_table(rows, "numbers");
  if (chosen.size() < run.curve.size())
    out += fmt::format("<p class=\"aside\">{} of {} measurements, evenly chosen.</p>\n", chosen.size(),
                       run.curve.size());
  return out;
}

std::string confusion_section(const ReportedRun& run) {
  if (!run.confusion) return {};
  const compute::Confusion& c = *run.confusion;
  std::string out = fmt::format(
      "<h3>Confusion matrix of the last checkpoint</h3>\n<p class=\"aside\">Row: true class. Column: what "
      "the "
      "network says. {} of {} test images are right.</p>\n<table class=\"confusion\">\n<tr><th></th>",
      c.correct(), run.history.start.test_count);
  for (int k = 0; k < c.classes; ++k) out += fmt::format("<th>{}</th>", markup_text(class_text(run, k)));
  out += "<th>Recall, %</th></tr>\n";
  for (int truth = 0; truth < c.classes; ++truth) {
    out += fmt::format("<tr><th>{}</th>", markup_text(class_text(run, truth)));
    for (int said = 0; said < c.classes; ++said) {
      const char* shade = truth == said ? " right" : c.at(truth, said) > 0 ? " wrong" : "";
      out += fmt::format("<td class=\"number{}\">{}</td>", shade, c.at(truth, said));
    }
    out += fmt::format("<td class=\"number\">{:.2f}</td></tr>\n", 100 * c.recall(truth));
  }
  out += "<tr><th>Precision, %</th>";
  for (int k = 0; k < c.classes; ++k)
    out += fmt::format("<td class=\"number\">{:.2f}</td>", 100 * c.precision(k));
  return out + "<td></td></tr>\n</table>\n";
}

Result<std::string> beta_section(const ReportedRun& run) {
  std::string out;
  for (const ReportedBeta& layer : run.betas) {
    const float range = signed_range(layer.beta);
    const auto picture = signed_picture(layer.beta, layer.n, layer.n, range);
    if (!picture) return picture.error();
    const auto [least, most] = std::ranges::minmax(layer.beta);
    out += fmt::format(
        "<figure>\n<svg class=\"matrix\" viewBox=\"0 0 {0} {0}\" role=\"img\" aria-label=\"β of {1}\"><image "
        "width=\"{0}\" height=\"{0}\" preserveAspectRatio=\"none\" "
        "href=\"data:image/png;base64,{2}\"/></svg>\n<figcaption>β of {1} at the end, {3} × {3}; row: "
        "output, "
        "column: inhibiting input. Blue below 0, orange above, deepest at ±{4:.4g}; from {5:.4g} to "
        "{6:.4g}.</figcaption>\n</figure>\n",
        picture->rows, markup_text(layer.layer), io::to_base64(picture->bytes), layer.n, range, least, most);
  }
  return out;
}

}  // namespace synann::exports::report
