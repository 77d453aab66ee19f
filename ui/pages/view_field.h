// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <QJsonObject>
#include <QString>

// The fields of a view: what a person chooses about a figure. Each is told once, in a table of its page, for
// its control, the JSON of an exported figure, the command line and the check of its range.
namespace synann::ui {

inline constexpr double kMostIndex = 1 << 24;  // of a unit, a class or an image that may be named

// One of the words that a field may be; its value is its place among them.
struct FieldWord {
  QString id;    // in files and at the prompt: "class-mean"
  QString text;  // for people: "mean βx of a class"
};

enum class FieldKind { Whole, Number, Switch, Word };

struct FieldInfo {
  std::string id;   // the key in an exported figure's JSON: "class_a"
  QString label{};  // for people and screen readers: "Class"
  QString help{};   // what it does, without a full stop
  FieldKind kind = FieldKind::Number;
  double least = 0, most = 1, fallback = 0;  // as the view has it; a switch is 0 or 1
  double step = 1;                           // of the control
  std::vector<FieldWord> words{};            // of a Word, at least two
  double factor = 1;                         // people and the prompt see so many times the value: 100 %
  QString prefix{}, suffix{};                // around the number in its control: " %"
  int decimals = -1;                         // of a Number's control; negative = as many as there are
  std::optional<std::pair<double, double>> slider{};  // a slider beside the box, over this part of the range
  bool plain = true;  // whether it gets the control of its kind; else the page has one of its own, or none

  // At the prompt; empty where it cannot be chosen there. Fields of one name follow each other in the table
  // and take one value each, with commas between them; the help is the first one's.
  std::string option{};  // "--classes"
  std::string value{};   // what stands for several values in the help: "A,B"
  bool shared = false;   // the last value named counts for the fields that are left: "3" as "3,3"
  double named = 1;      // the value of a switch or word whose option takes none
  bool bare = false;     // whether its option takes none: a switch's never does
  std::string option_help{};
};

// What was typed at the prompt: values by option, as the view has them.
using TypedFields = std::map<std::string, std::vector<double>>;

// A value of a field as the JSON has it, and back: what is missing or makes no sense is the fallback, what is
// out of range its nearest end.
QJsonValue toJson(const FieldInfo& info, double value);
double fromJson(const FieldInfo& info, const QJsonValue& value);

// One row of a page's table: `Scene` is the plain value that says what its figures show.
template <class Scene>
struct Field {
  FieldInfo info;
  double (*get)(const Scene& scene);
  void (*set)(Scene& scene, double value);
};
template <class Scene>
using FieldTable = std::vector<Field<Scene>>;

// Not part of the interface: the member at the end of a path of members.
template <auto First, auto... Rest, class T>
auto& memberAt(T& of) {
  if constexpr (sizeof...(Rest) == 0) {
    return of.*First;
  } else {
    return memberAt<Rest...>(of.*First);
  }
}

// A field that is a member of its scene, or one of a member, as a path: a number, a switch or an enumeration.
template <class Scene, auto... Path>
Field<Scene> fieldOf(FieldInfo info) {
  return {std::move(info), [](const Scene& s) { return static_cast<double>(memberAt<Path...>(s)); },
          [](Scene& s, double value) {
            auto& member = memberAt<Path...>(s);
            using Member = std::remove_reference_t<decltype(member)>;
            // An enumeration of bool's size and a bool alike begin at 0.
            if constexpr (std::is_same_v<Member, bool>) {
              member = value != 0;
            } else {
              member = static_cast<Member>(value);
            }
          }};
}

template <class Scene>
std::vector<FieldInfo> fieldInfos(const FieldTable<Scene>& table) {
  std::vector<FieldInfo> infos;
  for (const Field<Scene>& field : table) infos.push_back(field.info);
  return infos;
}

template <class Scene>
void writeFields(const FieldTable<Scene>& table, const Scene& scene, QJsonObject& json) {
  for (const Field<Scene>& field : table)
    json[QLatin1String(field.info.id.c_str())] = toJson(field.info, field.get(scene));
}

template <class Scene>
void readFields(const FieldTable<Scene>& table, const QJsonObject& json, Scene& scene) {
  for (const Field<Scene>& field : table)
    field.set(scene, fromJson(field.info, json.value(QLatin1String(field.info.id.c_str()))));
}

// Takes over what was typed; the rest of the scene stays.
template <class Scene>
void applyTyped(const FieldTable<Scene>& table, const TypedFields& typed, Scene& scene) {
  std::map<std::string, std::size_t> taken;
  for (const Field<Scene>& field : table) {
    const auto values = typed.find(field.info.option);
    if (values == typed.end() || values->second.empty()) continue;
    const std::size_t k = taken[field.info.option]++;
    field.set(scene, values->second[std::min(k, values->second.size() - 1)]);
  }
}

}  // namespace synann::ui
