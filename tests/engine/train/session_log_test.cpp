// SPDX-License-Identifier: GPL-3.0-or-later
#include <functional>
#include <utility>

#include <QTest>

#include "engine/core/version.h"
#include "engine/std_strings.h"
#include "engine/train/checkpoint.h"
#include "engine/train/history.h"
#include "engine/train/session.h"
#include "engine/train/session_fixtures.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::testing;

namespace {

// A recorder that also hears of resumes and notices, and answers each pause with the next commands.
struct CommandListener : Recorder {
  Session* session = nullptr;
  std::vector<std::vector<Command>> commands{};
  std::vector<Resume> resumes{};
  QStringList notices{};

  void on_resume(const Resume& resume) override { resumes.push_back(resume); }
  void on_notice(const std::string& sentence) override { notices << QString::fromStdString(sentence); }
  void on_state(State state, const std::string& why) override {
    Recorder::on_state(state, why);
    if (state != State::Paused || commands.empty()) return;
    for (const Command& command : commands.front()) session->post(command);
    commands.erase(commands.begin());
  }
};

}  // namespace

// What a run's history says of how it went: where it waited, how it was left, and how it went on.
class SessionLogTest : public QObject, private SessionRuns {
  Q_OBJECT
 private slots:
  void init() { QVERIFY(renew()); }
  void pausesAreEvents();
  void theEndSaysWhy_data();
  void theEndSaysWhy();
  void aRunThatWasKilledHasNoEnd();
  void aResumeIsAnEvent();
  void whatTheProgramDoesNotKnowIsTold();
  void aRateThatIsAskedForHoldsFromTheResumeOn();
  void theLogIntervalIsKeptByTheHistoryAlone();
  void whatCannotChangeIsRefused();
  void theFolderIsTheSessions();
  void aSessionThatCannotBeginLeavesNothing();

 private:
  SessionOptions options(const fs::path& folder, const fs::path& resume = {}) {
    return {.settings = tiny_settings(),
            .execution = {.threads = 1},
            .data = data_,
            .folder = folder,
            .resume = resume};
  }
  // Runs to the end.
  static void run_session(SessionOptions session_options, CommandListener& seen) {
    auto session = Session::create(std::move(session_options), seen);
    if (!session) qFatal("%s", session.error().sentence().c_str());
    seen.session = session->get();
    if (const auto end = (*session)->run(); !end) qFatal("%s", end.error().sentence().c_str());
  }
};

void SessionLogTest::pausesAreEvents() {
  CommandListener seen;
  seen.commands = {{{Command::Kind::StepBatch}}, {{Command::Kind::StepEpoch}}, {{Command::Kind::Train}}};
  auto paused = options(at("a"));
  paused.start_paused = true;
  run_session(std::move(paused), seen);
  const auto h = read_history(at("a"));
  QVERIFY(h.ok());
  QVERIFY((h->pauses == std::vector<Pause>{{{1, 0}}, {{1, 1}}, {{2, 0}}}));
  QVERIFY((h->end == End{{4, 0}, State::Finished, ""}));
}

void SessionLogTest::theEndSaysWhy_data() {
  QTest::addColumn<int>("stop_after");
  QTest::addColumn<double>("target");
  QTest::addColumn<int>("state");
  QTest::addColumn<QString>("reason");
  QTest::newRow("all epochs") << -1 << 0.0 << static_cast<int>(State::Finished) << "";
  QTest::newRow("stopped") << 5 << 0.0 << static_cast<int>(State::Stopped) << "stopped by you";
  QTest::newRow("a criterion") << -1 << 1.0 << static_cast<int>(State::Finished)
                               << "the target accuracy of 1 % is reached";
}

void SessionLogTest::theEndSaysWhy() {
  QFETCH(int, stop_after);
  QFETCH(double, target);
  QFETCH(int, state);
  QFETCH(QString, reason);
  auto settings = tiny_settings();
  settings.target_accuracy = target;
  const auto seen = run(at("a"), 1, {}, stop_after, settings);
  const auto h = read_history(at("a"));
  QVERIFY(h.ok() && h->end);
  QCOMPARE(static_cast<int>(h->end->state), state);
  QCOMPARE(QString::fromStdString(h->end->reason), reason);
  QCOMPARE(h->end->reason, seen.reason);
  QCOMPARE(h->steps_at(h->end->position), static_cast<std::int64_t>(seen.losses.size()));
}

void SessionLogTest::aRunThatWasKilledHasNoEnd() {
  CommandListener seen;
  QVERIFY(Session::create(options(at("a")), seen).ok());  // and is gone
  const auto h = read_history(at("a"));
  QVERIFY(h.ok());
  QVERIFY(!h->end);
}

