// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/digits/digits_worker.h"

#include <utility>

#include <QCoreApplication>

namespace synann::ui {

DigitsOutcome askDigits(const DigitsQuery& query, DigitsAskers& askers, const infer::Work& work) {
  const auto failed = [&](const Error& error) {
    return DigitsOutcome{
        .answer = nullptr,
        .error = error.kind == ErrorKind::Cancelled
                     ? QCoreApplication::translate("DigitsPage", "Stopped; another choice begins anew.")
                     : QString::fromStdString(error.sentence()),
        .number = query.number};
  };
  auto now = askers.now.predict(query.network, *query.set, {}, work);
  if (!now) return failed(now.error());
  auto answer = std::make_shared<DigitsAnswer>();
  answer->network = query.network;
  answer->set = query.set;
  answer->part = query.part;
  answer->frame = query.frame;
  answer->names = query.names;
  answer->score = infer::score(*now);
  answer->counts = infer::confusion(*now);
  answer->now = std::move(*now);
  answer->when = query.when;
  answer->before_when = query.before_when;
  if (query.before.model) {
    auto before = askers.before.predict(query.before, *query.set, {}, work);
    if (!before) return failed(before.error());
    answer->counts_before = infer::confusion(*before);
    answer->before = std::move(*before);
  }
  return {.answer = std::move(answer), .error = {}, .number = query.number};
}

}  // namespace synann::ui
