// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/fault_report.h"

#include <fmt/format.h>
#include <utility>

#include <nlohmann/json.hpp>

#include "app/cli/asked_work.h"
#include "app/cli/json_number.h"

namespace synann::cli {

std::optional<infer::Fault> fault_of(const train::Failure& failure) {
  AskedWork asked([](int done, int count) {
    return fmt::format("looking for what broke: {} of {} batches", done, count);
  });
  auto found = infer::locate_fault(infer::fault_query(failure), asked.work());
  if (!found) return std::nullopt;
  return std::move(*found);
}

Error with_fault(Error error, const infer::Fault& fault) {
  error.problem += "; " + infer::fault_words(fault);
  return error;
}

nlohmann::ordered_json fault_json(const train::Failure& failure, const infer::Fault& fault) {
  using infer::Part;
  const char* set = fault.part == Part::Train ? "train" : fault.part == Part::Test ? "test" : "validation";
  nlohmann::ordered_json json{{"event", "fault"},
                              {"epoch", failure.position.epoch},
                              {"step", failure.position.step},
                              {"set", set},
                              {"image", fault.image},
                              {"loss", number_or_null(fault.loss)}};
  if (!fault.layer.empty()) json["layer"] = fault.layer;
  if (fault.gradient) json["gradient"] = true;
  if (const auto& h = fault.headroom) {
    json["headroom"] = {{"layer", h->layer},
                        {"row", h->cell.row},
                        {"column", h->cell.column},
                        {"image", h->image},
                        {"value", number_or_null(h->value)}};
  }
  json["batch"] = fault.batch;
  return json;
}

}  // namespace synann::cli
