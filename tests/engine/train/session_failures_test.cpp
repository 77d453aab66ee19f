// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <utility>

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include "engine/core/random.h"
#include "engine/train/checkpoint.h"
#include "engine/train/history.h"
#include "engine/train/session.h"
#include "tests/engine/train/session_fixtures.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::testing;

// What a session does with broken numbers, foreign files and disks that fail.
class SessionFailuresTest : public QObject, private SessionRuns {
  Q_OBJECT
 private slots:
  void init() { QVERIFY(renew()); }
  void headroomIsWatched();
  void otherDataIsRefused();
  void notANumberStopsBeforeTheUpdate();
  void brokenCheckpointsAreRefused();
  void unwritableFolderIsOneSentence();
  void truncatedHistoryIsRead();
};

void SessionFailuresTest::headroomIsWatched() {
  // One β of 3 on pixels of up to 1: min (1 − βx) < 0 before the first update.
  auto settings = tiny_settings();
  settings.model = "syna-pixel";
  settings.watch_headroom = true;
  run(at("a"), 1, {}, 1, settings);  // the first span is one step
  auto loaded = read_checkpoint(at("a") / kLastCheckpoint);
  QVERIFY(loaded.ok());
  auto& values = loaded->checkpoint.state.values;
  const Parameter* beta = loaded->model->parameters.find("fcn.weight");
  std::fill_n(values.begin() + static_cast<std::ptrdiff_t>(beta->offset), beta->size(), 3.0f);
  QVERIFY(write_checkpoint(at("a") / kLastCheckpoint, loaded->checkpoint, *loaded->model).ok());
  const auto before = bytes_of(at("a") / kLastCheckpoint);
  Recorder seen;
  auto session = Session::create(
      {.settings = settings, .data = data_, .folder = at("a"), .resume = at("a") / kLastCheckpoint}, seen);
  QVERIFY(session.ok());
  const auto end = (*session)->run();
  QVERIFY(!end.ok());
  QVERIFY2(QString::fromStdString(end.error().sentence()).contains("headroom min(1 − βx) of fcn"),
           end.error().sentence().c_str());
  QVERIFY(bytes_of(at("a") / kLastCheckpoint) == before);
}

void SessionFailuresTest::otherDataIsRefused() {
  run(at("a"), 1, {}, 2);
  Recorder seen;
  const auto session = Session::create({.settings = tiny_settings(),
                                        .data = tiny_digits(250, 60, 50),
                                        .folder = at("b"),
                                        .resume = at("a") / kLastCheckpoint},
                                       seen);
  QVERIFY(!session.ok());
  QVERIFY(session.error().sentence().find("other data") != std::string::npos);
  QVERIFY(!fs::exists(at("b")));
}

void SessionFailuresTest::notANumberStopsBeforeTheUpdate() {
  // A model whose weights are already so large that the logits overflow: the first loss is not a number.
  run(at("a"), 1, {}, 1);  // the first span is one step
  auto loaded = read_checkpoint(at("a") / kLastCheckpoint);
  QVERIFY(loaded.ok());
  auto& checkpoint = loaded->checkpoint;
  const Parameter* weight = loaded->model->parameters.find("fc2.weight");
  std::fill_n(checkpoint.state.values.begin() + static_cast<std::ptrdiff_t>(weight->offset), weight->size(),
              3e38f);
  QVERIFY(write_checkpoint(at("a") / kLastCheckpoint, checkpoint, *loaded->model).ok());
  const auto before = bytes_of(at("a") / kLastCheckpoint);

  Recorder seen;
  auto session = Session::create(
      {.settings = tiny_settings(), .data = data_, .folder = at("a"), .resume = at("a") / kLastCheckpoint},
      seen);
  QVERIFY(session.ok());
  const auto end = (*session)->run();
  QVERIFY(!end.ok());
  QVERIFY(end.error().kind == ErrorKind::Failed);
  // The step, the layer and the batch: the second of an epoch in this order.
  const auto order = epoch_order(tiny_settings().seed, 1, 250);
  const auto sentence = QString::fromStdString(end.error().sentence());
  for (const QString& part :
       {QString("epoch 1, step 1"), QString("fc2 is the first layer whose output is not"),
        QString("training images %1, %2, ").arg(order[40]).arg(order[41]), QString("… 40 in all")})
    QVERIFY2(sentence.contains(part), qPrintable(sentence));
  QVERIFY(seen.states.back() == State::Failed);
  QVERIFY(seen.losses.empty());
  QVERIFY(seen.failure && seen.failure->place == FaultPlace::Step);
  QVERIFY((seen.failure->position == Position{1, 1}));
  QCOMPARE(seen.failure->steps, std::int64_t{1});
  QCOMPARE(seen.failure->reason, seen.reason);
  QVERIFY(seen.failure->data == data_);
  QVERIFY(seen.failure->weights->values == checkpoint.state.values);
  QVERIFY(read_history(at("a"))->end->fault == FaultPlace::Step);
  QVERIFY(bytes_of(at("a") / kLastCheckpoint) == before);  // nothing is overwritten
}

