// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/inspector.h"

#include <QAction>
#include <QClipboard>
#include <QFontDatabase>
#include <QGuiApplication>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QTableView>
#include <QVBoxLayout>

#include "ui/session/class_words.h"
#include "ui/widgets/image_picture.h"

namespace synann::ui {

namespace {
constexpr int kPictureSide = 64;  // pixels
}  // namespace

void InspectorModel::setRows(std::vector<InspectorRow> rows) {
  if (rows == rows_) return;
  const bool same_count = rows.size() == rows_.size();
  if (!same_count) beginResetModel();
  rows_ = std::move(rows);
  if (!same_count) return endResetModel();
  emit dataChanged(index(0, 0), index(rowCount() - 1, 1));
}

int InspectorModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(rows_.size());
}
int InspectorModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : 2;
}

QVariant InspectorModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid() || index.row() >= rowCount()) return {};
  const InspectorRow& row = rows_[static_cast<std::size_t>(index.row())];
  if (role == Qt::DisplayRole) return index.column() == 0 ? row.name : row.value;
  if (role == Qt::ToolTipRole)
    return index.column() == 0 ? row.help : row.value + QStringLiteral("\n") + row.help;
  if (role == Qt::FontRole && index.column() == 1) return QFontDatabase::systemFont(QFontDatabase::FixedFont);
  return {};
}

QVariant InspectorModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal || role != Qt::DisplayRole) return {};
  return section == 0 ? tr("Quantity") : tr("Value");
}

Inspector::Inspector(SynapseSource& source, const RunMarks& marks, QWidget* parent)
    : QWidget(parent),
      source_(source),
      marks_(marks),
      model_(new InspectorModel(this)),
      table_(new QTableView(this)),
      image_(new ImagePicture(kPictureSide, this)) {
  image_->setObjectName("inspector.image");
  auto* heading = new QLabel(tr("Inspector"), this);
  QFont bold = heading->font();
  bold.setBold(true);
  heading->setFont(bold);
  heading->setBuddy(table_);
  table_->setObjectName("inspector.table");
  table_->setAccessibleName(tr("Inspector"));
  table_->setToolTip(tr("What is selected, with all its digits; Ctrl+C copies the chosen rows"));
  table_->setModel(model_);
  table_->setSelectionBehavior(QAbstractItemView::SelectRows);
  table_->setEditTriggers(QAbstractItemView::NoEditTriggers);
  table_->setTabKeyNavigation(false);
  table_->setShowGrid(false);
  table_->setWordWrap(false);
  table_->setAlternatingRowColors(true);
  table_->verticalHeader()->hide();
  table_->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 6);
  table_->horizontalHeader()->setStretchLastSection(true);
  table_->horizontalHeader()->setSectionResizeMode(0, QHeaderView::ResizeToContents);
  auto* copy = new QAction(tr("Copy"), table_);
  copy->setShortcut(QKeySequence::Copy);
  copy->setShortcutContext(Qt::WidgetShortcut);
  connect(copy, &QAction::triggered, this, [this] { QGuiApplication::clipboard()->setText(selectedText()); });
  table_->addAction(copy);
  table_->setContextMenuPolicy(Qt::ActionsContextMenu);
  auto* all = new QPushButton(tr("Copy all"), this);
  all->setObjectName("inspector.copy");
  all->setAutoDefault(false);
  all->setAccessibleName(all->text());
  all->setToolTip(tr("Copy every row, names and values separated by a tab"));
  connect(all, &QPushButton::clicked, this, [this] { QGuiApplication::clipboard()->setText(allText()); });
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(4, 5, 8, 8);
  column->setSpacing(4);
  column->addWidget(heading);
  column->addWidget(table_, 1);
  column->addWidget(image_);
  column->addWidget(all);
  setMinimumWidth(220);
  Selection& selection = source_.selection();
  connect(&source_, &SynapseSource::frameChanged, this, &Inspector::fill);
  connect(&selection, &Selection::cellChanged, this, &Inspector::fill);
  connect(&selection, &Selection::layerChanged, this, &Inspector::fill);
  connect(&selection, &Selection::imageChanged, this, &Inspector::fill);
  connect(&selection, &Selection::classesChanged, this, &Inspector::fill);
}

void Inspector::fill() {
  if (!isVisible()) return;
  model_->setRows(inspectorRows(source_, marks_));
  const data::DataPairPtr& opened = source_.data();
  const int index = source_.selection().image();
  const bool known = opened && index < opened->test.count();
  image_->setVisible(known);
  if (known)
    image_->showImage(
        opened, index,
        tr("Test image %1, class %2")
            .arg(index)
            .arg(className(opened->class_names, opened->test.labels[static_cast<std::size_t>(index)])));
}

QString Inspector::textOf(int row) const {
  const InspectorRow& r = model_->rows()[static_cast<std::size_t>(row)];
  return r.name + QLatin1Char('\t') + r.value;
}

QString Inspector::allText() const {
  QStringList lines;
  for (int row = 0; row < model_->rowCount(); ++row) lines.append(textOf(row));
  return lines.join(QLatin1Char('\n'));
}

QString Inspector::selectedText() const {
  QStringList lines;
  for (int row = 0; row < model_->rowCount(); ++row) {
    if (table_->selectionModel()->isRowSelected(row, {})) lines.append(textOf(row));
  }
  return lines.isEmpty() ? allText() : lines.join(QLatin1Char('\n'));
}

void Inspector::showEvent(QShowEvent* event) {
  QWidget::showEvent(event);
  source_.setShown(this, true);
  fill();
}

void Inspector::hideEvent(QHideEvent* event) {
  QWidget::hideEvent(event);
  source_.setShown(this, false);
}

}  // namespace synann::ui
