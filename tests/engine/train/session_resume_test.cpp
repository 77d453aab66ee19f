// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <utility>

#include <QTest>

#include "engine/std_strings.h"
#include "engine/train/checkpoint.h"
#include "engine/train/checkpoint_fixtures.h"
#include "engine/train/history.h"
#include "engine/train/optimiser_file.h"
#include "engine/train/session.h"
#include "engine/train/session_fixtures.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::testing;

namespace {

// What counts of two histories is the same to the bit; the times are not compared.
QString history_difference(const History& a, const History& b) {
  if (a.losses != b.losses) return "losses";
  if (a.examples != b.examples) return "examples";
  if (a.evaluations.size() != b.evaluations.size()) return "number of evaluations";
  for (std::size_t k = 0; k < a.evaluations.size(); ++k) {
    const Evaluation &x = a.evaluations[k], &y = b.evaluations[k];
    if (x.epoch != y.epoch || x.examples != y.examples || x.train_loss != y.train_loss ||
        x.test_loss != y.test_loss || x.correct != y.correct || x.best != y.best)
      return QString("evaluation %1").arg(k);
  }
  return {};
}

// Makes so many steps, one by one, and stops.
struct Steps : Recorder {
  explicit Steps(int count) : left(count) {}
  Session* session = nullptr;
  int left;

  void on_state(State state, const std::string& why) override {
    Recorder::on_state(state, why);
    if (state != State::Paused) return;
    if (left-- > 0) {
      session->post({Command::Kind::StepBatch});
    } else {
      session->request_stop();
    }
  }
};

}  // namespace

// A run goes on from what a checkpoint holds, whatever else lies in its folder.
class SessionResumeTest : public QObject, private SessionRuns {
  Q_OBJECT
 private slots:
  void init() { QVERIFY(renew()); }
  void aHistoryThatRanAheadIsCutBack_data();
  void aHistoryThatRanAheadIsCutBack();
  void aTornHistoryGoesOn();
  void aFreshOptimiserStartsAtZero_data();
  void aFreshOptimiserStartsAtZero();
  void aMissingOptimiserIsRefused();
  void theFirstFormatGoesOn();
  void aLinkedCheckpointIsItsFile_data();
  void aLinkedCheckpointIsItsFile();
  void aSecondNameOverwritesNothing();
  void oldOptimiserFilesGo();

 private:
  // The files of a checkpoint, as they are now.
  std::vector<std::pair<fs::path, QByteArray>> saved(const fs::path& folder) const {
    std::vector<std::pair<fs::path, QByteArray>> files;
    for (const QString& name : listing(folder, "*.safetensors"))
      files.emplace_back(folder / name.toStdString(), bytes_of(folder / name.toStdString()));
    return files;
  }
  static void put_back(const std::vector<std::pair<fs::path, QByteArray>>& files) {
    for (const auto& [path, bytes] : files) {
      QFile file(QString::fromStdString(path.string()));
      QVERIFY(file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size());
    }
  }
  // As version 0.1.0 would have written it: with the optimiser's state among the metadata.
  static void make_first_format(const fs::path& checkpoint) {
    const auto loaded = read_checkpoint(checkpoint, OptimiserState::Read);
    QVERIFY(loaded.ok());
    const model::State& state = loaded->checkpoint.state;
    auto content = *io::parse_safetensors(*io::read_tensor_file(checkpoint), "checkpoint");
    for (const char* key : {"synann.format", "synann.optimizer"}) content.metadata.erase(key);
    content.metadata["format"] = "synann-checkpoint-1";
    content.metadata["momentum"] = base64_of(state.momenta);
    if (!state.squares.empty()) content.metadata["adam_squares"] = base64_of(state.squares);
    QVERIFY(write_file_atomically(checkpoint, io::format_safetensors(content)).ok());
    QVERIFY(fs::remove(checkpoint.parent_path() / loaded->optimiser_file));
  }
  // Goes on, or begins, for so many steps.
  void step(const fs::path& folder, int count, const fs::path& resume = {}) const {
    Steps seen(count);
    auto session = Session::create({.settings = tiny_settings(),
                                    .execution = {.threads = 1},
                                    .data = data_,
                                    .folder = folder,
                                    .resume = resume,
                                    .start_paused = true},
                                   seen);
    if (!session) qFatal("%s", session.error().sentence().c_str());
    seen.session = session->get();
    QVERIFY((*session)->run().ok());
  }
  void resume_fresh(const fs::path& folder, const Settings& settings) const {
    Recorder seen;
    auto session = Session::create({.settings = settings,
                                    .execution = {.threads = 1},
                                    .data = data_,
                                    .folder = folder,
                                    .resume = folder / kLastCheckpoint,
                                    .fresh_optimiser = true},
                                   seen);
    if (!session) qFatal("%s", session.error().sentence().c_str());
    QVERIFY((*session)->run().ok());
  }
};

