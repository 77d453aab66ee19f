// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/runs/study_text.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <limits>

#include "engine/core/file.h"
#include "engine/core/lower_case.h"

namespace synann::runs {
namespace {

using Line = std::vector<std::string>;

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

std::string plus_minus(double value, double deviation, int decimals) {
  if (std::isnan(value)) return "–";
  if (std::isnan(deviation)) return fmt::format("{:.{}f}", value, decimals);
  return fmt::format("{:.{}f} ± {:.{}f}", value, decimals, deviation, decimals);
}

std::string interval_text(const std::optional<MeanInterval>& interval, int decimals) {
  if (!interval) return "–";
  return fmt::format("{:.{}f} … {:.{}f}", interval->from, decimals, interval->to, decimals);
}

// A minus sign, where there is one.
std::string signed_text(double value) {
  return value < 0 ? fmt::format("−{:.2f}", -value) : fmt::format("+{:.2f}", value);
}

Line headings(const std::vector<StudyRow>& rows) {
  return {"model",         "parameters", "runs",      "accuracy %",
          "95 % interval", "test loss",  "s / epoch", "against " + rows.front().title(),
          "p (Holm)"};
}

Line cells(const StudyRow& row) {
  const auto& test = row.against_first;
  return {
      row.title(),
      fmt::format("{}", row.parameter_count),
      row.failed > 0 ? fmt::format("{} of {}", row.runs, row.runs + row.failed) : fmt::format("{}", row.runs),
      plus_minus(row.accuracy, row.accuracy_deviation, 2),
      interval_text(row.accuracy_interval, 2),
      plus_minus(row.test_loss, row.test_loss_deviation, 4),
      plus_minus(row.seconds_per_epoch, kNone, 2),
      test ? fmt::format("{} points, p = {:.2g}", signed_text(test->difference), test->p) : "–",
      row.corrected_p ? fmt::format("{:.2g}", *row.corrected_p) : "–"};
}

// Characters, not bytes, which is what they are as wide as.
std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

std::string markdown_cell(const std::string& text) {
  std::string safe;
  for (const char c : text) safe += c == '|' ? std::string("\\|") : std::string(1, c);
  return safe;
}

// What LaTeX would take for its own, and the signs that a person's font may lack.
std::string latex_cell(const std::string& text) {
  std::string safe;
  for (std::size_t k = 0; k < text.size(); ++k) {
    const std::string_view rest = std::string_view(text).substr(k);
    const auto sign = [&](std::string_view from, std::string_view to) {
      if (!rest.starts_with(from)) return false;
      safe += to;
      k += from.size() - 1;
      return true;
    };
    if (sign("±", "$\\pm$") || sign("−", "$-$") || sign("…", "to") || sign("–", "--") ||
        sign("β", "$\\beta$") || sign("σ", "$\\sigma$") || sign("α", "$\\alpha$") || sign("×", "$\\times$") ||
        sign("\\", "\\textbackslash{}") || sign("~", "\\textasciitilde{}") ||
        sign("^", "\\textasciicircum{}"))
      continue;
    if (std::string_view("%&#_{}$").find(text[k]) != std::string_view::npos) safe += '\\';
    safe += text[k];
  }
  return safe;
}

std::string latex(const std::vector<Line>& lines) {
  std::string text =
      fmt::format("\\begin{{tabular}}{{l{}}}\n\\toprule\n", std::string(lines.front().size() - 1, 'r'));
  for (std::size_t k = 0; k < lines.size(); ++k) {
    for (std::size_t c = 0; c < lines[k].size(); ++c) text += (c == 0 ? "" : " & ") + latex_cell(lines[k][c]);
    text += " \\\\\n";
    if (k == 0) text += "\\midrule\n";
  }
  return text + "\\bottomrule\n\\end{tabular}\n";
}

std::string csv_cell(const std::string& text) {
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  std::string safe = "\"";
  for (const char c : text) safe += c == '"' ? std::string("\"\"") : std::string(1, c);
  return safe + '"';
}

std::string csv_number(std::optional<double> value) {
  return value && std::isfinite(*value) ? fmt::format("{}", *value) : std::string();
}

std::string csv(const std::vector<StudyRow>& rows) {
  std::string text =
      "model,settings,parameters,runs,failed,accuracy_percent,accuracy_sd,accuracy_from,accuracy_to,"
      "best_accuracy_percent,test_loss,test_loss_sd,test_loss_from,test_loss_to,train_seconds_per_epoch,"
      "difference_points,t,df,p,p_holm\n";
  for (const StudyRow& row : rows) {
    const auto end = [](const std::optional<MeanInterval>& interval, double MeanInterval::*which) {
      return interval ? csv_number((*interval).*which) : std::string();
    };
    const auto& test = row.against_first;
    const Line line = {csv_cell(row.name),
                       csv_cell(row.variation),
                       fmt::format("{}", row.parameter_count),
                       fmt::format("{}", row.runs),
                       fmt::format("{}", row.failed),
                       csv_number(row.accuracy),
                       csv_number(row.accuracy_deviation),
                       end(row.accuracy_interval, &MeanInterval::from),
                       end(row.accuracy_interval, &MeanInterval::to),
                       csv_number(row.best_accuracy),
                       csv_number(row.test_loss),
                       csv_number(row.test_loss_deviation),
                       end(row.test_loss_interval, &MeanInterval::from),
                       end(row.test_loss_interval, &MeanInterval::to),
                       csv_number(row.seconds_per_epoch),
                       test ? csv_number(test->difference) : "",
                       test ? csv_number(test->t) : "",
                       test ? fmt::format("{}", test->degrees_of_freedom) : "",
                       test ? csv_number(test->p) : "",
                       csv_number(row.corrected_p)};
    for (std::size_t c = 0; c < line.size(); ++c) text += (c == 0 ? "" : ",") + line[c];
    text += '\n';
  }
  return text;
}

}  // namespace

std::string markdown_table(const std::vector<std::vector<std::string>>& lines, bool numbers) {
  std::vector<std::size_t> widths(lines.front().size(), 4);
  for (const Line& line : lines)
    for (std::size_t c = 0; c < line.size(); ++c)
      widths[c] = std::max(widths[c], width_of(markdown_cell(line[c])));
  std::string text;
  const auto put = [&](const Line& line) {
    for (std::size_t c = 0; c < line.size(); ++c) {
      const std::string cell = markdown_cell(line[c]), room(widths[c] - width_of(cell), ' ');
      text += c == 0 || !numbers ? fmt::format("| {}{} ", cell, room) : fmt::format("| {}{} ", room, cell);
    }
    text += "|\n";
  };
  put(lines.front());
  for (std::size_t c = 0; c < widths.size(); ++c)
    text += fmt::format("| {}{} ", std::string(widths[c] - 1, '-'), c == 0 || !numbers ? '-' : ':');
  text += "|\n";
  for (std::size_t k = 1; k < lines.size(); ++k) put(lines[k]);
  return text;
}

Result<StudyTableFormat> study_table_format(const std::filesystem::path& file) {
  const std::string end = lower_case(file.extension().string());
  if (end == ".md") return StudyTableFormat::Markdown;
  if (end == ".tex") return StudyTableFormat::Latex;
  if (end == ".csv") return StudyTableFormat::Csv;
  return Error{.where = file.string(),
               .problem = "does not say which kind of table it is to be",
               .expected = "a name that ends in .md, .tex or .csv"};
}

std::vector<std::vector<std::string>> study_table_lines(const std::vector<StudyRow>& rows) {
  if (rows.empty()) return {};
  std::vector<Line> lines{headings(rows)};
  for (const StudyRow& row : rows) lines.push_back(cells(row));
  return lines;
}

std::string study_table_text(const std::vector<StudyRow>& rows, StudyTableFormat format) {
  if (rows.empty()) return {};
  if (format == StudyTableFormat::Csv) return csv(rows);
  const auto lines = study_table_lines(rows);
  return format == StudyTableFormat::Latex ? latex(lines) : markdown_table(lines, true);
}

Status save_study_table(const std::filesystem::path& file, const std::vector<StudyRow>& rows) {
  const auto format = study_table_format(file);
  if (!format) return format.error();
  const std::string text = study_table_text(rows, *format);
  return write_file_atomically(file, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

std::string study_table_note() {
  return "Accuracy and loss on the test set after the last epoch, mean ± standard deviation over seeds, with "
         "the 95 % "
         "interval of the mean\n(Student's t); nothing is selected. Rows share seeds, so each comparison is "
         "Student's "
         "t-test for pairs, two-sided; p (Holm) is\ncorrected for the number of comparisons.";
}

}  // namespace synann::runs
