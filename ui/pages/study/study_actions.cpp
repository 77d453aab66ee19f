// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/study/study_actions.h"

#include <QCoreApplication>

namespace synann::ui {

namespace {

struct StudyActionWords {
  Q_DECLARE_TR_FUNCTIONS(study_actions)
};

}  // namespace

std::vector<ActionInfo> studyActions() {
  const auto tr = [](const char* text) { return StudyActionWords::tr(text); };
  const QString menu = tr("Stud&y");
  const auto action = [&](const char* id, const QString& text, const QString& help, Glyph glyph = Glyph::None,
                          bool separator = false) {
    return ActionInfo{QString::fromLatin1(id), text, {}, help, glyph, MenuId::View, menu, false, separator};
  };
  return {
      action("study.run", tr("&Run study"),
             tr("Train what is planned, or go on with it; at nice 10, so that the window and a run "
                "that trains in it come first"),
             Glyph::Train),
      action("study.pause", tr("&Pause"),
             tr("Stop within 100 ms; the run at hand is saved and goes on there with Run"), Glyph::Pause),
      action("study.submit", tr("S&ubmit…"),
             tr("Hand the runs to Slurm or GNU parallel, on as many machines as these have")),
      action("study.cancel", tr("Canc&el submitted"),
             tr("End what was submitted; what is being trained is saved and goes on when it is submitted or "
                "run again")),
      action("study.new", tr("&New plan"), tr("Plan another study; the last one stays in its folder"),
             Glyph::Restart),
      action("study.open", tr("&Open study…"),
             tr("Show the study of a folder, also while another program writes it"), Glyph::OpenRun),
      action("study.ready-pixel-test", tr("Pi&xel test"),
             tr("Plan a ready study: what one synapse layer does on 14 × 14 pixels, with the expected "
                "numbers beside"),
             Glyph::None, true),
      action("study.open-run", tr("Open the selected r&un"),
             tr("Show a run of the study in the window; a double click on it does the same")),
      action("study.copy-markdown", tr("Copy table as &Markdown"),
             tr("Copy the table of results as Markdown"), Glyph::None, true),
      action("study.copy-latex", tr("Copy table as &LaTeX"),
             tr("Copy the table of results as LaTeX, a tabular with booktabs")),
      action("study.copy-csv", tr("Copy table as &CSV"),
             tr("Copy the table of results as CSV, with all digits")),
      action("study.save-table", tr("&Save table…"),
             tr("Save the table of results as Markdown, LaTeX or CSV, by the end of the file's name"),
             Glyph::Export)};
}

}  // namespace synann::ui