void SessionResumeTest::aHistoryThatRanAheadIsCutBack_data() {
  QTest::addColumn<int>("saved_after");
  QTest::addColumn<int>("left_after");  // steps more
  QTest::newRow("before the first evaluation") << 0 << 3;
  QTest::newRow("within an epoch") << 3 << 2;
  QTest::newRow("over the end of an epoch") << 3 << 9;
  QTest::newRow("to the end of the run") << 9 << 12;
  QTest::newRow("before the evaluation of an epoch") << 7 << 9;
  QTest::newRow("before the last evaluation") << 21 << 0;
}

// A process that is killed leaves a history that knows more than its last checkpoint.
void SessionResumeTest::aHistoryThatRanAheadIsCutBack() {
  QFETCH(int, saved_after);
  QFETCH(int, left_after);
  run(at("whole"));
  step(at("a"), saved_after);
  const auto checkpoint = saved(at("a"));
  QCOMPARE(read_history(at("a"))->losses.size(), static_cast<std::size_t>(saved_after));
  step(at("a"), left_after, at("a") / kLastCheckpoint);
  const auto ahead = bytes_of(at("a") / kHistoryFile);
  put_back(checkpoint);
  run(at("a"), 1, at("a") / kLastCheckpoint);
  const auto h = read_history(at("a")), whole = read_history(at("whole"));
  QVERIFY(h.ok() && whole.ok());
  QCOMPARE(history_difference(*h, *whole), QString());
  QVERIFY(bytes_of(at("a") / kHistoryFile).startsWith(ahead));
  for (const char* file : {kLastCheckpoint, kBestCheckpoint})
    QVERIFY2(bytes_of(at("a") / file) == bytes_of(at("whole") / file), file);
}

void SessionResumeTest::aTornHistoryGoesOn() {
  run(at("whole"));
  run(at("a"), 1, {}, 9);
  for (const qint64 torn : {3, 20}) {
    const auto checkpoint = saved(at("a"));
    run(at("a"), 1, at("a") / kLastCheckpoint, 2);
    put_back(checkpoint);
    QFile file(QString::fromStdString((at("a") / kHistoryFile).string()));
    QVERIFY(file.open(QIODevice::ReadWrite) && file.resize(file.size() - torn));
  }
  run(at("a"), 1, at("a") / kLastCheckpoint);
  const auto h = read_history(at("a"));
  QVERIFY2(h.ok(), h.ok() ? "" : h.error().sentence().c_str());
  QCOMPARE(history_difference(*h, *read_history(at("whole"))), QString());
  QCOMPARE(h->resumes.back().torn, 1);
}

void SessionResumeTest::aFreshOptimiserStartsAtZero_data() {
  QTest::addColumn<QString>("optimizer");
  QTest::newRow("sgd") << "sgd";
  QTest::newRow("adam") << "adam";
}

// The same as going on from a checkpoint whose state of the optimiser is zero; its file need not be there.
void SessionResumeTest::aFreshOptimiserStartsAtZero() {
  QFETCH(QString, optimizer);
  auto settings = tiny_settings();
  settings.optimizer = optimizer.toStdString();
  for (const char* name : {"zero", "fresh", "gone", "first"})
    run(at(name), 1, {}, 1, settings);  // the first span
  auto loaded = read_checkpoint(at("zero") / kLastCheckpoint, OptimiserState::Read);
  QVERIFY(loaded.ok());
  auto& state = loaded->checkpoint.state;
  QVERIFY(std::any_of(state.momenta.begin(), state.momenta.end(), [](float v) { return v != 0; }));
  std::fill(state.momenta.begin(), state.momenta.end(), 0.0f);
  std::fill(state.squares.begin(), state.squares.end(), 0.0f);
  // The bias correction counts from there: without, the first updates would be three times as long.
  if (optimizer == "adam") loaded->checkpoint.optimiser_begun = loaded->checkpoint.position.step;
  QVERIFY(write_checkpoint(at("zero") / kLastCheckpoint, loaded->checkpoint, *loaded->model).ok());
  run(at("zero"), 1, at("zero") / kLastCheckpoint, -1, settings);

  resume_fresh(at("fresh"), settings);
  QVERIFY(fs::remove(at("gone") / read_checkpoint(at("gone") / kLastCheckpoint)->optimiser_file));
  resume_fresh(at("gone"), settings);
  make_first_format(at("first") / kLastCheckpoint);
  resume_fresh(at("first"), settings);
  const auto expected = bytes_of(at("zero") / kLastCheckpoint);
  QCOMPARE(read_checkpoint(at("fresh") / kLastCheckpoint)->checkpoint.optimiser_begun,
           optimizer == "adam" ? 1 : 0);
  QVERIFY(bytes_of(at("fresh") / kLastCheckpoint) == expected);
  QVERIFY(bytes_of(at("gone") / kLastCheckpoint) == expected);
  QVERIFY(bytes_of(at("first") / kLastCheckpoint) == expected);
  QVERIFY(read_history(at("fresh"))->resumes.at(0).fresh_optimiser);
  QVERIFY(!read_history(at("zero"))->resumes.at(0).fresh_optimiser);
}

