// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include <QObject>

#include "ui/pages/digits/other_network.h"

class QMenu;
class QToolButton;
class QWidget;

namespace synann::ui {

// The checkpoints whose curves stand beside that of the network that is shown: added by a dialog or a drop,
// taken away by a menu. Lives in the window's thread.
class DigitsBeside : public QObject {
  Q_OBJECT

 public:
  explicit DigitsBeside(QWidget* page);

  QWidget* addButton() const;
  QWidget* removeButton() const;  // hidden while there is none
  const std::vector<OtherNetwork>& networks() const { return networks_; }

  // The images that all are asked about; null: not known yet.
  void setImages(const infer::SetPtr& set) { set_ = set; }
  // Errors: as openOther; it is there already, or is not for images of this size.
  Status add(const QString& path);
  void remove(std::size_t k);
  // Those of an exported figure, in place of all; what cannot be opened is left out, and the first such told.
  Status restore(const std::vector<std::string>& paths);

 signals:
  void changed();
  void failed(const QString& sentence);

 private:
  Status open(const std::filesystem::path& path);
  void update();
  void addDialog();
  void fillMenu();

  QWidget* page_;
  infer::SetPtr set_;
  std::vector<OtherNetwork> networks_;
  QToolButton* add_;
  QToolButton* remove_;
  QMenu* menu_;
};

}  // namespace synann::ui
