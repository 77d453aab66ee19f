// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <QElapsedTimer>
#include <QObject>
#include <QString>
#include <QTimer>

#include "engine/train/log_lines.h"
#include "engine/train/settings.h"
#include "ui/session/run_follower.h"
#include "ui/session/run_job.h"
#include "ui/session/snapshot.h"

namespace synann::ui {

// The only bridge between the window and the engine. Lives in the window's thread and never waits for the
// engine: commands go to the training thread by queue, snapshots come back at most 30 times a second. One run
// is open at a time; what is asked for while the thread is still busy with something else is done as soon as
// it is free.
class TrainingController : public QObject {
  Q_OBJECT

 public:
  using FolderChooser = std::function<std::filesystem::path(const train::Settings&)>;

  explicit TrainingController(QObject* parent = nullptr);
  ~TrainingController() override;  // stops, saves and joins

  // Where data sets and run folders come from; the engine's own ways unless set.
  void setDataOpener(DataOpener opener) { open_data_ = std::move(opener); }
  void setFolderChooser(FolderChooser chooser) { choose_folder_ = std::move(chooser); }
  // From the next start on, and where a run is open from its next epoch on.
  void setExecution(const train::Execution& execution);
  // Of the records in a run's folder, from the next new run on.
  void setRecordBytes(std::int64_t bytes) { record_.bytes = bytes; }
  const train::Execution& execution() const { return execution_; }

  RunState state() const { return state_; }
  bool busy() const { return thread_.joinable(); }  // the training thread exists
  bool sessionOpen() const { return busy() && job_.kind == RunJob::Kind::Train; }
  // Stop was asked for and the run is not over yet.
  bool stopping() const { return stopping_ && !ended(); }
  // What train() with these settings would do: go on with the open run, take up the one that has ended, or
  // begin another; and how many epochs there are in the end. A run that has had more epochs than are asked
  // for is over.
  struct Next {
    enum class Kind { GoOn, TrainOn, Begin } kind = Kind::Begin;
    int epochs = 0;
  };
  Next next(const train::Settings& settings) const;
  int epochsDone() const { return progress_.position.epoch - 1; }  // whole ones, of the run at hand
  // Of the run at hand, live changes included; null where there is none.
  const train::Settings* runSettings() const { return run_ ? &run_->settings : nullptr; }
  std::filesystem::path runFolder() const { return run_ ? run_->folder : std::filesystem::path(); }
  const Progress& progress() const { return progress_; }

 public slots:
  void openData(
      const QString& spec);  // in advance, so that Train starts at once and a bad folder is told now
  // Shows it; while another program writes it, live.
  void openRun(const QString& folder);
  // Each starts, continues or resumes the run with these settings, whichever applies.
  void train(const synann::train::Settings& settings);
  void stepBatch(const synann::train::Settings& settings);
  void stepEpoch(const synann::train::Settings& settings);
  void restart(const synann::train::Settings& settings);  // a new run; the same seed gives the same losses
  // A new run that begins with this network and its settings; whatever trains is stopped first.
  void trainFrom(const synann::ui::NetworkStartPtr& start);
  void pause();
  void stop();      // finishes the step and saves
  void shutDown();  // stop, and start nothing more; idle() follows unless nothing is busy
  // The network's numbers with a later snapshot; nothing where no session is open.
  void requestWeights();
  // A live setting of the open run (train::live_keys()): lr, momentum, schedule, clip, …
  void setLive(std::string_view key, const synann::train::SettingValue& value);

 signals:
  void stateChanged(synann::ui::RunState state, const QString& reason);
  void updated(const synann::ui::Snapshot& snapshot);
  void runBegan();                        // a new run: whatever is shown of an earlier one is over
  void dataRefused(const QString& spec);  // it could not be opened; failed() tells why
  // The run at hand has these settings: it was opened or resumed, or the engine set them otherwise than
  // asked.
  void settingsChanged(const synann::train::Settings& settings);
  // What was asked for could not be had: this is how the run is computed.
  void executionRefused(const synann::train::Execution& stays);
  void failed(const QString& sentence);
  void noticed(const QString& sentence);
  void idle();   // the training thread has ended and nothing waits
  void woken();  // from the training thread to this object alone: there is something to take

 private:
  enum class Intent { Train, StepBatch, StepEpoch, Restart, OpenData, OpenRun };
  struct Request {
    Intent intent;
    train::Settings settings;
    std::filesystem::path folder;
    NetworkStartPtr start{};  // of a restart
  };
  // The run that Train would go on with.
  struct OpenRun {
    train::Settings settings;  // as the engine has them now, live changes included
    std::filesystem::path folder;
    int first_epochs = 0;  // the total it was started with
    bool saved = false;    // there is a checkpoint to go on from
  };

  bool ended() const {
    return state_ == RunState::Stopped || state_ == RunState::Finished || state_ == RunState::Failed;
  }
  void request(Request request);
  void carryOut(const Request& request);
  void steer(const Request& request);
  void beginRun(const Request& request);
  void continueRun(const Request& request);
  void launch(RunJob job, Intent intent);
  void wake();
  void takeSnapshot();
  void absorb(const Snapshot& snapshot);
  void absorbStart(const train::StartInfo& start);
  void absorbReadRun(const train::History& history, const std::filesystem::path& folder_or_file);
  void follow();
  void stopFollowing();
  void takeFollowed();
  void absorbChange(const train::SettingChange& change);
  void finishJob();
  void abandonJob();
  void setState(RunState state, const QString& reason);
  void postLive(std::string_view key, const train::SettingValue& value);
  static void postIntent(CommandLink& link, Intent intent);

  DataOpener open_data_;
  FolderChooser choose_folder_;
  train::Execution execution_;
  train::RecordBudget record_;
  data::DataPairPtr data_;  // opened last
  RunState state_ = RunState::Ready;
  RunState settled_ = RunState::Ready;  // to return to when opening something did not work
  Progress progress_;
  bool stopping_ = false;
  bool shutting_down_ = false;
  bool started_ = false;  // the job's session has begun
  std::optional<OpenRun> run_;
  std::optional<OpenRun> run_before_;  // to return to when a new run does not come to be
  std::optional<Request> next_;

  RunJob job_;                       // what the thread does, or did last
  std::vector<std::string> posted_;  // keys of the live settings that this job was told
  std::shared_ptr<CommandLink> link_;
  std::shared_ptr<SnapshotMailbox> mailbox_;
  QElapsedTimer since_take_;
  QTimer take_timer_;
  std::shared_ptr<const train::History> opened_;  // of the run that is only shown
  std::shared_ptr<SnapshotMailbox> follow_mailbox_;
  // Last: joined before anything they use goes away.
  std::optional<RunFollower> follower_;
  std::jthread thread_;
};

}  // namespace synann::ui