void SessionResumeTest::aMissingOptimiserIsRefused() {
  run(at("a"), 1, {}, 3);
  const fs::path last = at("a") / kLastCheckpoint;
  QVERIFY(fs::remove(at("a") / read_checkpoint(last)->optimiser_file));
  const auto history = bytes_of(at("a") / kHistoryFile);
  Recorder seen;
  const auto session =
      Session::create({.settings = tiny_settings(), .data = data_, .folder = at("a"), .resume = last}, seen);
  QVERIFY(!session.ok());
  QVERIFY2(session.error().sentence().find("resume with --fresh-optimizer") != std::string::npos,
           session.error().sentence().c_str());
  QVERIFY(bytes_of(at("a") / kHistoryFile) == history);
}

// Momenta that the metadata hold, as version 0.1.0 wrote them.
void SessionResumeTest::theFirstFormatGoesOn() {
  run(at("whole"));
  run(at("a"), 1, {}, 9);
  const fs::path last = at("a") / kLastCheckpoint;
  make_first_format(last);
  run(at("a"), 1, last);
  QVERIFY(bytes_of(last) == bytes_of(at("whole") / kLastCheckpoint));
  QCOMPARE(history_difference(*read_history(at("a")), *read_history(at("whole"))), QString());
}

void SessionResumeTest::aLinkedCheckpointIsItsFile_data() {
  QTest::addColumn<QString>("folder");
  QTest::newRow("in its own folder") << "a";
  QTest::newRow("in another folder") << "b";
}

// What belongs to a checkpoint lies beside the file, wherever links to it lie.
void SessionResumeTest::aLinkedCheckpointIsItsFile() {
  QFETCH(QString, folder);
  run(at("whole"));
  run(at("a"), 1, {}, 9);
  fs::create_directory(at("links"));
  fs::create_symlink("../a/last.safetensors", at("links") / "best-so-far");
  const auto history = bytes_of(at("a") / kHistoryFile);
  const fs::path out = at(qPrintable(folder));
  run(out, 1, at("links") / "best-so-far");
  QVERIFY(bytes_of(out / kHistoryFile).startsWith(history));
  QCOMPARE(history_difference(*read_history(out), *read_history(at("whole"))), QString());
  QVERIFY(bytes_of(out / kLastCheckpoint) == bytes_of(at("whole") / kLastCheckpoint));
  QVERIFY(!fs::exists(out / "earlier-1"));
}

// The same file by another name is not the run's own checkpoint, and what stood there is kept.
void SessionResumeTest::aSecondNameOverwritesNothing() {
  run(at("a"), 1, {}, 9);
  fs::create_directory(at("links"));
  fs::create_hard_link(at("a") / kLastCheckpoint, at("links") / kLastCheckpoint);
  const auto history = bytes_of(at("a") / kHistoryFile);
  Recorder seen;
  const auto session = Session::create({.settings = tiny_settings(),
                                        .execution = {.threads = 1},
                                        .data = data_,
                                        .folder = at("a"),
                                        .resume = at("links") / kLastCheckpoint,
                                        .fresh_optimiser = true},
                                       seen);
  QVERIFY2(session.ok(), session.ok() ? "" : session.error().sentence().c_str());
  QVERIFY(bytes_of(at("a") / "earlier-1" / kHistoryFile) == history);
}

// After any number of saves there are the states that best and last name, and no others.
void SessionResumeTest::oldOptimiserFilesGo() {
  const auto check = [&](const fs::path& folder) {
    QStringList named;
    for (const char* file : {kBestCheckpoint, kLastCheckpoint}) {
      const auto loaded = read_checkpoint(folder / file, OptimiserState::Read);
      QVERIFY2(loaded.ok(), loaded.ok() ? "" : loaded.error().sentence().c_str());
      named << QString::fromStdString(loaded->optimiser_file);
    }
    named.removeDuplicates();
    named.sort();
    QCOMPARE(listing(folder, "optimizer-*"), named);
  };
  run(at("a"), 1, {}, 16);
  check(at("a"));
  run(at("a"), 1, at("a") / kLastCheckpoint, 2);
  check(at("a"));
  run(at("b"), 1, at("a") / kBestCheckpoint, 9);
  check(at("b"));
  run(at("a"), 1, at("a") / kBestCheckpoint);  // what stood there is kept
  check(at("a"));
  check(at("a") / "earlier-1");
}

SYNANN_TEST(SessionResumeTest)
#include "session_resume_test.moc"