void SessionFailuresTest::brokenCheckpointsAreRefused() {
  run(at("a"), 1, {}, 2);
  const auto good = bytes_of(at("a") / kLastCheckpoint);
  const auto complaint = [&](const QByteArray& bytes) {
    const std::span span(reinterpret_cast<const std::uint8_t*>(bytes.data()),
                         static_cast<std::size_t>(bytes.size()));
    const auto parsed = parse_checkpoint(span, "c.safetensors");
    return parsed.ok() ? QString("accepted") : QString::fromStdString(parsed.error().sentence());
  };
  const auto swapped = [&](const char* from, const char* to) {
    auto bytes = good;
    const auto place = bytes.indexOf(from);
    return place < 0 ? QByteArray() : bytes.replace(place, static_cast<qsizetype>(strlen(from)), to);
  };
  QCOMPARE(complaint(good), QString("accepted"));
  QVERIFY(complaint(swapped("synann-checkpoint-2", "synann-checkpoint-9"))
              .contains("not a checkpoint that this version of the program reads"));
  QVERIFY(complaint(swapped("\"conv1.bias\"", "\"conv9.bias\"")).contains("conv9.bias"));
  QVERIFY(complaint(swapped("syna-cnn\"", "syna-xyz\"")).contains("unknown model"));
  auto letter = good;
  const QByteArray step("\"step\":\"");
  letter[letter.indexOf(step) + step.size()] = 'x';
  QVERIFY2(complaint(letter).contains("checkpoint's step"), qPrintable(complaint(letter)));
  auto nan = good;
  nan.replace(nan.size() - 4, 4, QByteArray::fromHex("0000c07f"));
  QVERIFY2(complaint(nan).contains("not finite"), qPrintable(complaint(nan)));
  // Cut anywhere, it is refused and never crashes.
  for (qsizetype n = 0; n < good.size(); n += 997) QVERIFY(complaint(good.left(n)) != "accepted");
}

void SessionFailuresTest::unwritableFolderIsOneSentence() {
  QFile blocker(QString::fromStdString(at("file").string()));
  QVERIFY(blocker.open(QIODevice::WriteOnly));
  Recorder seen;
  const auto session =
      Session::create({.settings = tiny_settings(), .data = data_, .folder = at("file") / "run"}, seen);
  QVERIFY(!session.ok());
  QVERIFY(session.error().sentence().find((at("file") / "run").string()) == 0);
  QVERIFY(session.error().kind == ErrorKind::Input);
}

void SessionFailuresTest::truncatedHistoryIsRead() {
  const auto seen = run(at("a"));
  QFile file(QString::fromStdString((at("a") / kHistoryFile).string()));
  QVERIFY(file.open(QIODevice::ReadWrite));
  QVERIFY(file.resize(file.size() - 5));  // a killed process
  file.close();
  QVERIFY(!read_history(at("a"))->end);
  const auto history = read_history(at("a"));
  QVERIFY(history.ok());
  QVERIFY(history->truncated);
  QCOMPARE(history->losses, seen.losses);
  QCOMPARE(history->evaluations.size(), std::size_t{4});  // the line that was cut off is the end's
  QVERIFY(file.open(QIODevice::WriteOnly));
  file.write("{\"event\":\"start\"}\n{\"event\":\"losses\",\"loss\":[1]}\n");
  file.close();
  const auto broken = read_history(at("a"));
  QVERIFY(!broken.ok());
  QVERIFY2(broken.error().sentence().find("line 2") != std::string::npos, broken.error().sentence().c_str());
  QVERIFY(!read_history(at("absent")).ok());
}

SYNANN_TEST(SessionFailuresTest)
#include "session_failures_test.moc"
