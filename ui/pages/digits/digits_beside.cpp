// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/digits/digits_beside.h"

#include <algorithm>
#include <system_error>

#include <QFileDialog>
#include <QMenu>

#include "ui/pages/page_controls.h"
#include "ui/widgets/ring_button.h"

namespace synann::ui {

DigitsBeside::DigitsBeside(QWidget* page)
    : QObject(page),
      page_(page),
      add_(named(new RingButton(tr("Add checkpoint…"), page), "digits.beside-add", tr("Add checkpoint…"),
                 tr("Draws the curve of another checkpoint into the figure; one may be dropped as well"))),
      remove_(named(new RingButton(tr("Remove"), page), "digits.beside-remove", tr("Remove"),
                    tr("Takes the curve of a checkpoint away"))),
      menu_(new QMenu(remove_)) {
  remove_->setMenu(menu_);
  remove_->setPopupMode(QToolButton::InstantPopup);
  remove_->hide();
  connect(add_, &QToolButton::clicked, this, &DigitsBeside::addDialog);
  connect(menu_, &QMenu::aboutToShow, this, &DigitsBeside::fillMenu);
}

QWidget* DigitsBeside::addButton() const {
  return add_;
}

QWidget* DigitsBeside::removeButton() const {
  return remove_;
}

void DigitsBeside::fillMenu() {
  menu_->clear();
  const QStringList names = namesApart(networks_);
  for (std::size_t k = 0; k < networks_.size(); ++k) {
    QAction* const action = menu_->addAction(names[static_cast<qsizetype>(k)]);
    action->setToolTip(QString::fromStdString(networks_[k].path.string()));
    connect(action, &QAction::triggered, this, [this, k] { remove(k); });
  }
}

void DigitsBeside::update() {
  remove_->setVisible(!networks_.empty());
  emit changed();
}

Status DigitsBeside::open(const std::filesystem::path& path) {
  std::error_code code;
  const auto same = [&](const OtherNetwork& one) {
    return one.path == path || std::filesystem::equivalent(one.path, path, code);
  };
  if (std::any_of(networks_.begin(), networks_.end(), same))
    return input_error(path.string(), "has a curve already", "choose another checkpoint");
  auto other = openOther(path);
  if (!other) return other.error();
  if (set_) {
    if (const auto fits = infer::check_fit(other->network, *set_); !fits) {
      Error error = fits.error();
      error.where = path.string();
      return error;
    }
  }
  networks_.push_back(std::move(*other));
  return {};
}

Status DigitsBeside::add(const QString& path) {
  const Status opened = open(path.toStdString());
  if (opened) update();
  return opened;
}

void DigitsBeside::remove(std::size_t k) {
  if (k >= networks_.size()) return;
  networks_.erase(networks_.begin() + static_cast<std::ptrdiff_t>(k));
  update();
}

Status DigitsBeside::restore(const std::vector<std::string>& paths) {
  networks_.clear();
  Status first;
  for (const std::string& path : paths)
    if (const Status opened = open(path); !opened && first) first = opened;
  update();
  return first;
}

void DigitsBeside::addDialog() {
  const QString file = QFileDialog::getOpenFileName(page_, tr("Add a checkpoint"), {}, checkpointFilter());
  if (file.isEmpty()) return;
  if (const Status added = add(file); !added) emit failed(QString::fromStdString(added.error().sentence()));
}

}  // namespace synann::ui
