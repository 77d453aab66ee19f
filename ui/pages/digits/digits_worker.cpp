// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/digits/digits_worker.h"

#include <utility>

namespace synann::ui {

DigitsOutcome askDigits(const DigitsQuery& query, DigitsAskers& askers, const infer::Work& work) {
  const auto failed = [](const Error& error) {
    return DigitsOutcome{.answer = nullptr, .error = QString::fromStdString(error.sentence())};
  };
  auto now = askers.now.predict(query.network, *query.set, {}, work);
  if (!now) return failed(now.error());
  auto answer = std::make_shared<DigitsAnswer>(DigitsAnswer{.set = query.set,
                                                            .names = query.names,
                                                            .now = std::move(*now),
                                                            .before = std::nullopt,
                                                            .when = query.when,
                                                            .before_when = query.before_when});
  if (query.before.model) {
    auto before = askers.before.predict(query.before, *query.set, {}, work);
    if (!before) return failed(before.error());
    answer->before = std::move(*before);
  }
  return {.answer = std::move(answer), .error = {}};
}

}  // namespace synann::ui
