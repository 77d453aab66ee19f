// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/core/result.h"
#include "engine/runs/study_table.h"

// The table of a study as text that other programs take. Any thread.
namespace synann::runs {

enum class StudyTableFormat {
  Markdown,  // reads well as it stands, too
  Latex,     // a tabular; needs booktabs
  Csv,       // all digits, without units
};

// By the end of a file's name: .md, .tex or .csv.
Result<StudyTableFormat> study_table_format(const std::filesystem::path& file);

// Its lines of cells as a person reads them, the headings first; none where there is no row.
std::vector<std::vector<std::string>> study_table_lines(const std::vector<StudyRow>& rows);

// Ends with a line break; empty where there is no row.
std::string study_table_text(const std::vector<StudyRow>& rows, StudyTableFormat format);

// Writes it in the format that the file's name ends in. Errors: another end; the file cannot be written.
Status save_study_table(const std::filesystem::path& file, const std::vector<StudyRow>& rows);

// Lines of cells with a first one of headings, as Markdown that reads well as it stands; `numbers`: all
// columns but the first are aligned at their ends.
std::string markdown_table(const std::vector<std::vector<std::string>>& lines, bool numbers);

// What the numbers are, in sentences below a table.
std::string study_table_note();

}  // namespace synann::runs
