// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/record.h"

#include <algorithm>
#include <map>

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include "engine/core/random.h"
#include "engine/train/checkpoint.h"
#include "engine/train/session.h"
#include "tests/engine/train/session_fixtures.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::train;

namespace {

namespace fs = std::filesystem;

constexpr int kStepsPerEpoch = 7;

Settings record_settings(const char* model = "syna-cnn") {
  Settings s = recommended_settings(model, "digits");
  s.epochs = 3;
  s.batch_size = 40;
  return s;
}

// Keeps what every checkpoint of a run holds, by the number of steps done.
struct Keeper : Observer {
  std::map<std::int64_t, std::vector<float>> values;
  std::shared_ptr<const model::Model> model;
  std::function<void(int steps)> after_steps = [](int) {};
  int steps = 0;

  void on_steps(const StepLosses& s) override { after_steps(steps += static_cast<int>(s.losses.size())); }
  void on_saved(const std::string& path) override {
    const auto loaded = read_checkpoint(path);
    if (!loaded) qFatal("%s", loaded.error().sentence().c_str());
    model = loaded->model;
    const Position at = loaded->checkpoint.position;
    values[std::int64_t{at.epoch - 1} * kStepsPerEpoch + at.step] = loaded->checkpoint.state.values;
  }
};

QString why(const auto& result) {
  return result.ok() ? QString() : QString::fromStdString(result.error().sentence());
}

std::vector<std::int64_t> steps_of(const RecordReader& reader) {
  std::vector<std::int64_t> steps;
  for (const FrameStep& frame : reader.frames()) steps.push_back(frame.steps);
  return steps;
}

void write_bytes(const fs::path& path, const QByteArray& bytes) {
  QFile file(QString::fromStdString(path.string()));
  QVERIFY(file.open(QIODevice::WriteOnly));
  QCOMPARE(file.write(bytes), bytes.size());
}

}  // namespace

// The record of the synapse parameters: exact, dense as its budget allows, and hard to break.
class RecordTest : public QObject {
  Q_OBJECT
 private slots:
  void init() { QVERIFY((folder_ = std::make_unique<QTemporaryDir>())->isValid()); }
  void framesEqualCheckpointsBitForBit_data();
  void framesEqualCheckpointsBitForBit();
  void everyStepIsKeptWhereTheBudgetAllows();
  void aSmallBudgetStatesItsDistance();
  void aResumedRunGoesOnWithItsRecord();
  void aResumedRunElsewhereTakesItsRecordAlong();
  void anotherRunsRecordIsSetAside();
  void aKilledProcessLosesTheLastFrameAtMost();
  void readsWhileItGrows();
  void randomAccessToAThousandFrames();
  void damageIsOneSentence();
  void noDamageGoesUnnoticed();
  void modelsWithoutSynapsesKeepNone();

 private:
  fs::path at(const char* name) const { return fs::path(folder_->path().toStdString()) / name; }

  Keeper run(const fs::path& out, Settings settings, RecordBudget budget = {}, const fs::path& resume = {},
             int stop_after = -1) {
    Keeper seen;
    SessionOptions options;
    options.settings = settings;
    options.execution.tier = "eigen";
    options.execution.threads = 1;
    options.data = data_;
    options.folder = out;
    options.resume = resume;
    options.asked.numbers["epochs"] = settings.epochs;
    options.record = budget;
    auto session = Session::create(std::move(options), seen);
    if (!session) qFatal("%s", session.error().sentence().c_str());
    seen.after_steps = [&](int steps) {
      if (stop_after >= 0 && steps >= stop_after) (*session)->request_stop();
    };
    const auto end = (*session)->run();
    if (!end) qFatal("%s", end.error().sentence().c_str());
    return seen;
  }
  static RecordReader open(const fs::path& path) {
    auto reader = RecordReader::open(path);
    if (!reader) qFatal("%s", reader.error().sentence().c_str());
    return std::move(*reader);
  }
  // A record of two small tensors with `count` frames of slowly moving numbers.
  fs::path sample(int count, std::vector<std::vector<float>>& frames) {
    const fs::path path = at("sample.record");
    RecordHeader header{.settings = record_settings(),
                        .data_sha256 = "abc",
                        .rows = 28,
                        .columns = 28,
                        .classes = 10,
                        .steps_per_epoch = 100,
                        .every = 1,
                        .budget = {},
                        .tensors = {{"a", {16, 16}, 0, 256}, {"b", {3}, 256, 3}}};
    header.settings.data.clear();
    auto writer = RecordWriter::open(path, header, 0);
    if (!writer) qFatal("%s", writer.error().sentence().c_str());
    const auto noise = random_stream(1, Purpose::Initialise, 7);
    std::vector<float> values(259);
    for (int k = 0; k < count; ++k) {
      for (std::size_t i = 0; i < values.size(); ++i)
        values[i] +=
            0.01F *
            (noise.uniform(static_cast<std::uint32_t>(k) * 259u + static_cast<std::uint32_t>(i)) - 0.5F);
      frames.push_back(values);
      if (!writer->append({{k / 100 + 1, k % 100}, k}, values)) qFatal("append");
    }
    return path;
  }

