// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/exports/report/report_page.h"

#include <algorithm>
#include <fmt/format.h>
#include <functional>

#include "engine/core/version.h"
#include "engine/exports/report/run_sections.h"
#include "engine/exports/report/style.h"
#include "engine/exports/report/svg_plot.h"

namespace synann::exports::report {

namespace {

using Runs = std::span<const ReportedRun>;

// A curve of each run over its epochs; values that a run does not have are left out.
Plot epoch_plot(Runs runs, std::string title, std::string label, bool logarithmic,
                const std::function<std::optional<double>(const runs::EpochPoint&)>& value) {
  Plot plot{std::move(title), "Epoch", std::move(label), logarithmic, {}};
  for (std::size_t r = 0; r < runs.size(); ++r) {
    PlotSeries series{.name = runs[r].name, .x = {}, .y = {}, .faint = false, .colour = static_cast<int>(r)};
    for (const runs::EpochPoint& e : runs[r].curve)
      if (const auto v = value(e)) {
        series.x.push_back(e.epoch);
        series.y.push_back(*v);
      }
    plot.series.push_back(std::move(series));
  }
  return plot;
}

// As the original's figure: the loss of each training batch, and the test loss, over the examples seen.
Plot loss_plot(const ReportedRun& run) {
  Plot plot{"Loss over training", "Training examples seen", "Loss (nats)", true, {}};
  PlotSeries batches{.name = "Each training batch", .x = {}, .y = {}, .faint = true, .colour = 0};
  for (std::size_t k = 0; k < run.history.losses.size(); ++k) {
    batches.x.push_back(static_cast<double>(run.history.examples[k]));
    batches.y.push_back(static_cast<double>(run.history.losses[k]));
  }
  PlotSeries train{.name = "Training, mean of the epoch", .x = {}, .y = {}, .faint = false, .colour = 0};
  PlotSeries test{.name = "Test", .x = {}, .y = {}, .faint = false, .colour = 1};
  for (const runs::EpochPoint& e : run.curve) {
    const auto at = static_cast<double>(e.examples);
    if (e.train_loss) {
      train.x.push_back(at);
      train.y.push_back(*e.train_loss);
    }
    test.x.push_back(at);
    test.y.push_back(e.test_loss);
  }
  plot.series = {std::move(batches), std::move(train), std::move(test)};
  return plot;
}

std::string score_text(const std::optional<train::Evaluation>& e) {
  if (!e) return "";
  return fmt::format("{:.2f}", e->accuracy());
}

// Whether the best epoch was chosen by the test set, whose accuracy there is then no fair measurement.
bool chosen_by_test(const ReportedRun& run) {
  return !run.summary.best || run.summary.best->validation_count == 0;
}

std::string overview(Runs runs) {
  std::vector<std::vector<std::string>> rows{{"Run", "Model", "Data", "Seed", "Epochs",
                                              "Accuracy at the end, %", "Test loss", "Best epoch",
                                              "Accuracy there, %", "State"}};
  bool by_test = false;
  for (const ReportedRun& run : runs) {
    const runs::RunSummary& s = run.summary;
    by_test = by_test || (s.best && chosen_by_test(run));
    rows.push_back({run.name, s.settings.model, s.data_name, fmt::format("{}", s.settings.seed),
                    fmt::format("{}", s.epochs), score_text(s.last),
                    s.last ? fmt::format("{:.6f}", s.last->test_loss) : "",
                    s.best ? fmt::format("{}", s.best->epoch) : "", score_text(s.best),
                    runs::state_word(s.state)});
  }
  std::string out = "<div class=\"wide\">\n" + html_table(rows, "overview") + "</div>\n";
  if (by_test)
    out +=
        "<p class=\"aside\">Where no images were held back for validation the best epoch was chosen by the "
        "test set itself: its accuracy is then too good by the choice, that after the last epoch is "
        "not.</p>\n";
  return out;
}

std::string curves(Runs runs) {
  std::string out = "<section class=\"curves\">\n<h2>Curves</h2>\n<div class=\"plots\">\n";
  out += svg_plot(epoch_plot(runs, "Test loss", "Loss (nats)", true,
                             [](const runs::EpochPoint& e) { return std::optional(e.test_loss); }));
  out += svg_plot(epoch_plot(runs, "Test accuracy", "Accuracy (%)", false, [](const runs::EpochPoint& e) {
    return e.epoch > 0 ? std::optional(e.accuracy) : std::nullopt;
  }));
  out += svg_plot(epoch_plot(runs, "Training loss, mean of each epoch", "Loss (nats)", true,
                             [](const runs::EpochPoint& e) { return e.train_loss; }));
  out += svg_plot(epoch_plot(runs, "Headroom: min (1 − βx)", "min (1 − βx)", false,
                             [](const runs::EpochPoint& e) { return e.numbers.headroom; }));
  return out + "</div>\n</section>\n";
}

Result<std::string> section_of(const ReportedRun& run) {
  std::string out = fmt::format("<section class=\"run\">\n<h2>{}</h2>\n<p class=\"path\">{}</p>\n",
                                markup_text(run.name), markup_text(run.summary.folder.filename().string()));
  const runs::RunNotes& notes = run.summary.notes;
  if (!notes.tags.empty()) {
    out += "<p>";
    for (const std::string& tag : notes.tags)
      out += fmt::format("<span class=\"tag\">{}</span> ", markup_text(tag));
    out += "</p>\n";
  }
  if (!notes.note.empty()) out += fmt::format("<p class=\"note\">{}</p>\n", markup_text(notes.note));
  for (const std::string& sentence : run.missing)
    out += fmt::format("<p class=\"aside\">{}</p>\n", markup_text(sentence));
  const auto beta = beta_section(run);
  if (!beta) return beta.error();
  out += "<div class=\"plots\">\n" + svg_plot(loss_plot(run)) + *beta + "</div>\n";
  out += confusion_section(run) + epochs_section(run) + history_section(run) + settings_section(run) +
         environment_section(run);
  return out + "</section>\n";
}

}  // namespace

Result<std::string> report_page(std::span<const ReportedRun> runs) {
  const std::string title = runs.size() == 1 ? runs[0].name : fmt::format("{} runs", runs.size());
  std::string page = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
      "content=\"width=device-width, initial-scale=1\">\n<meta name=\"generator\" content=\"SynaNN Studio "
      "{}\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
      "img-src data:\">\n<title>{}</title>\n<style>\n{}</style>\n</head>\n<body>\n<main>\n<h1>{}</h1>\n",
      kVersion, markup_text(title), kReportStyle, markup_text(title));
  page += overview(runs) + curves(runs);
  for (const ReportedRun& run : runs) {
    const auto section = section_of(run);
    if (!section) return section.error();
    page += *section;
  }
  return page + fmt::format(
                    "<footer>Written by SynaNN Studio {}. Losses are natural logarithms (nats), means "
                    "over the set.</footer>\n</main>\n</body>\n</html>\n",
                    kVersion);
}

}  // namespace synann::exports::report
