// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/time_line.h"

#include <algorithm>

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QSignalBlocker>

#include "ui/pages/synapses/synapse_figures.h"
#include "ui/shell/time_track.h"
#include "ui/widgets/calm_combo_box.h"
#include "ui/widgets/icons.h"
#include "ui/widgets/ring_button.h"

namespace synann::ui {
namespace {

constexpr int kSpeeds[] = {2, 10, 30};  // frames a second

QToolButton* makeButton(Glyph glyph, const QString& name, const QString& help, QWidget* parent) {
  auto* button = new RingButton(parent);
  button->setIcon(glyphIcon(glyph));
  button->setObjectName("time." + name);
  button->setAccessibleName(help);
  button->setToolTip(help);
  return button;
}

}  // namespace

TimeLine::TimeLine(SynapseSource& source, const RunMarks& marks, QWidget* parent)
    : QWidget(parent),
      source_(source),
      back_(makeButton(Glyph::Back, "back", tr("One recorded step back"), this)),
      play_(makeButton(Glyph::Train, "play", tr("Play the history from here"), this)),
      forward_(makeButton(Glyph::Forward, "forward", tr("One recorded step forward"), this)),
      slider_(new TimeTrack(marks, this)),
      speed_(new CalmComboBox(this)),
      live_(makeButton(Glyph::None, "live", tr("Follow the training, or show the end of the run"), this)),
      words_(new QLabel(this)) {
  play_->setCheckable(true);
  live_->setText(tr("Live"));
  live_->setToolButtonStyle(Qt::ToolButtonTextOnly);
  live_->setCheckable(true);
  live_->setChecked(true);
  slider_->setObjectName("time.slider");
  slider_->setAccessibleName(tr("Recorded step"));
  slider_->setToolTip(
      tr("The recorded steps of the run, from its start on the left, with its loss behind. Arrow keys go "
         "from step "
         "to step, with Ctrl from mark to mark: ends of epochs, ◆ the best one, ▾ a setting, ■ the device, ▸ "
         "resumed, ＋ forked. Its menu makes a new run out of a step"));
  slider_->setEnabled(false);
  for (const int speed : kSpeeds) speed_->addItem(tr("%1 a second").arg(speed), speed);
  speed_->setCurrentIndex(1);
  speed_->setObjectName("time.speed");
  speed_->setAccessibleName(tr("Speed of play"));
  speed_->setToolTip(tr("How many recorded steps play shows in a second"));
  words_->setObjectName("time.words");
  words_->setMinimumWidth(fontMetrics().horizontalAdvance(tr("live · step 1,200,000 · end of epoch 2000")));
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(8, 2, 8, 2);
  row->setSpacing(4);
  for (QWidget* part :
       {static_cast<QWidget*>(back_), static_cast<QWidget*>(play_), static_cast<QWidget*>(forward_)})
    row->addWidget(part);
  row->addWidget(slider_, 1);
  row->addWidget(speed_);
  row->addWidget(live_);
  row->addWidget(words_);
  connect(slider_, &QSlider::valueChanged, this, &TimeLine::moveTo);
  connect(slider_, &TimeTrack::forkWanted, this, &TimeLine::forkWanted);
  connect(back_, &QToolButton::clicked, this, [this] { slider_->setValue(slider_->value() - 1); });
  connect(forward_, &QToolButton::clicked, this, [this] { slider_->setValue(slider_->value() + 1); });
  connect(play_, &QToolButton::toggled, this, &TimeLine::setPlaying);
  connect(live_, &QToolButton::clicked, this, &TimeLine::setLive);
  connect(speed_, &QComboBox::currentIndexChanged, this,
          [this] { timer_.setInterval(1000 / speed_->currentData().toInt()); });
  connect(&timer_, &QTimer::timeout, this, &TimeLine::advance);
  connect(&source_, &SynapseSource::frameChanged, this, &TimeLine::follow);
  timer_.setInterval(1000 / kSpeeds[1]);
}

void TimeLine::follow(const SynapseFramePtr& frame) {
  if (frame->frames != frames_) {
    frames_ = frame->frames;
    const QSignalBlocker quiet(slider_);
    slider_->setFrames(frames_);
  }
  const bool several = frames_ && frames_->size() > 1;
  for (QWidget* part : {static_cast<QWidget*>(slider_), static_cast<QWidget*>(back_),
                        static_cast<QWidget*>(play_), static_cast<QWidget*>(forward_)})
    part->setEnabled(several);
  live_->setChecked(source_.selection().live());
  words_->setText(frame->error.empty() ? stepText(*frame) : QString());
  if (!several || slider_->isSliderDown()) return;
  const auto after =
      std::upper_bound(frames_->begin(), frames_->end(), frame->at.steps,
                       [](std::int64_t steps, const train::FrameStep& p) { return steps < p.steps; });
  // While it plays, the slider leads and the pictures follow.
  if (playing()) return;
  const QSignalBlocker quiet(slider_);
  slider_->setValue(std::max(0, static_cast<int>(after - frames_->begin()) - 1));
}

void TimeLine::moveTo(int frame) {
  if (!frames_ || frame >= static_cast<int>(frames_->size())) return;
  source_.selection().setStep((*frames_)[static_cast<std::size_t>(frame)].steps);
}

void TimeLine::setPlaying(bool playing) {
  play_->setChecked(playing);
  play_->setIcon(glyphIcon(playing ? Glyph::Pause : Glyph::Train));
  if (!playing) return timer_.stop();
  if (slider_->value() == slider_->maximum()) slider_->setValue(0);
  timer_.start();
}

// To the next recorded step at which what is shown is known.
void TimeLine::advance() {
  if (!frames_) return setPlaying(false);
  int next = slider_->value() + 1;
  const auto known = [this](int frame) {
    const std::int64_t steps = (*frames_)[static_cast<std::size_t>(frame)].steps;
    return source_.knownStep(steps) == steps;
  };
  while (next < slider_->maximum() && !known(next)) ++next;
  if (next > slider_->maximum()) return setPlaying(false);
  slider_->setValue(next);
}

void TimeLine::setLive(bool live) {
  setPlaying(false);
  if (live) {
    source_.selection().setStep(Selection::kLive);
  } else if (frames_ && !frames_->empty()) {
    moveTo(slider_->value());
  }
}

}  // namespace synann::ui