void SessionLogTest::aResumeIsAnEvent() {
  run(at("a"), 1, {}, 9);
  const auto bytes = bytes_of(at("a") / kHistoryFile);
  QVERIFY(read_history(at("a"))->end);
  CommandListener seen;
  const Position there = read_checkpoint(at("a") / kLastCheckpoint)->checkpoint.position;
  {
    auto session = Session::create(options(at("a"), at("a") / kLastCheckpoint), seen);
    QVERIFY(session.ok());
    const auto h = read_history(at("a"));
    QVERIFY(!h->end);
    QCOMPARE(h->resumes.size(), std::size_t{1});
    QVERIFY((*session)->run().ok());
  }
  const auto h = read_history(at("a"));
  QCOMPARE(h->resumes.size(), std::size_t{1});
  const Resume& resume = h->resumes[0];
  QVERIFY(resume.position == there);
  QVERIFY(resume.changed.empty() && !resume.fresh_optimiser);
  QCOMPARE(resume.device, seen.start.device);
  QCOMPARE(resume.threads, 1);
  QCOMPARE(resume.version, std::string(kVersion));
  QCOMPARE(resume.commit, std::string(kCommit));
  QVERIFY(seen.resumes == h->resumes);
  QVERIFY((h->end == End{{4, 0}, State::Finished, ""}));
  QVERIFY(bytes_of(at("a") / kHistoryFile).startsWith(bytes));
}

void SessionLogTest::whatTheProgramDoesNotKnowIsTold() {
  run(at("a"), 1, {}, 2);
  QFile file(QString::fromStdString((at("a") / kHistoryFile).string()));
  QVERIFY(file.open(QIODevice::Append));
  file.write("{\"event\":\"dream\",\"of\":\"sheep\"}\n");
  file.close();
  CommandListener seen;
  run_session(options(at("a"), at("a") / kLastCheckpoint), seen);
  QVERIFY2(seen.notices.filter("event \"dream\"").size() == 1, qPrintable(seen.notices.join("\n")));
  QVERIFY(bytes_of(at("a") / kHistoryFile).contains("sheep"));  // a newer version may want it
  QCOMPARE(read_history(at("a"))->losses.size(), std::size_t{21});
}

void SessionLogTest::aRateThatIsAskedForHoldsFromTheResumeOn() {
  const auto first = run(at("a"), 1, {}, 9);
  const auto done = static_cast<std::int64_t>(first.losses.size());
  auto changed = options(at("a"), at("a") / kLastCheckpoint);
  changed.asked.numbers = {
      {"epochs", 2}, {"lr", 0.5}, {"momentum", tiny_settings().momentum}};  // one stays as it is
  CommandListener seen;
  run_session(std::move(changed), seen);
  const std::vector<SettingDifference> expected{{"epochs", 3.0, 2.0}, {"lr", 0.012, 0.5}};
  QCOMPARE(seen.resumes.size(), std::size_t{1});
  QVERIFY(seen.resumes[0].changed == expected);
  const auto h = read_history(at("a"));
  QVERIFY(h->resumes == seen.resumes);
  QCOMPARE(h->settings_at(0).learning_rate, 0.012);
  QCOMPARE(h->settings_at(done - 1).learning_rate, 0.012);
  QCOMPARE(h->settings_at(done).learning_rate, 0.5);
  QCOMPARE(h->settings().epochs, 2);
  QCOMPARE(h->start.settings.epochs, 3);
  // The same as changing it at that step while the run is open.
  CommandListener live;
  live.commands.assign(first.losses.size(), {{Command::Kind::StepBatch}});
  live.commands.push_back(
      {{Command::Kind::Set, "lr", 0.5}, {Command::Kind::Set, "epochs", 2.0}, {Command::Kind::Train}});
  auto open = options(at("b"));
  open.start_paused = true;
  run_session(std::move(open), live);
  QCOMPARE(h->losses, live.losses);
}

