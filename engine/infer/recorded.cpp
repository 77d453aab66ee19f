// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/infer/recorded.h"

#include <fmt/format.h>
#include <system_error>
#include <utility>
#include <vector>

namespace synann::infer {

Result<RecordedNetworks> RecordedNetworks::open(const std::filesystem::path& run) {
  std::error_code code;
  if (!std::filesystem::exists(run / train::kNetworkRecord, code)) {
    return Error{.where = run.string(),
                 .problem = "the run has no record of its steps",
                 .expected = fmt::format("{} in its folder", train::kNetworkRecord),
                 .remedy = "models with a synapse layer keep one, unless its budget is 0"};
  }
  auto record = train::RecordReader::open(run / train::kNetworkRecord);
  if (!record) return record.error();
  auto model = train::recorded_model(record->header());
  if (!model) return model.error();
  return RecordedNetworks(std::move(*record), std::move(*model));
}

Result<Network> RecordedNetworks::read(std::size_t k) {
  auto values = train::recorded_values(record_, k, *model_);
  if (!values) return values.error();
  return Network{model_, std::make_shared<const std::vector<float>>(std::move(*values))};
}

}  // namespace synann::infer
