// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>

#include <QFrame>
#include <QString>

class QLabel;
class QPushButton;
class QToolButton;

namespace synann::ui {

// The line at the foot of the window that tells what happened, with cause and remedy; never a modal box. It
// stays until it is dismissed or something newer is told.
class MessageBar : public QFrame {
  Q_OBJECT

 public:
  explicit MessageBar(QWidget* parent = nullptr);

  void showNote(const QString& sentence);
  void showError(const QString& sentence);
  // A note with one thing to do about it; doing it dismisses the note.
  void showOffer(const QString& sentence, const QString& button, std::function<void()> work);
  // The same for the message that is shown.
  void addOffer(const QString& button, std::function<void()> work);
  void dismiss();
  QString text() const;
  bool isError() const { return error_; }

 protected:
  void changeEvent(QEvent* event) override;

 private:
  void drawIcon();
  void show(const QString& sentence, bool error);
  void takeOffer();

  QLabel* icon_;
  QLabel* text_;
  QPushButton* offer_;
  std::function<void()> offered_;
  QToolButton* close_;
  bool error_ = false;
};

}  // namespace synann::ui