// How often the log has a line is no matter of the result: the checkpoints are those of a run that nobody
// touched, and what holds where the run goes on is what its history says.
void SessionLogTest::theLogIntervalIsKeptByTheHistoryAlone() {
  run(at("a"), 1, {}, 9);
  CommandListener live;
  live.commands = {{{Command::Kind::Set, "log-interval", 3.0},
                    {Command::Kind::Set, "log-interval", 0.0},  // out of range: refused
                    {Command::Kind::StepBatch}}};
  auto open = options(at("b"));
  open.start_paused = true;
  {
    auto session = Session::create(std::move(open), live);
    QVERIFY(session.ok());
    live.session = session->get();
    live.after_steps = [&](int steps) {
      live.session->post({Command::Kind::Train});
      if (steps >= 9) live.session->request_stop();
    };
    QVERIFY((*session)->run().ok());
  }
  QVERIFY(live.changes == (std::vector<SettingChange>{{{1, 0}, "log-interval", 3.0}}));
  QVERIFY(bytes_of(at("a") / kLastCheckpoint) == bytes_of(at("b") / kLastCheckpoint));
  CommandListener same, other;
  run_session(options(at("b"), at("b") / kLastCheckpoint), same);
  QCOMPARE(same.start.settings.log_interval, 3);
  QVERIFY(same.resumes[0].changed.empty());
  auto changed = options(at("b"), at("b") / kLastCheckpoint);
  changed.asked.numbers = {{"epochs", 4}, {"log-interval", 5}};
  run_session(std::move(changed), other);
  QVERIFY(other.resumes[0].changed ==
          (std::vector<SettingDifference>{{"epochs", 3.0, 4.0}, {"log-interval", 3.0, 5.0}}));
  const auto h = read_history(at("b"));
  QCOMPARE(h->settings_at(0).log_interval, 3);
  QCOMPARE(h->settings().log_interval, 5);
  QCOMPARE(h->start.settings.log_interval, kLogInterval);
}

void SessionLogTest::whatCannotChangeIsRefused() {
  run(at("a"), 1, {}, 2);
  const auto history = bytes_of(at("a") / kHistoryFile), last = bytes_of(at("a") / kLastCheckpoint);
  const auto refusal = [&](const std::function<void(AskedSettings&)>& ask) {
    CommandListener seen;
    auto asked = options(at("a"), at("a") / kLastCheckpoint);
    ask(asked.asked);
    const auto session = Session::create(std::move(asked), seen);
    return session ? std::string() : session.error().sentence();
  };
  const std::string where = (at("a") / kLastCheckpoint).string() + ": --",
                    remedy =
                        " cannot change in the middle of a run; leave it out, or start a new run without "
                        "--resume";
  QCOMPARE(refusal([](AskedSettings& a) { a.model = "syna-mlp"; }),
           (at("a") / kLastCheckpoint).string() +
               ": is a checkpoint of another model, and --model is for bare state dicts: expected --model "
               "syna-cnn, found --model syna-mlp; leave it out");
  QCOMPARE(refusal([](AskedSettings& a) { a.numbers["batch-size"] = 41; }), where + "batch-size" + remedy);
  QCOMPARE(refusal([](AskedSettings& a) { a.choices["optimizer"] = "adam"; }), where + "optimizer" + remedy);
  QVERIFY(refusal([](AskedSettings& a) { a.numbers["lr"] = 11; }).find("--lr: is out of range") == 0);
  QVERIFY(bytes_of(at("a") / kHistoryFile) == history);
  QVERIFY(bytes_of(at("a") / kLastCheckpoint) == last);
}

void SessionLogTest::theFolderIsTheSessions() {
  run(at("a"), 1, {}, 2);
  CommandListener seen;
  const auto first = Session::create(options(at("a"), at("a") / kLastCheckpoint), seen);
  QVERIFY(first.ok());
  const auto history = bytes_of(at("a") / kHistoryFile);
  for (const fs::path& resume : {fs::path(), at("a") / kLastCheckpoint, at("a") / kBestCheckpoint}) {
    if (!resume.empty() && !fs::exists(resume)) continue;
    const auto second = Session::create(options(at("a"), resume), seen);
    QVERIFY(!second.ok());
    QVERIFY2(second.error().sentence().find(at("a").string() + ": is being written by this program") == 0,
             second.error().sentence().c_str());
  }
  QVERIFY(bytes_of(at("a") / kHistoryFile) == history);
  QVERIFY(!fs::exists(at("a") / "earlier-1"));
  // Reading it needs no lock, and neither does going on from it elsewhere.
  QVERIFY(read_history(at("a")).ok());
  QVERIFY(Session::create(options(at("b"), at("a") / kLastCheckpoint), seen).ok());
}

void SessionLogTest::aSessionThatCannotBeginLeavesNothing() {
  CommandListener seen;
  auto impossible = options(at("a"));
  impossible.settings.model = "syna-xyz";
  QVERIFY(!Session::create(std::move(impossible), seen).ok());
  QVERIFY(!fs::exists(at("a")));
  QVERIFY(!Session::create(options(at("a"), at("absent") / kLastCheckpoint), seen).ok());
  QVERIFY(!fs::exists(at("a")));
}

SYNANN_TEST(SessionLogTest)
#include "session_log_test.moc"