  std::unique_ptr<QTemporaryDir> folder_;
  data::DataPairPtr data_ = testing::tiny_digits();
};

void RecordTest::framesEqualCheckpointsBitForBit_data() {
  QTest::addColumn<QString>("model");
  QTest::addColumn<QString>("alpha");
  QTest::newRow("syna-cnn") << "syna-cnn"
                            << "one";
  QTest::newRow("trained alpha") << "syna-pixel"
                                 << "exp";
  QTest::newRow("syna-rnn") << "syna-rnn"
                            << "one";
}

void RecordTest::framesEqualCheckpointsBitForBit() {
  QFETCH(QString, model);
  QFETCH(QString, alpha);
  auto settings = record_settings(model.toUtf8().constData());
  settings.alpha = alpha.toStdString();
  settings.watch_headroom = false;
  const Keeper kept = run(at("run"), settings);
  QCOMPARE(kept.values.size(), std::size_t{4});  // before training, and after each epoch
  for (const char* file : {kSynapseRecord, kNetworkRecord}) {
    RecordReader reader = open(at("run") / file);
    for (const auto& [steps, values] : kept.values) {
      const auto k = reader.at_or_before(steps);
      QVERIFY(k.has_value());
      QCOMPARE(reader.frames()[*k].steps, steps);
      const auto frame = reader.read(*k);
      QVERIFY2(frame.ok(), qPrintable(why(frame)));
      QVERIFY(!frame->empty());
      QVERIFY(std::equal(frame->begin(), frame->end(), gather(reader.header(), *kept.model, values).begin()));
    }
  }
  // The record of the network is the whole of it.
  RecordReader network = open(at("run") / kNetworkRecord);
  std::vector<float> values(kept.model->parameters.float_count());
  scatter(network.header(), *kept.model, *network.read(network.frames().size() - 1), values);
  QVERIFY(values == kept.values.rbegin()->second);
  // The record of the synapses holds α where it is trained.
  const auto names = open(at("run") / kSynapseRecord).header().tensors;
  QCOMPARE(names.size(), alpha == "exp" ? std::size_t{2} : std::size_t{1});
  const auto rebuilt = recorded_model(network.header());
  QVERIFY(rebuilt.ok());
  QCOMPARE((*rebuilt)->parameters.float_count(), kept.model->parameters.float_count());
}

void RecordTest::everyStepIsKeptWhereTheBudgetAllows() {
  run(at("run"), record_settings());
  const RecordReader reader = open(at("run") / kSynapseRecord);
  QCOMPARE(reader.header().every, 1);
  QCOMPARE(reader.frames().size(), std::size_t{3 * kStepsPerEpoch + 1});
  QVERIFY((reader.frames()[8].position == Position{2, 1}));
  QVERIFY((reader.frames().back().position == Position{4, 0}));
  QVERIFY(!reader.truncated());
}

