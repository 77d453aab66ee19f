// SPDX-License-Identifier: GPL-3.0-or-later
// Runs as TensorBoard's event files: what stands in them is what the run says, and names and notes do no
// harm.
#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include <QDir>
#include <QFile>
#include <QTest>

#include "engine/data/registry.h"
#include "engine/exports/foreign_curve.h"
#include "engine/exports/format.h"
#include "engine/exports/tensorboard/event_file.h"
#include "engine/exports/tensorboard/event_folder.h"
#include "engine/exports/tensorboard/live_log.h"
#include "engine/runs/run_notes.h"
#include "engine/train/checkpoint.h"
#include "engine/train/history.h"
#include "engine/train/record.h"
#include "tests/engine/train/session_fixtures.h"
#include "tests/test_main.h"

namespace synann::exports {

class TensorboardTest : public QObject, testing::SessionRuns {
  Q_OBJECT

 private slots:
  void init();
  void scalarsAreTheHistorys();
  void aRunWithoutARecordHasItsCheckpoints();
  void equalRunsGiveEqualBytes();
  void nothingIsOverwritten();
  void whatIsGivenUpLeavesNothing();
  void hostileNamesAndNotesDoNoHarm();
  void aRunThatIsTrainedIsTold();
  void aResumedRunGoesOnInAFurtherFile();
  void aFolderThatCannotBeWrittenIsSaidBefore();

 private:
  using Curves = std::map<std::string, ForeignCurve>;

