// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/digits/digits_minus.h"

#include <fmt/format.h>
#include <string_view>
#include <system_error>

#include <QComboBox>
#include <QCoreApplication>
#include <QFileDialog>

#include "engine/infer/recorded.h"
#include "engine/train/checkpoint.h"
#include "ui/pages/page_controls.h"
#include "ui/pages/synapses/synapse_figures.h"

namespace synann::ui {

namespace {

constexpr int kMinusWide = 12, kStepsWide = 10;  // characters

// A moment of a run that can be chosen: a checkpoint's file, or a recorded step.
struct RunMoment {
  QString words;
  QVariant key;  // the file, or the steps
};

// The checkpoints of a run, the last one first, then its recorded steps.
QList<RunMoment> momentsOfRun(const std::filesystem::path& folder) {
  QList<RunMoment> moments;
  std::error_code code;
  for (const char* name : {train::kLastCheckpoint, train::kBestCheckpoint})
    if (std::filesystem::is_regular_file(folder / name, code))
      moments.append({name == std::string_view(train::kLastCheckpoint)
                          ? QCoreApplication::translate("DigitsMinus", "last")
                          : QCoreApplication::translate("DigitsMinus", "best"),
                      QString::fromStdString((folder / name).string())});
  if (const auto record = infer::RecordedNetworks::open(folder); record)
    for (const train::FrameStep& at : record->steps())
      moments.append({stepWords(at), static_cast<qlonglong>(at.steps)});
  return moments;
}

}  // namespace

DigitsMinus::DigitsMinus(QWidget* page)
    : QObject(page),
      page_(page),
      box_(named(
          makeChoice(
              {tr("nothing"), tr("the start of the run"), tr("this step"), tr("a run…"), tr("a checkpoint…")},
              page, kMinusWide),
          "digits.compare", tr("Compare with"),
          tr("Subtracts the matrix of the start, of the step that is shown now, of another run at any of "
             "its recorded steps, or of a checkpoint"))),
      steps_(named(makeChoice({}, page, kStepsWide), "digits.compare-step", tr("Step of the other run"),
                   tr("At which of its recorded steps the other run is subtracted"))) {
  connect(box_, &QComboBox::activated, this, &DigitsMinus::choose);
  connect(steps_, &QComboBox::activated, this, &DigitsMinus::chooseStep);
}

infer::Network DigitsMinus::network(const train::SynapseFrame& frame) const {
  if (kind_ == Kind::Nothing) return {};
  if (kind_ != Kind::Start) return other_.network;
  if (!frame.network_at_start) return {};
  return {frame.model, frame.network_at_start};
}

QString DigitsMinus::when() const {
  if (kind_ == Kind::Nothing) return {};
  return kind_ == Kind::Start ? tr("the start of the run") : other_.run + QStringLiteral(", ") + other_.what;
}

void DigitsMinus::setShown(const DigitsAnswerPtr& answer, const std::filesystem::path& run) {
  shown_ = answer;
  shown_run_ = run;
}

void DigitsMinus::settle(Kind kind, const OtherNetwork& other, std::optional<std::int64_t> step) {
  kind_ = kind;
  other_ = other;
  step_ = step;
  const auto named = [&](Kind of, const QString& words) {
    box_->setItemText(static_cast<int>(of), kind == of ? other.run + QStringLiteral("…") : words);
  };
  named(Kind::Run, tr("a run…"));
  named(Kind::Checkpoint, tr("a checkpoint…"));
  box_->setCurrentIndex(static_cast<int>(kind));
  emit changed();
}

Status DigitsMinus::take(Kind kind, const std::filesystem::path& path, std::optional<std::int64_t> step) {
  const auto other = openOther(path, step);
  if (!other) return other.error();
  if (shown_) {
    if (const auto fits = infer::check_fit(other->network, *shown_->set); !fits) {
      Error error = fits.error();
      error.where = path.string();
      return error;
    }
  }
  settle(kind, *other, step);
  return {};
}

// `key` is RunMoment's.
Status DigitsMinus::takeMoment(const std::filesystem::path& folder, const QVariant& key) {
  if (key.typeId() == QMetaType::LongLong) return take(Kind::Run, folder, key.toLongLong());
  return take(Kind::Run, key.toString().toStdString(), std::nullopt);
}

Status DigitsMinus::chooseRun(const std::filesystem::path& folder) {
  const QList<RunMoment> moments = momentsOfRun(folder);
  if (moments.isEmpty()) {
    return Error{.where = folder.string(),
                 .problem = "is no folder of a run",
                 .expected = fmt::format("{} or {} in it", train::kLastCheckpoint, train::kNetworkRecord),
                 .remedy = "choose the folder of a run"};
  }
  if (const auto taken = takeMoment(folder, moments.front().key); !taken) return taken;
  other_run_ = folder;
  steps_->clear();
  for (const RunMoment& moment : moments) steps_->addItem(moment.words, moment.key);
  return {};
}

Status DigitsMinus::chooseCheckpoint(const std::filesystem::path& file) {
  return take(Kind::Checkpoint, file, std::nullopt);
}

void DigitsMinus::chooseStep(int index) {
  tell(takeMoment(other_run_, steps_->itemData(index)));
}

void DigitsMinus::choose(int index) {
  const auto kind = static_cast<Kind>(index);
  if (kind == Kind::Run || kind == Kind::Checkpoint) return askFor(kind);
  if (kind == Kind::Pinned && shown_)
    return settle(
        kind,
        {.path = shown_run_, .network = shown_->network, .run = runName(shown_run_), .what = shown_->when},
        shown_->frame->network_at.steps);
  settle(kind == Kind::Pinned ? Kind::Nothing : kind, {}, std::nullopt);
}

void DigitsMinus::askFor(Kind kind) {
  const QString chosen =
      kind == Kind::Run
          ? QFileDialog::getExistingDirectory(page_, tr("Compare with a run"))
          : QFileDialog::getOpenFileName(page_, tr("Compare with a checkpoint"), {}, checkpointFilter());
  if (!chosen.isEmpty())
    tell(kind == Kind::Run ? chooseRun(chosen.toStdString()) : chooseCheckpoint(chosen.toStdString()));
  box_->setCurrentIndex(static_cast<int>(kind_));
}

void DigitsMinus::tell(const Status& done) {
  if (!done) emit failed(QString::fromStdString(done.error().sentence()));
}

void DigitsMinus::write(QJsonObject& json) const {
  if (kind_ == Kind::Nothing) return;
  const bool own = kind_ == Kind::Start || kind_ == Kind::Pinned;
  json["minus_run"] = own ? QString() : QString::fromStdString(other_.path.string());
  json["minus_step"] = kind_ == Kind::Start ? 0 : static_cast<qint64>(step_.value_or(-1));
}

Status DigitsMinus::restore(const QJsonObject& json) {
  settle(Kind::Nothing, {}, std::nullopt);
  if (!json.contains("minus_step")) return {};
  const std::filesystem::path path = json.value("minus_run").toString().toStdString();
  const std::int64_t step = json.value("minus_step").toInteger();
  std::error_code code;
  if (path.empty() && step == 0) {
    settle(Kind::Start, {}, std::nullopt);
    return {};
  }
  if (path.empty()) return take(Kind::Pinned, json.value("run").toString().toStdString(), step);
  if (!std::filesystem::is_directory(path, code)) return chooseCheckpoint(path);
  if (const auto chosen = chooseRun(path); !chosen) return chosen;
  const int item = steps_->findData(static_cast<qlonglong>(step));
  if (item < 0) return {};
  steps_->setCurrentIndex(item);
  return take(Kind::Run, path, step);
}

}  // namespace synann::ui
