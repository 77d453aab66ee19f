// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/runs/foreign_curves.h"

#include <algorithm>
#include <set>
#include <utility>

#include <QFileDialog>
#include <QFileInfo>
#include <QMenu>
#include <QToolButton>

#include "ui/pages/page_controls.h"

namespace synann::ui {

ForeignCurves::ForeignCurves(std::function<ForeignChoice()> usual, QWidget* parent)
    : QObject(parent),
      usual_(std::move(usual)),
      widget_(parent),
      button_(named(
          new QToolButton(parent), "runs.foreign", tr("Add curve"),
          tr("Draws a curve of another program's run beside those of the selected runs: out of TensorBoard's "
             "event files, or out of a table"))),
      menu_(new QMenu(button_)),
      reader_([](const std::vector<QString>& paths, const std::stop_token& stop,
                 const auto& tell) { tell(readAll(paths, stop)); },
              [this](const RunsPtr& runs) {
                for (const auto& [path, run] : *runs) ask(path, run);
              }),
      again_([](const std::vector<QString>& paths, const std::stop_token& stop,
                const auto& tell) { tell(readAll(paths, stop)); },
             [this](const RunsPtr& runs) { takeAgain(*runs); }) {
  button_->setText(tr("Add curve…"));
  button_->setPopupMode(QToolButton::InstantPopup);
  button_->setFocusPolicy(Qt::StrongFocus);
  button_->setMenu(menu_);
  connect(menu_, &QMenu::aboutToShow, this, &ForeignCurves::fillMenu);
  fillMenu();
}

ForeignCurves::RunsPtr ForeignCurves::readAll(const std::vector<QString>& paths,
                                              const std::stop_token& stop) {
  auto runs = std::make_shared<Runs>();
  for (const QString& path : paths) runs->emplace(path, exports::read_foreign_run(path.toStdString(), stop));
  return runs;
}

void ForeignCurves::fillMenu() {
  menu_->clear();
  menu_->addAction(tr("Out of a &file…"), this, &ForeignCurves::askForFile);
  menu_->addAction(tr("Out of a f&older of event files…"), this, &ForeignCurves::askForFolder);
  if (drawn_.empty()) return;
  menu_->addSection(tr("Not runs of this program"));
  for (const DrawnForeign& one : drawn_) {
    QAction* const remove =
        menu_->addAction(tr("Take away %1").arg(one.name().replace('&', QStringLiteral("&&"))));
    connect(remove, &QAction::triggered, this, [this, choice = one.choice] {
      std::erase_if(drawn_, [&](const DrawnForeign& other) { return other.choice == choice; });
      emit changed();
    });
  }
}

void ForeignCurves::askForFile() {
  const QString file =
      QFileDialog::getOpenFileName(widget_, tr("Add a curve of another program's run"),
                                   drawn_.empty() ? QString() : drawn_.back().choice.path,
                                   tr("Event files and tables (*tfevents* *.csv);;All files (*)"));
  if (!file.isEmpty()) add(file);
}

void ForeignCurves::askForFolder() {
  const QString folder =
      QFileDialog::getExistingDirectory(widget_, tr("Add curves of a folder of event files"));
  if (!folder.isEmpty()) add(folder);
}

void ForeignCurves::add(const QString& path) {
  reader_.ask({QFileInfo(path).absoluteFilePath()});
}

void ForeignCurves::ask(const QString& path, const Result<exports::ForeignRun>& run) {
  if (!run) {
    if (run.error().kind != ErrorKind::Cancelled) emit failed(QString::fromStdString(run.error().sentence()));
    return;
  }
  if (!run->notes.empty()) emit told(QString::fromStdString(run->notes.front()));
  delete dialog_;
  dialog_ = new ForeignDialog(path, *run, usual_(), widget_);
  dialog_->setAttribute(Qt::WA_DeleteOnClose);
  connect(dialog_, &QDialog::accepted, this, [this, read = *run] {
    for (const ForeignChoice& choice : dialog_->chosen()) draw(choice, read);
    emit changed();
  });
  connect(dialog_, &QDialog::finished, this, [this] { dialog_ = nullptr; });  // after accepted()
  dialog_->open();
}

// The same curve once more is read anew.
void ForeignCurves::draw(const ForeignChoice& choice, const exports::ForeignRun& run) {
  const auto curve = std::ranges::find(run.curves, choice.curve.toStdString(), &exports::ForeignCurve::name);
  if (curve == run.curves.end()) return;
  std::erase_if(drawn_, [&](const DrawnForeign& one) {
    return one.choice.path == choice.path && one.choice.curve == choice.curve &&
           one.choice.quantity == choice.quantity;
  });
  drawn_.push_back({choice, std::make_shared<const exports::ForeignCurve>(*curve)});
}

QVariantList ForeignCurves::kept() const {
  std::vector<ForeignChoice> choices = awaited_;
  for (const DrawnForeign& one : drawn_) choices.push_back(one.choice);
  return keptForeign(choices);
}

void ForeignCurves::take(const QVariantList& kept) {
  awaited_ = foreignFromKept(kept);
  std::set<QString> paths;
  for (const ForeignChoice& choice : awaited_) paths.insert(choice.path);
  if (!paths.empty()) again_.ask({paths.begin(), paths.end()});
}

// What is not there any more is said once, and forgotten.
void ForeignCurves::takeAgain(const Runs& runs) {
  for (const ForeignChoice& choice : std::exchange(awaited_, {})) {
    const auto run = runs.find(choice.path);
    if (run != runs.end() && run->second) draw(choice, *run->second);
  }
  for (const auto& [path, run] : runs)
    if (!run) emit failed(QString::fromStdString(run.error().sentence()));
  emit changed();
}

}  // namespace synann::ui
