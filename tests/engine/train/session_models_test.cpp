// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "engine/model/description.h"
#include "engine/train/checkpoint.h"
#include "engine/train/session.h"
#include "tests/engine/train/session_fixtures.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::testing;

// The training session with each of the models there are.
class SessionModelsTest : public QObject, private SessionRuns {
  Q_OBJECT
 private slots:
  void init() { QVERIFY(renew()); }
  void everyModelResumesBitForBit_data();
  void everyModelResumesBitForBit();
};

void SessionModelsTest::everyModelResumesBitForBit_data() {
  QTest::addColumn<QString>("id");
  for (const auto& info : model::known_models())
    QTest::newRow(info.id.data()) << QString::fromUtf8(info.id.data());
}

// With Adam, a plateau schedule and clipping, so that all of their state is in the file.
void SessionModelsTest::everyModelResumesBitForBit() {
  QFETCH(QString, id);
  auto settings = tiny_settings();
  settings.model = id.toStdString();
  settings.optimizer = "adam";
  settings.schedule = "plateau";
  settings.schedule_epochs = 1;
  settings.clip = 1;
  settings.epochs = 2;
  run(at("whole"), 1, {}, -1, settings);
  run(at("parts"), 2, {}, 4, settings);
  run(at("parts"), 1, at("parts") / kLastCheckpoint, -1, settings);
  QVERIFY(bytes_of(at("whole") / kLastCheckpoint) == bytes_of(at("parts") / kLastCheckpoint));
}

SYNANN_TEST(SessionModelsTest)
#include "session_models_test.moc"
