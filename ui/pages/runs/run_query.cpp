// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/runs/run_query.h"

#include <algorithm>
#include <utility>

#include <QRegularExpression>
#include <QStringList>

#include "engine/train/settings.h"
#include "ui/pages/runs/run_table_model.h"

namespace synann::ui {
namespace {

using How = RunTerm::How;

// Beside the ids of the columns.
constexpr std::pair<const char*, const char*> kOtherNames[] = {
    {"accuracy", "last"}, {"tag", "tags"}, {"name", "run"}, {"test-loss", "loss"}, {"mean", "mean-accuracy"}};

constexpr std::pair<const char*, How> kSigns[] = {
    {":", How::Contains}, {">=", How::AtLeast}, {"<=", How::AtMost}, {"!=", How::Unequal},
    {">", How::Greater},  {"<", How::Less},     {"=", How::Equal}};

// At the spaces that are not between quotation marks, which go.
QStringList searchWords(const QString& search) {
  QStringList words;
  QString word;
  bool quoted = false;
  for (const QChar c : search) {
    if (c == '"') {
      quoted = !quoted;
    } else if (c.isSpace() && !quoted) {
      if (!word.isEmpty()) words.append(std::exchange(word, {}));
    } else {
      word += c;
    }
  }
  if (!word.isEmpty()) words.append(word);
  return words;
}

bool isSettingKey(const std::string& key) {
  const auto has = [&](const auto& infos) {
    return std::any_of(infos.begin(), infos.end(), [&](const auto& info) { return info.key == key; });
  };
  return has(train::setting_infos()) || has(train::choice_infos());
}

// Whether the name is that of something.
bool nameTerm(QString name, RunTerm& term) {
  for (const auto& [other, id] : kOtherNames)
    if (name == QLatin1String(other)) name = QLatin1String(id);
  term.column = static_cast<int>(RunTableModel::columnIds().indexOf(name));
  if (term.column >= 0) return true;
  term.setting = name.replace('_', '-').toStdString();
  return isSettingKey(term.setting);
}

bool orderHolds(RunTerm::How how, const QString& of, const QString& text) {
  const QString part = of.left(text.size());  // "2026-11-29 10:20" is at most "2026-11-29"
  return how == How::Less      ? part < text
         : how == How::AtMost  ? part <= text
         : how == How::Greater ? part > text
                               : part >= text;
}

}  // namespace

bool RunTerm::holds(const std::optional<double>& value, const QString& of) const {
  switch (how) {
    case How::Anywhere:
    case How::Contains:
      return of.contains(text);
    case How::Equal:
      return value && number ? *value == *number || of == text : of == text;
    case How::Unequal:
      return !(value && number ? *value == *number || of == text : of == text);
    case How::Less:
    case How::AtMost:
    case How::Greater:
    case How::AtLeast:
      break;
  }
  // Days are compared as their texts.
  if (!number && value) return orderHolds(how, of, text);
  if (!number || !value) return false;
  return how == How::Less      ? *value < *number
         : how == How::AtMost  ? *value <= *number
         : how == How::Greater ? *value > *number
                               : *value >= *number;
}

std::vector<RunTerm> runTerms(const QString& search) {
  static const QRegularExpression shape(QStringLiteral("^([A-Za-z][A-Za-z0-9_-]*)(:|>=|<=|!=|>|<|=)(.+)$"));
  std::vector<RunTerm> terms;
  for (const QString& word : searchWords(search)) {
    RunTerm term{.text = word.toLower()};
    const QRegularExpressionMatch match = shape.match(word);
    if (match.hasMatch() && nameTerm(match.captured(1).toLower(), term)) {
      for (const auto& [sign, how] : kSigns)
        if (match.captured(2) == QLatin1String(sign)) term.how = how;
      term.text = match.captured(3).toLower();
      bool is_number = false;
      const double number = term.text.toDouble(&is_number);
      if (is_number) term.number = number;
    } else {
      term = RunTerm{.text = word.toLower()};
    }
    terms.push_back(std::move(term));
  }
  return terms;
}

}  // namespace synann::ui