void RecordTest::aSmallBudgetStatesItsDistance() {
  run(at("few"), record_settings(), {.frames = 5});
  const RecordReader few = open(at("few") / kSynapseRecord);
  QCOMPARE(few.header().every, 5);  // 21 steps / 5, rounded up
  QCOMPARE(steps_of(few), (std::vector<std::int64_t>{0, 5, 7, 10, 14, 15, 20, 21}));

  run(at("tight"), record_settings(), {.frames = 1000, .bytes = 6 * 17'000});  // a frame has 16 KiB
  const RecordReader tight = open(at("tight") / kSynapseRecord);
  QCOMPARE(tight.header().every, 11);  // room for two beside the start and three ends of epochs
  QCOMPARE(steps_of(tight), (std::vector<std::int64_t>{0, 7, 11, 14, 21}));
  QVERIFY(testing::bytes_of(at("tight") / kSynapseRecord).size() <= 6 * 17'000);

  run(at("least"), record_settings(), {.frames = 1000, .bytes = 1});
  const RecordReader least = open(at("least") / kSynapseRecord);
  QCOMPARE(least.header().every, 0);
  QCOMPARE(steps_of(least), (std::vector<std::int64_t>{0, 7, 14, 21}));

  run(at("none"), record_settings(), {.frames = 0, .bytes = 0});
  QVERIFY(!fs::exists(at("none") / kSynapseRecord));
}

void RecordTest::aResumedRunGoesOnWithItsRecord() {
  run(at("whole"), record_settings());
  run(at("parts"), record_settings(), {}, {}, 9);
  run(at("parts"), record_settings(), {}, at("parts") / kLastCheckpoint, 4);
  run(at("parts"), record_settings(), {}, at("parts") / kLastCheckpoint);
  RecordReader whole = open(at("whole") / kSynapseRecord), parts = open(at("parts") / kSynapseRecord);
  QCOMPARE(steps_of(parts), steps_of(whole));
  for (std::size_t k = 0; k < whole.frames().size(); ++k) QVERIFY(*whole.read(k) == *parts.read(k));
}

// Frames behind the checkpoint that is resumed are another future: they stay with the run that was set aside.
void RecordTest::aResumedRunElsewhereTakesItsRecordAlong() {
  run(at("first"), record_settings());
  RecordReader first = open(at("first") / kSynapseRecord);
  run(at("stopped"), record_settings(), {}, {}, 9);
  auto settings = record_settings();
  settings.epochs = 2;
  run(at("second"), settings, {}, at("stopped") / kLastCheckpoint);
  RecordReader second = open(at("second") / kSynapseRecord);
  QCOMPARE(second.frames().size(), std::size_t{15});
  for (std::size_t k = 0; k < second.frames().size(); ++k) QVERIFY(*first.read(k) == *second.read(k));

  run(at("first"), record_settings(), {}, at("first") / kBestCheckpoint);
  QCOMPARE(open(at("first") / "earlier-1" / kSynapseRecord).frames().size(), first.frames().size());
}

void RecordTest::anotherRunsRecordIsSetAside() {
  run(at("a"), record_settings(), {}, {}, 9);
  auto settings = record_settings();
  settings.seed = 6;
  run(at("b"), settings, {}, {}, 9);
  fs::copy_file(at("b") / kSynapseRecord, at("a") / kSynapseRecord, fs::copy_options::overwrite_existing);
  run(at("a"), record_settings(), {}, at("a") / kLastCheckpoint);
  const RecordReader reader = open(at("a") / kSynapseRecord);
  QCOMPARE(reader.header().settings.seed, 5ull);
  QCOMPARE(reader.frames().front().steps, std::int64_t{9});  // it begins where the run went on
  QVERIFY(fs::exists(at("a") / (std::string(kSynapseRecord) + ".unreadable")));
}

void RecordTest::aKilledProcessLosesTheLastFrameAtMost() {
  std::vector<std::vector<float>> frames;
  const fs::path path = sample(40, frames);
  const QByteArray whole = testing::bytes_of(path);
  const auto ends = [&] {
    std::vector<qsizetype> all;
    const RecordReader reader = open(path);
    for (int k = 0; k < 40; ++k) all.push_back(static_cast<qsizetype>(reader.bytes_until(k)));
    return all;
  }();
  QCOMPARE(ends.back(), whole.size());
  for (qsizetype size = ends[37] - 1; size <= ends[38] + 1; ++size) {
    write_bytes(path, whole.left(size));
    RecordReader reader = open(path);
    const auto left = static_cast<std::size_t>(
        std::count_if(ends.begin(), ends.end(), [&](qsizetype end) { return end <= size; }));
    QCOMPARE(reader.frames().size(), left);
    QCOMPARE(reader.truncated(), size != ends[left - 1]);
    QVERIFY(*reader.read(left - 1) == frames[left - 1]);
  }
  // Going on drops what was cut off.
  write_bytes(path, whole.left(ends[38] - 3));
  {
    auto writer = RecordWriter::open(path, open(path).header(), 37);
    QVERIFY2(writer.ok(), qPrintable(why(writer)));
    QVERIFY(writer->append({{1, 38}, 38}, frames[38]).ok());
    QVERIFY(writer->append({{1, 39}, 39}, frames[39]).ok());
  }
  RecordReader reader = open(path);
  QCOMPARE(reader.frames().size(), std::size_t{40});
  for (std::size_t k = 0; k < 40; ++k) QVERIFY(*reader.read(k) == frames[k]);
}

void RecordTest::readsWhileItGrows() {
  std::vector<std::vector<float>> frames;
  const fs::path path = sample(3, frames);
  RecordReader reader = open(path);
  QCOMPARE(reader.frames().size(), std::size_t{3});
  QCOMPARE(reader.refresh(), std::size_t{0});
  auto writer = RecordWriter::open(path, reader.header(), 2);
  QVERIFY(writer->append({{1, 3}, 3}, frames[1]).ok());
  QVERIFY(writer->append({{1, 3}, 3}, frames[0]).ok());  // is there already
  QCOMPARE(reader.refresh(), std::size_t{1});
  QVERIFY(*reader.read(3) == frames[1]);
}

void RecordTest::randomAccessToAThousandFrames() {
  std::vector<std::vector<float>> frames;
  RecordReader reader = open(sample(1000, frames));
  QCOMPARE(reader.frames().size(), std::size_t{1000});
  std::size_t k = 17;
  for (int n = 0; n < 1000; ++n) {
    k = (k + 619) % 1000;
    QVERIFY(*reader.read(k) == frames[k]);
  }
  QCOMPARE(*reader.at_or_before(999), std::size_t{999});
  QCOMPARE(*reader.at_or_before(5000), std::size_t{999});
  QVERIFY(!reader.at_or_before(-1).has_value());
  QVERIFY(!reader.read(1000).ok());
}

void RecordTest::damageIsOneSentence() {
  std::vector<std::vector<float>> frames;
  const fs::path path = sample(40, frames);
  const QByteArray whole = testing::bytes_of(path);
  const auto head_of = [&](int k) { return static_cast<qsizetype>(open(path).bytes_until(k - 1)); };
  const qsizetype frame7 = head_of(7), frame9 = head_of(9);

  write_bytes(path, "SYNAREC9" + whole.mid(8));
  QVERIFY(why(RecordReader::open(path)).contains("sample.record: is not a record of this program at byte 0"));
  QByteArray bytes = whole;
  bytes[40] = '#';
  write_bytes(path, bytes);
  QVERIFY(why(RecordReader::open(path)).contains("is not a record"));
  write_bytes(path, whole.left(100));
  QVERIFY(!RecordReader::open(path).ok());
  QVERIFY(why(RecordReader::open(at("nowhere.record"))).contains("nowhere.record: cannot be read"));

  bytes = whole;
  bytes[frame7 + 40] = static_cast<char>(bytes[frame7 + 40] ^ 1);
  write_bytes(path, bytes);
  RecordReader reader = open(path);
  QCOMPARE(reader.frames().size(), std::size_t{40});
  QVERIFY(*reader.read(6) == frames[6]);
  QVERIFY2(why(reader.read(7)).contains("frame 7 is damaged: its checksum does not fit at byte"),
           qPrintable(why(reader.read(7))));
  QVERIFY(*reader.read(8) == frames[8]);

  bytes = whole;
  bytes[frame9] = 'X';
  write_bytes(path, bytes);
  reader = open(path);
  QCOMPARE(reader.frames().size(), std::size_t{9});
  QVERIFY(reader.damage().has_value());
  QVERIFY(QString::fromStdString(reader.damage()->sentence()).contains("frame 9 is damaged at byte"));
}

// Any byte may change: what still reads is right, what is not right does not read, and nothing falls over.
void RecordTest::noDamageGoesUnnoticed() {
  std::vector<std::vector<float>> frames;
  const fs::path path = sample(6, frames);
  const QByteArray whole = testing::bytes_of(path);
  const auto noise = random_stream(2, Purpose::Initialise, 1);
  for (std::uint32_t n = 0; n < 400; ++n) {
    QByteArray bytes = whole;
    const auto place = static_cast<qsizetype>(noise.uniform(2 * n) * static_cast<float>(whole.size() - 1));
    bytes[place] = static_cast<char>(bytes[place] ^ (1 << static_cast<int>(noise.uniform(2 * n + 1) * 8)));
    write_bytes(path, bytes);
    auto reader = RecordReader::open(path);
    if (!reader) continue;
    for (std::size_t k = 0; k < reader->frames().size(); ++k) {
      const auto frame = reader->read(k);
      QVERIFY(!frame || *frame == frames[k]);
    }
  }
}

void RecordTest::modelsWithoutSynapsesKeepNone() {
  run(at("run"), record_settings("linear"));
  QVERIFY(!fs::exists(at("run") / kSynapseRecord));
  QVERIFY(!fs::exists(at("run") / kNetworkRecord));
}

SYNANN_TEST(RecordTest)
#include "record_test.moc"
