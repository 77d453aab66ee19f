// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/view_field.h"

#include <cmath>

namespace synann::ui {

QJsonValue toJson(const FieldInfo& info, double value) {
  switch (info.kind) {
    case FieldKind::Whole:
      return static_cast<int>(value);
    case FieldKind::Number:
      return value;
    case FieldKind::Switch:
      return value != 0;
    case FieldKind::Word:
      return info.words[static_cast<std::size_t>(value)].id;
  }
  return {};
}

double fromJson(const FieldInfo& info, const QJsonValue& value) {
  switch (info.kind) {
    case FieldKind::Whole:
    case FieldKind::Number: {
      const double number = value.toDouble(info.fallback);
      if (!std::isfinite(number)) return info.fallback;
      const double within = std::clamp(number, info.least, info.most);
      return info.kind == FieldKind::Whole ? std::trunc(within) : within;
    }
    case FieldKind::Switch:
      return value.toBool(info.fallback != 0) ? 1 : 0;
    case FieldKind::Word:
      for (std::size_t k = 0; k < info.words.size(); ++k)
        if (value.toString() == info.words[k].id) return static_cast<double>(k);
      return info.fallback;
  }
  return info.fallback;
}

}  // namespace synann::ui