  const Format& format() const { return **find_format("tensorboard"); }
  // Where no data are named, there are none.
  Result<Written> exportTo(const std::filesystem::path& out, std::vector<std::filesystem::path> runs,
                           const infer::Work& work = {}, const std::string& data = "/nowhere") const {
    return write(format(), {.out = out, .runs = std::move(runs), .content = Content::Report, .data = data},
                 work);
  }
  static Curves curvesOf(const std::filesystem::path& path) {
    const auto run = read_foreign_run(path);
    if (!run) qFatal("%s", run.error().sentence().c_str());
    Curves curves;
    for (const ForeignCurve& curve : run->curves) curves[curve.name] = curve;
    return curves;
  }
  // Of the losses of a history, which must be those of every step.
  static void checkLosses(const Curves& curves, const std::filesystem::path& run) {
    const auto history = train::read_history(run);
    QVERIFY(history);
    const ForeignCurve& losses = curves.at("loss/train_batch");
    QCOMPARE(losses.y.size(), history->losses.size());
    for (std::size_t k = 0; k < losses.y.size(); ++k) {
      QCOMPARE(losses.x[k], static_cast<double>(k));
      QCOMPARE(losses.y[k], static_cast<double>(history->losses[k]));
    }
    const ForeignCurve& accuracy = curves.at("accuracy/test");
    QCOMPARE(accuracy.x.size(), history->evaluations.size());
    for (std::size_t k = 0; k < accuracy.x.size(); ++k) {
      QCOMPARE(accuracy.x[k], static_cast<double>(k) * history->start.steps_per_epoch);
      QCOMPARE(accuracy.y[k], static_cast<double>(static_cast<float>(history->evaluations[k].accuracy())));
    }
  }
  // A run with TensorBoard beside it.
  void train(const std::filesystem::path& out, const std::filesystem::path& log, int stop_after = -1,
             bool resume = false) {
    testing::Recorder seen;
    auto board = tensorboard::open_live_log(
        log, resume ? tensorboard::LogStart::Resumed : tensorboard::LogStart::New, seen);
    if (!board) qFatal("%s", board.error().sentence().c_str());
    auto session = testing::Session::create({.settings = testing::tiny_settings(),
                                             .execution = {.threads = 1},
                                             .data = data_,
                                             .folder = out,
                                             .resume = resume ? out / train::kLastCheckpoint : ""},
                                            **board);
    if (!session) qFatal("%s", session.error().sentence().c_str());
    seen.after_steps = [&](int steps) {
      if (stop_after >= 0 && steps >= stop_after) (*session)->request_stop();
    };
    if (!(*session)->run()) qFatal("the run failed");
  }
  static std::string textOf(const std::filesystem::path& path) {
    return testing::bytes_of(path).toStdString();
  }
  static std::filesystem::path onlyFile(const std::filesystem::path& folder) {
    const QDir dir(QString::fromStdString(folder.string()));
    const QStringList files = dir.entryList(QDir::Files | QDir::Hidden);
    if (files.size() != 1) qFatal("%s holds %d files", folder.c_str(), static_cast<int>(files.size()));
    return folder / files[0].toStdString();
  }
};

void TensorboardTest::init() {
  QVERIFY(renew());
}

void TensorboardTest::scalarsAreTheHistorys() {
  run(at("one"));
  run(at("deep") / "one");
  QVERIFY(data::write_idx_folder(*data_, at("data"), false));
  const auto written = exportTo(at("logs"), {at("one"), at("deep") / "one"}, {}, at("data").string());
  QVERIFY2(written, written ? "" : written.error().sentence().c_str());
  QCOMPARE(written->files.size(), std::size_t{2});
  QCOMPARE(written->files[0].parent_path(), at("logs") / "one");
  QCOMPARE(written->files[1].parent_path(), at("logs") / "one-2");
  const Curves curves = curvesOf(written->files[0]);
  checkLosses(curves, at("one"));
  for (const char* tag :
       {"loss/test", "loss/train", "accuracy/best", "learning_rate", "network/gradient_norm",
        "network/dead_share", "network/headroom", "network/beta_norm", "seconds/training"})
    QVERIFY2(curves.contains(tag), tag);
  const std::string text = textOf(written->files[0]);
  for (const char* tag :
       {"brain.Event:2", "beta/fcn", "beta/fcn/picture", "tensors/fcn.weight", "tensors/conv1.weight",
        "confusion", "_hparams_/experiment", "_hparams_/session_start_info", "_hparams_/session_end_info"})
    QVERIFY2(text.find(tag) != std::string::npos, tag);
  // The folder of both is read too.
  QVERIFY(curvesOf(at("logs")).contains("one-2/loss/test"));
}

// Histograms of the best epoch and of the last, each once; where there is neither, that is said.
void TensorboardTest::aRunWithoutARecordHasItsCheckpoints() {
  testing::Settings settings = testing::tiny_settings();
  settings.model = "linear";
  run(at("one"), 1, {}, -1, settings);
  QVERIFY(!std::filesystem::exists(at("one") / train::kNetworkRecord));
  const auto best = train::read_checkpoint(at("one") / train::kBestCheckpoint),
             last = train::read_checkpoint(at("one") / train::kLastCheckpoint);
  QVERIFY(best && last);
  const auto export_and_count = [&](const char* out, const char* words) {
    const auto written = exportTo(at(out), {at("one")});
    if (!written) qFatal("%s", written.error().sentence().c_str());
    const bool said = std::ranges::any_of(
        written->notes, [&](const std::string& note) { return note.find(words) != std::string::npos; });
    if (!said) return -1;
    const std::string text = textOf(written->files[0]);
    int count = 0;
    for (std::size_t at = 0; (at = text.find("tensors/", at)) != std::string::npos; ++at) ++count;
    return count;
  };
  const int tensors = static_cast<int>(last->model->parameters.all().size());
  const int frames = best->checkpoint.position == last->checkpoint.position ? 1 : 2;
  QVERIFY(tensors > 0);
  QCOMPARE(export_and_count("both", "histograms of its tensors are those of its checkpoints"),
           frames * tensors);
  std::filesystem::remove(at("one") / train::kBestCheckpoint);
  std::filesystem::remove(at("one") / train::kLastCheckpoint);
  QCOMPARE(export_and_count("none", "there are no histograms of its tensors"), 0);
}

void TensorboardTest::equalRunsGiveEqualBytes() {
  run(at("one"));
  const auto first = exportTo(at("first"), {at("one")});
  QVERIFY(first);
  QVERIFY(std::ranges::any_of(first->notes, [](const std::string& note) {
    return note.find("without the data there are no confusion matrices") != std::string::npos;
  }));
  QVERIFY(exportTo(at("a"), {at("one")}) && exportTo(at("b"), {at("one")}));
  QVERIFY(textOf(onlyFile(at("a") / "one")) == textOf(onlyFile(at("b") / "one")));
}

void TensorboardTest::nothingIsOverwritten() {
  run(at("one"));
  QVERIFY(exportTo(at("logs"), {at("one")}));
  const auto again = exportTo(at("logs"), {at("one")});
  QVERIFY(!again);
  QVERIFY(
      again.error().sentence().starts_with((at("logs") / "one").string() + ": already holds event files"));
  onlyFile(at("logs") / "one");
}

void TensorboardTest::whatIsGivenUpLeavesNothing() {
  run(at("one"));
  run(at("two"));
  std::stop_source stop;
  int told = 0;
  const auto written = exportTo(at("logs"), {at("one"), at("two")},
                                {.stop = stop.get_token(), .progress = [&](int done, int count) {
                                   QVERIFY(done >= told && done <= count);
                                   told = done;
                                   if (2 * done > count) stop.request_stop();
                                 }});
  QVERIFY(!written && written.error().kind == ErrorKind::Cancelled);
  QVERIFY(told > 0);
  QVERIFY(!std::filesystem::exists(at("logs") / "one") && !std::filesystem::exists(at("logs") / "two"));
}

void TensorboardTest::hostileNamesAndNotesDoNoHarm() {
  const auto hostile = at("..<script>alert(1)</x>\n") / "..&";
  std::filesystem::create_directories(hostile.parent_path());
  run(hostile);
  QVERIFY(runs::change_notes(hostile, [](runs::RunNotes& notes) {
    notes.title = "<img src=x onerror=alert(1)>";
    notes.note = "[x](javascript:alert(1))\n# *b* `c` <script>";
  }));
  const auto written = exportTo(at("logs"), {hostile});
  QVERIFY2(written, written ? "" : written.error().sentence().c_str());
  QCOMPARE(written->files[0].parent_path(), at("logs") / "_._");
  const std::string text = textOf(written->files[0]);
  for (const char* harm : {"<script", "<img", "](javascript", "# *b* `c`"})
    QVERIFY2(text.find(harm) == std::string::npos, harm);
  QVERIFY(text.find("&#60;img src&#61;x onerror&#61;alert&#40;1&#41;&#62;") != std::string::npos);
}

void TensorboardTest::aRunThatIsTrainedIsTold() {
  train(at("one"), at("log"));
  checkLosses(curvesOf(at("log")), at("one"));
  const std::string text = textOf(onlyFile(at("log")));
  for (const char* tag : {"beta/fcn", "tensors/fcn.weight", "_hparams_/session_end_info"})
    QVERIFY2(text.find(tag) != std::string::npos, tag);
  testing::Recorder seen;
  const auto again = tensorboard::open_live_log(at("log"), tensorboard::LogStart::New, seen);
  QVERIFY(!again);
  QVERIFY(again.error().sentence().find("already holds event files") != std::string::npos);
}

void TensorboardTest::aResumedRunGoesOnInAFurtherFile() {
  train(at("one"), at("log"), 9);
  train(at("one"), at("log"), -1, true);
  QCOMPARE(QDir(QString::fromStdString(at("log").string())).entryList(QDir::Files).size(), 2);
  checkLosses(curvesOf(at("log")), at("one"));
}

// A folder that cannot be made is an error before training; a run that is not begun leaves no file.
void TensorboardTest::aFolderThatCannotBeWrittenIsSaidBefore() {
  testing::Recorder seen;
  QFile file(QString::fromStdString(at("file").string()));
  QVERIFY(file.open(QIODevice::WriteOnly));
  QVERIFY(!tensorboard::open_live_log(at("file") / "log", tensorboard::LogStart::New, seen));
  QVERIFY(tensorboard::open_live_log(at("empty"), tensorboard::LogStart::New, seen));
  QVERIFY(!std::filesystem::exists(at("empty")));
}

}  // namespace synann::exports

SYNANN_TEST(synann::exports::TensorboardTest)
#include "tensorboard_test.moc"
