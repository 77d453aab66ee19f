// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/runs/run_table_model.h"

#include <algorithm>

#include <QDateTime>
#include <QFont>

#include "ui/pages/runs/run_words.h"
#include "ui/session/words.h"

namespace synann::ui {
namespace {

bool isNumber(int column) {
  switch (column) {
    case RunTableModel::Date:
    case RunTableModel::Epochs:
    case RunTableModel::Best:
    case RunTableModel::Last:
    case RunTableModel::TestLoss:
    case RunTableModel::MeanAccuracy:
    case RunTableModel::MeanLoss:
    case RunTableModel::Time:
    case RunTableModel::Size:
      return true;
    default:
      return false;
  }
}

}  // namespace

const QStringList& RunTableModel::columnIds() {
  static const QStringList ids = {"run",       "model", "data",   "date",    "state",
                                  "epochs",    "best",  "last",   "loss",    "mean-accuracy",
                                  "mean-loss", "time",  "device", "version", "parent",
                                  "size",      "tags",  "note",   "settings"};
  return ids;
}

RunTableModel::Row RunTableModel::rowOf(const runs::RunSummary& run,
                                        const std::vector<std::string>& differing, int mean_epochs) {
  Row row;
  const auto number = [&row](Column column, double value, const QString& text) {
    row.values[column] = value;
    row.texts[column] = text;
  };
  const auto utf8 = [](const std::string& text) { return QString::fromStdString(text); };
  row.texts[Name] =
      run.notes.title.empty() ? utf8(run.name) : tr("%1 (%2)").arg(utf8(run.notes.title), utf8(run.name));
  for (const std::string& tag : run.notes.tags)
    row.texts[Tags] += (row.texts[Tags].isEmpty() ? QString() : QStringLiteral(", ")) + utf8(tag);
  row.texts[Note] = utf8(run.notes.note).simplified();
  row.texts[State] = runStateText(run);
  number(Date, static_cast<double>(run.written),
         QDateTime::fromSecsSinceEpoch(run.written).toString(QStringLiteral("yyyy-MM-dd hh:mm")));
  number(Size, static_cast<double>(run.bytes), memoryWords(run.bytes));
  if (run.problem.empty()) {
    row.texts[ModelName] = modelWords(run.settings.model);
    row.texts[Data] = run.data_name.empty() ? dataWords(run.settings.data) : utf8(run.data_name);
    number(Epochs, run.epochs, tr("%1 of %2").arg(run.epochs).arg(run.settings.epochs));
    if (run.best) number(Best, run.best->accuracy(), QString::number(run.best->accuracy(), 'f', 2));
    if (run.last) number(Last, run.last->accuracy(), QString::number(run.last->accuracy(), 'f', 2));
    if (run.last) number(TestLoss, run.last->test_loss, QString::number(run.last->test_loss, 'f', 4));
    if (const auto mean = runs::mean_of_latest(run, mean_epochs)) {
      number(MeanAccuracy, mean->accuracy, QString::number(mean->accuracy, 'f', 2));
      number(MeanLoss, mean->test_loss, QString::number(mean->test_loss, 'f', 4));
    }
    number(Time, run.train_seconds, durationWords(run.train_seconds));
    row.texts[Device] = run.isa.empty() ? utf8(run.device) : utf8(run.device + ' ' + run.isa);
    row.texts[Version] = utf8(run.version);
    row.texts[Parent] = utf8(run.parent);
    row.texts[Settings] = runSettingsText(run, differing);
  } else {
    row.texts[Settings] = utf8(run.problem);
  }
  for (const QString& text : row.texts) row.all += text.toLower() + '\n';
  return row;
}

RunTableModel::Rows RunTableModel::rowsOf(std::vector<runs::RunSummary> runs, int mean_epochs) {
  Rows made{.runs = std::move(runs), .rows = {}, .differing = {}, .mean_epochs = mean_epochs};
  made.differing = runs::differing_settings(made.runs);
  std::erase_if(made.differing, [](const std::string& key) { return key == "model" || key == "data"; });
  made.rows.reserve(made.runs.size());
  for (const runs::RunSummary& run : made.runs) made.rows.push_back(rowOf(run, made.differing, mean_epochs));
  return made;
}

void RunTableModel::setRows(Rows rows) {
  beginResetModel();
  const int mean_epochs = shown_.mean_epochs;
  shown_ = std::move(rows);
  if (shown_.mean_epochs != mean_epochs) shown_ = rowsOf(std::move(shown_.runs), mean_epochs);
  endResetModel();
}

void RunTableModel::updateRun(runs::RunSummary run) {
  const auto known = std::ranges::find(shown_.runs, run.folder, &runs::RunSummary::folder);
  if (known == shown_.runs.end()) return;
  const auto row = static_cast<int>(known - shown_.runs.begin());
  run.name = known->name;
  *known = std::move(run);
  shown_.rows[static_cast<std::size_t>(row)] = rowOf(*known, shown_.differing, shown_.mean_epochs);
  emit dataChanged(index(row, 0), index(row, ColumnCount - 1));
}

void RunTableModel::setMeanEpochs(int epochs) {
  if (epochs == shown_.mean_epochs) return;
  shown_.mean_epochs = epochs;
  for (std::size_t k = 0; k < shown_.rows.size(); ++k)
    shown_.rows[k] = rowOf(shown_.runs[k], shown_.differing, epochs);
  emit headerDataChanged(Qt::Horizontal, MeanAccuracy, MeanLoss);
  if (!shown_.rows.empty())
    emit dataChanged(index(0, MeanAccuracy), index(rowCount() - 1, MeanLoss), {Qt::DisplayRole});
}

void RunTableModel::setOpenRun(const std::filesystem::path& folder) {
  if (open_ == folder) return;
  open_ = folder;
  if (!shown_.runs.empty())
    emit dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1), {Qt::FontRole});
}

