// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>

#include <QImage>
#include <QWidget>

#include "engine/data/augment.h"
#include "engine/data/dataset.h"
#include "ui/session/latest_value_worker.h"

class QLabel;
class QPushButton;

namespace synann::ui {

// Some training images of the chosen data above what augmentation makes of them in two epochs, made on a
// thread of its own as the settings change; nothing is made while it is hidden. Lives in the window's thread.
class AugmentPreview : public QWidget {
  Q_OBJECT

 public:
  explicit AugmentPreview(QWidget* parent = nullptr);
  ~AugmentPreview() override;

  // The images of these settings, as soon as they are seen.
  void follow(const std::string& spec, const data::Augmentation& augmentation, std::uint64_t seed);
  const QImage& picture() const { return picture_; }

 public slots:
  void showOthers();  // other images, of other epochs

 protected:
  void showEvent(QShowEvent* event) override;

 private:
  struct Query {
    std::string data;
    data::Augmentation augmentation{};
    std::uint64_t seed = 0;
    int page = 0;
    bool operator==(const Query&) const = default;
  };
  struct Answer {
    QImage picture;
    QString words, problem;
  };
  // What the worker keeps between queries; touched by its thread alone.
  struct Opened {
    std::string data;
    data::Dataset first_images{};
  };
  void ask();
  void take(const Answer& answer);
  static Answer make(const Query& query, Opened& opened);
  static QString open(const std::string& data, Opened& opened);

  Query query_, asked_;
  QImage picture_;
  QLabel* sheet_;
  QLabel* problem_;
  QPushButton* others_;
  LatestValueWorker<Query, Answer> worker_;
};

}  // namespace synann::ui
