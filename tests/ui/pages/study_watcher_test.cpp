// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/study/study_watcher.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include "engine/core/folder_lock.h"
#include "tests/test_main.h"
#include "tests/ui/session/small_data.h"

namespace synann::ui {

using testing::kWait;

// A folder that others write is read when it has changed, and only then.
class StudyWatcherTest : public QObject {
  Q_OBJECT

 private slots:
  void init();
  void whatHasNotChangedIsNotToldAgain();
  void whoWritesIsNews();
  void whatIsAskedForIsToldInAnyCase();
  void whatCannotBeReadIsTriedAgain();
  void aFollowedFolderTellsWhatChanges();

 private:
  void write(int runs) const;
  void settle(StudyWatcher& watcher) const { QTRY_VERIFY_WITH_TIMEOUT(!watcher.busy(), kWait); }
  void look(StudyWatcher& watcher) const {
    watcher.look(folder());
    settle(watcher);
  }
  std::filesystem::path folder() const { return home_->path().toStdString(); }

  std::unique_ptr<QTemporaryDir> home_;
  std::vector<StudyRead> told_;
  StudyWatcher::Told tell_ = [this](const StudyRead& read) { told_.push_back(read); };
};

void StudyWatcherTest::init() {
  home_ = std::make_unique<QTemporaryDir>();
  told_.clear();
}

void StudyWatcherTest::write(int runs) const {
  runs::StudyFile file;
  file.plan.models = {train::recommended_settings("linear", "digits")};
  for (int k = 1; k <= runs; ++k) {
    runs::StudyRun run;
    run.settings = file.plan.models.front();
    run.settings.seed = static_cast<std::uint64_t>(k);
    file.runs.push_back(run);
  }
  QVERIFY(runs::write_study(folder(), file).ok());
}

void StudyWatcherTest::whatHasNotChangedIsNotToldAgain() {
  write(1);
  StudyWatcher watcher(tell_);
  look(watcher);
  look(watcher);
  QCOMPARE(told_.size(), std::size_t{1});
  QCOMPARE(told_[0].file->runs.size(), std::size_t{1});
  write(2);
  look(watcher);
  look(watcher);
  QCOMPARE(told_.size(), std::size_t{2});
  QCOMPARE(told_[1].file->runs.size(), std::size_t{2});
}

void StudyWatcherTest::whoWritesIsNews() {
  write(1);
  StudyWatcher watcher(tell_);
  look(watcher);
  QVERIFY(told_[0].stamp.writer.isEmpty());
  {
    const auto lock = FolderLock::take(folder());
    QVERIFY(lock.ok());
    look(watcher);
    QCOMPARE(told_.size(), std::size_t{2});
    QVERIFY(!told_[1].stamp.writer.isEmpty());
  }
  look(watcher);
  QCOMPARE(told_.size(), std::size_t{3});
  QVERIFY(told_[2].stamp.writer.isEmpty());
}

void StudyWatcherTest::whatIsAskedForIsToldInAnyCase() {
  write(1);
  StudyWatcher watcher(tell_);
  look(watcher);
  watcher.read(folder());
  settle(watcher);
  QCOMPARE(told_.size(), std::size_t{2});
  watcher.forget();
  look(watcher);
  QCOMPARE(told_.size(), std::size_t{3});
}

void StudyWatcherTest::whatCannotBeReadIsTriedAgain() {
  StudyWatcher watcher(tell_);
  look(watcher);
  look(watcher);
  QCOMPARE(told_.size(), std::size_t{2});
  QVERIFY(!told_[1].file && told_[1].problem.contains("study.json"));
  write(1);
  look(watcher);
  QVERIFY(told_[2].file.has_value());
}

void StudyWatcherTest::aFollowedFolderTellsWhatChanges() {
  write(1);
  StudyWatcher watcher(tell_);
  watcher.follow(folder());
  QTRY_COMPARE_WITH_TIMEOUT(told_.size(), std::size_t{1}, kWait);
  write(3);
  QTRY_COMPARE_WITH_TIMEOUT(told_.size(), std::size_t{2}, kWait);
  QCOMPARE(told_[1].file->runs.size(), std::size_t{3});
}

}  // namespace synann::ui

SYNANN_WINDOW_TEST(synann::ui::StudyWatcherTest)
#include "study_watcher_test.moc"