bool RunTableModel::matches(int row, const std::vector<RunTerm>& terms) const {
  return std::ranges::all_of(terms, [&](const RunTerm& term) { return holds(term, row); });
}

bool RunTableModel::holds(const RunTerm& term, int row) const {
  const Row& shown = shown_.rows[static_cast<std::size_t>(row)];
  if (term.how == RunTerm::How::Anywhere) return shown.all.contains(term.text);
  const runs::RunSummary& run = this->run(row);
  if (term.column < 0) {
    if (!run.problem.empty()) return false;
    const QString text = QString::fromStdString(runs::setting_text(run.settings, term.setting)).toLower();
    bool is_number = false;
    const double number = text.toDouble(&is_number);
    return term.holds(is_number ? std::optional(number) : std::nullopt, text);
  }
  const auto column = static_cast<std::size_t>(term.column);
  const QVariant& value = shown.values[column];
  const std::optional<double> number = value.isValid() ? std::optional(value.toDouble()) : std::nullopt;
  const bool held = term.holds(number, shown.texts[column].toLower());
  if (term.column != ModelName && term.column != Data) return held;
  // As people call it, or as the prompt does.
  const std::string& id = term.column == ModelName ? run.settings.model : run.settings.data;
  const bool held_by_id = term.holds(number, QString::fromStdString(id).toLower());
  return term.how == RunTerm::How::Unequal ? held && held_by_id : held || held_by_id;
}

int RunTableModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(shown_.rows.size());
}

int RunTableModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : ColumnCount;
}

QVariant RunTableModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid() || index.row() >= rowCount()) return {};
  const Row& row = shown_.rows[static_cast<std::size_t>(index.row())];
  const auto column = static_cast<std::size_t>(index.column());
  switch (role) {
    case Qt::DisplayRole:
      return row.texts[column].isEmpty() && isNumber(index.column()) ? QStringLiteral("–")
                                                                     : row.texts[column];
    case Qt::EditRole:
      if (index.column() == Date) return row.texts[column];
      return row.values[column].isValid() || isNumber(index.column()) ? row.values[column]
                                                                      : QVariant(row.texts[column]);
    case Qt::ToolTipRole:
      return help(index.row(), index.column());
    case Qt::TextAlignmentRole:
      return QVariant((isNumber(index.column()) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    case Qt::FontRole:
      if (!open_.empty() && run(index.row()).folder == open_) {
        QFont font;
        font.setBold(true);
        return font;
      }
      return {};
    default:
      return role == Qt::UserRole && row.values[column].isValid() ? row.values[column] : QVariant();
  }
}

QString RunTableModel::help(int row, int column) const {
  const runs::RunSummary& run = this->run(row);
  if (column == Note) return QString::fromStdString(run.notes.note);
  if (!run.problem.empty()) return QString::fromStdString(run.problem);
  if (column == Name) return QString::fromStdString(run.folder.string());
  if (column == State && !run.writer.empty())
    return tr("Written by %1").arg(QString::fromStdString(run.writer));
  return shown_.rows[static_cast<std::size_t>(row)].texts[static_cast<std::size_t>(column)];
}

QVariant RunTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount) return {};
  if (role == Qt::TextAlignmentRole)
    return QVariant((isNumber(section) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
  if (role != Qt::DisplayRole && role != Qt::ToolTipRole) return {};
  struct Heading {
    QString text, help;
  };
  const std::array<Heading, ColumnCount> headings = {
      Heading{tr("Run"), tr("Its folder, below the one where it was found; bold: the run that is open")},
      {tr("Model"), tr("The network")},
      {tr("Data"), tr("The data set")},
      {tr("Date"), tr("When its history was last written")},
      {tr("State"), tr("Whether it runs, and how it was left")},
      {tr("Epochs"), tr("Epochs done, of those asked for")},
      {tr("Best %"), tr("Accuracy of the best epoch on the test set, percent")},
      {tr("Last %"), tr("Accuracy of the last epoch on the test set, percent")},
      {tr("Test loss"), tr("Loss on the test set after the last epoch, nats")},
      {tr("Mean %"),
       tr("Accuracy on the test set, percent, mean over the last %1 epochs").arg(shown_.mean_epochs)},
      {tr("Mean loss"),
       tr("Loss on the test set, nats, mean over the last %1 epochs").arg(shown_.mean_epochs)},
      {tr("Time"), tr("Of training, without the measurements")},
      {tr("Device"), tr("Where it was computed last")},
      {tr("Version"), tr("Of the program that went on with it last")},
      {tr("Parent"), tr("The checkpoint that it went on from")},
      {tr("Size"), tr("Of all its files")},
      {tr("Tags"), tr("Given by a person (F2)")},
      {tr("Note"), tr("Written by a person (F2)")},
      {tr("Settings that differ"), tr("Settings that are not the same in all runs listed here")}};
  const Heading& heading = headings[static_cast<std::size_t>(section)];
  return role == Qt::DisplayRole ? heading.text : heading.help;
}

}  // namespace synann::ui
