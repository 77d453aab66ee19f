// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/synapses/knock_out_export.h"

#include <algorithm>

#include <QJsonArray>

#include "engine/synapse/cells_text.h"
#include "ui/pages/synapses/knock_out_figures.h"
#include "ui/pages/synapses/synapse_export.h"
#include "ui/pages/synapses/synapse_view.h"

namespace synann::ui {

namespace {

using namespace Qt::StringLiterals;

constexpr const char* kKnockCells = "--cells";
constexpr const char* kKnockValue = "--value";
constexpr const char* kEffects = "effects";
constexpr double kLargestTyped = 1e6;

Result<std::vector<infer::CellValue>> typedChanges(const ViewOptions& options,
                                                   const train::SynapseLayer& layer) {
  const auto text = options.files.find(kKnockCells);
  if (text == options.files.end()) return std::vector<infer::CellValue>();
  const auto blocks = synapse::parse_cells(kKnockCells, text->second);
  if (!blocks) return blocks.error();
  const auto chosen = synapse::chosen_cells(kKnockCells, *blocks, layer.n);
  if (!chosen) return chosen.error();
  const auto value = options.typed.find(kKnockValue);
  return infer::set_to(infer::cells_of_mask(*chosen, layer.n),
                       value == options.typed.end() ? 0.0F : static_cast<float>(value->second.front()));
}

AskedFigure::Job jobOf(const std::string& view, const KnockOutQuestion& question) {
  const auto ablator = std::make_shared<infer::Ablator>();
  if (view == kEffects) return effectsJob(ablator, question);
  return view == "switched" ? switchedJob(ablator, question) : knockOutJob(ablator, question);
}

}  // namespace

std::vector<std::string> knockOutViews() {
  return {"knock-out", "switched", kEffects};
}

bool isKnockOutView(const std::string& view) {
  return std::ranges::count(knockOutViews(), view) > 0;
}

std::vector<PageFile> knockOutTexts() {
  return {{.option = kKnockCells,
           .value = "CELLS",
           .help = "knock-out, switched: the cells of β that are set to --value: 3,4 is row 3, column 4; "
                   "0-7,16-23 a block; row 3; column 4; all; with spaces between them, in quotes."}};
}

FieldInfo knockOutValue() {
  return {.id = "value",
          .least = -kLargestTyped,
          .most = kLargestTyped,
          .plain = false,
          .option = kKnockValue,
          .option_help = "knock-out, switched: what these β become; 0 unless told otherwise."};
}

Status checkKnockOut(const ViewOptions& options) {
  const bool changes = isKnockOutView(options.view) && options.view != kEffects;
  const bool cells = options.files.contains(kKnockCells), value = options.typed.contains(kKnockValue);
  if (changes && !cells) return Error{.problem = "--view " + options.view + " requires --cells"};
  if (changes || (!cells && !value)) return {};
  return Error{.problem = std::string(cells ? kKnockCells : kKnockValue) + " does not belong to --view " +
                          options.view};
}

Result<ShownFigure> knockOutViewFigure(const ViewOptions& options) {
  const auto at = networkOfView(options);
  if (!at) return at.error();
  const auto layer = infer::layer_named(*at->network.model, options.layer);
  if (!layer) return layer.error();
  const auto changes = typedChanges(options, *layer);
  if (!changes) return changes.error();
  const KnockOutQuestion question{.network = at->network,
                                  .set = infer::set_of(at->data),
                                  .layer = layer->name,
                                  .changes = *changes,
                                  .names = at->names,
                                  .when = at->when};
  auto made = jobOf(options.view, question)({});
  if (!made) return made.error();
  SynapseView view;
  view.query.run = options.history;
  view.query.layer = layer->name;
  view.figure = QString::fromStdString(options.view);
  QJsonObject json = toJson(view, at->frame);
  writeKnockedOut(*changes, json);
  return ShownFigure{.figure = std::move(*made), .name = view.figure, .view = json};
}

void writeKnockedOut(const std::vector<infer::CellValue>& changes, QJsonObject& json) {
  QJsonArray changed;
  for (const infer::CellValue& one : changes)
    changed.append(QJsonArray{one.cell.row, one.cell.column, static_cast<double>(one.beta)});
  if (!changed.isEmpty()) json[u"knocked_out"_s] = changed;
}

std::vector<infer::CellValue> readKnockedOut(const QJsonObject& json) {
  std::vector<infer::CellValue> changes;
  for (const QJsonValue& one : json.value(u"knocked_out"_s).toArray())
    changes.push_back({{one[0].toInt(), one[1].toInt()}, static_cast<float>(one[2].toDouble())});
  return changes;
}

}  // namespace synann::ui
