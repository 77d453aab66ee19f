// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <QString>

namespace synann::ui {

// What is searched for among runs: words that stand in any column, and conditions on a column or a setting,
// as "adam state:finished accuracy>98 lr<0.01 note:\"two words\"". All of them are to hold.
struct RunTerm {
  enum class How { Anywhere, Contains, Equal, Unequal, Less, AtMost, Greater, AtLeast };
  How how = How::Anywhere;
  int column = -1;                 // of RunTableModel; -1: a setting, or anywhere
  std::string setting{};           // its key
  QString text{};                  // in lower case
  std::optional<double> number{};  // where the text is one

  // Whether a value is what is asked for: `value` is a number's, `text` is in lower case.
  bool holds(const std::optional<double>& value, const QString& text) const;
};

// A word before the sign that names no column and no setting makes the whole term a word to be found
// anywhere.
std::vector<RunTerm> runTerms(const QString& search);

}  // namespace synann::ui
