// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include <QString>
#include <QStringList>

// What a person reads for the classes of a data set.
namespace synann::ui {

// The name of a class; its number where names are not known.
inline QString className(const std::vector<std::string>& names, int label) {
  const auto index = static_cast<std::size_t>(label);
  return label >= 0 && index < names.size() ? QString::fromStdString(names[index]) : QString::number(label);
}

// Behind a number: " · a", or nothing where the name is the number itself.
inline QString classSuffix(const std::vector<std::string>& names, int label) {
  const QString name = className(names, label);
  return name == QString::number(label) ? QString() : QStringLiteral(" · ") + name;
}

inline QStringList classNames(const std::vector<std::string>& names) {
  QStringList words;
  for (const std::string& name : names) words.append(QString::fromStdString(name));
  return words;
}

}  // namespace synann::ui
