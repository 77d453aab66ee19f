// SPDX-License-Identifier: GPL-3.0-or-later
// Runs and networks as NPZ, CSV, JSON lines, in the layout of the Hub, and as a report.
#include <cmath>
#include <string>
#include <vector>
#include <zip.h>

#include <QDir>
#include <QFile>
#include <QTest>
#include <nlohmann/json.hpp>

#include "engine/data/registry.h"
#include "engine/exports/format.h"
#include "engine/io/safetensors.h"
#include "engine/model/model_file.h"
#include "engine/runs/run_notes.h"
#include "engine/train/checkpoint.h"
#include "engine/train/history.h"
#include "engine/train/own_model.h"
#include "engine/train/record.h"
#include "tests/engine/train/session_fixtures.h"
#include "tests/test_main.h"

namespace synann::exports {

class NetworkExportsTest : public QObject, testing::SessionRuns {
  Q_OBJECT

 private slots:
  void initTestCase();
  void csvHoldsTheHistory();
  void jsonLinesHoldTheSame();
  void severalRunsAreTold();
  void npzHoldsTheRecords();
  void npzHoldsWhatTheNetworkSays();
  void theHubLayoutLoadsStrictly();
  void theReportEscapesWhatItIsTold();
  void aReportWithoutDataSaysSo();
  void whatIsGivenUpLeavesNothing();
  void whatIsNotThereIsOneSentence();

 private:
  std::string out(const char* name) const { return at(name).string(); }
  Written exported(const char* format, Request request) const {
    const Format& f = **find_format(format);
    request.execution.threads = 1;
    auto written = write(f, request, {});
    if (!written) qFatal("%s", written.error().sentence().c_str());
    return *written;
  }
  Request of_run(const char* name, Content content) const {
    return {.out = at(name), .runs = {at("run")}, .content = content, .data = at("data").string()};
  }
  Request of_network(const char* name, Content content) const {
    return {.out = at(name),
            .checkpoint = at("run") / train::kLastCheckpoint,
            .content = content,
            .data = at("data").string()};
  }
  // The numbers of an array, behind the header.
  QByteArray numbers(const char* archive, const char* name) const;
};

namespace {

constexpr char kHostile[] = "<script>alert('x')</script> & \"quoted\", `a`|b";

std::vector<QByteArray> lines(const std::string& path) {
  std::vector<QByteArray> all;
  for (const QByteArray& line : testing::bytes_of(path).split('\n'))
    if (!line.isEmpty()) all.push_back(line);
  return all;
}

}  // namespace

QByteArray NetworkExportsTest::numbers(const char* archive, const char* name) const {
  zip_t* const zip = zip_open(at(archive).c_str(), ZIP_RDONLY, nullptr);
  zip_stat_t about;
  if (!zip || zip_stat(zip, (std::string(name) + ".npy").c_str(), 0, &about) != 0) return "no entry";
  zip_file_t* const file = zip_fopen_index(zip, about.index, 0);
  QByteArray bytes(static_cast<qsizetype>(about.size), '\0');
  zip_fread(file, bytes.data(), about.size);
  zip_fclose(file);
  zip_discard(zip);
  return bytes.mid(bytes.indexOf('\n') + 1);
}

void NetworkExportsTest::initTestCase() {
  QVERIFY(renew());
  run(at("run"));
  QVERIFY(data::write_idx_folder(*data_, at("data"), false));
  QVERIFY(runs::change_notes(at("run"), [](runs::RunNotes& notes) {
    notes.title = kHostile;
    notes.note = std::string(kHostile) + "\n]]> <img src=x onerror=alert(1)> \xff";
    notes.tags = {"<b>tag</b>"};
  }));
}

void NetworkExportsTest::csvHoldsTheHistory() {
  const auto history = train::read_history(at("run"));
  exported("csv", of_run("losses.csv", Content::Losses));
  const auto losses = lines(out("losses.csv"));
  QCOMPARE(losses.size(), history->losses.size() + 1);
  QCOMPARE(losses[0], QByteArray("step,examples,loss"));
  for (std::size_t k = 0; k < history->losses.size(); ++k) {
    const auto cells = losses[k + 1].split(',');
    QCOMPARE(cells[0].toULongLong(), k);
    QCOMPARE(cells[1].toLongLong(), history->examples[k]);
    QCOMPARE(cells[2].toFloat(), history->losses[k]);
  }
  exported("csv", of_run("epochs.csv", Content::Epochs));
  const auto epochs = lines(out("epochs.csv"));
  QCOMPARE(epochs.size(), history->evaluations.size() + 1);
  QVERIFY(epochs[1].startsWith("0,0,,"));  // before training there is no training loss
  const auto names = epochs[0].split(','), last = epochs.back().split(',');
  QCOMPARE(names.size(), last.size());
  QCOMPARE(last[names.indexOf("test_loss")].toDouble(), history->evaluations.back().test_loss);
  QCOMPARE(last[names.indexOf("correct")].toInt(), history->evaluations.back().correct);
}

void NetworkExportsTest::jsonLinesHoldTheSame() {
  exported("jsonl", of_run("epochs.jsonl", Content::Epochs));
  const auto history = train::read_history(at("run"));
  const auto all = lines(out("epochs.jsonl"));
  QCOMPARE(all.size(), history->evaluations.size());
  const auto first = nlohmann::json::parse(all[0].toStdString());
  QVERIFY(first["train_loss"].is_null() && first["epoch"] == 0);
  const auto last = nlohmann::json::parse(all.back().toStdString());
  QCOMPARE(last["test_loss"].get<double>(), history->evaluations.back().test_loss);
}

void NetworkExportsTest::severalRunsAreTold() {
  const auto other = at("b,\"c\"");
  run(other, 1, {}, 3);
  exported("csv", {.out = at("two.csv"), .runs = {at("run"), other}, .content = Content::Losses});
  const auto all = lines(out("two.csv"));
  QCOMPARE(all[0], QByteArray("run,step,examples,loss"));
  QVERIFY(all.back().startsWith("\"" + QByteArray::fromStdString(at("b,").string()) + "\"\"c\"\"\","));
}

void NetworkExportsTest::npzHoldsTheRecords() {
  exported("npz", of_run("record.npz", Content::Record));
  auto record = train::RecordReader::open(at("run") / train::kNetworkRecord);
  QVERIFY(record);
  const auto& tensor = *record->header().find("conv2.weight");
  QByteArray expected;
  for (std::size_t k = 0; k < record->frames().size(); ++k) {
    const auto frame = *record->read(k);
    expected.append(reinterpret_cast<const char*>(frame.data() + tensor.offset),
                    static_cast<qsizetype>(tensor.size * sizeof(float)));
  }
  QCOMPARE(numbers("record.npz", "network/conv2.weight"), expected);
  QCOMPARE(numbers("record.npz", "network/step").size(), static_cast<qsizetype>(8 * record->frames().size()));
  QVERIFY(numbers("record.npz", "synapses/fcn.weight").size() > 0);
  exported("npz", of_run("losses.npz", Content::Losses));
  const auto history = train::read_history(at("run"));
  QCOMPARE(numbers("losses.npz", "loss"),
           QByteArray(reinterpret_cast<const char*>(history->losses.data()),
                      static_cast<qsizetype>(history->losses.size() * sizeof(float))));
}

void NetworkExportsTest::npzHoldsWhatTheNetworkSays() {
  exported("npz", of_network("said.npz", Content::Predictions));
  exported("npz", of_network("activations.npz", Content::Activations));
  const QByteArray said = numbers("said.npz", "log_probs");
  QCOMPARE(said.size(), qsizetype{60} * 10 * 4);
  QCOMPARE(numbers("activations.npz", "log_probs"), said);
  QCOMPARE(numbers("activations.npz", "fcn").size(), qsizetype{60} * 64 * 4);
  // As the evaluation of the last epoch counted.
  const auto history = train::read_history(at("run"));
  const QByteArray classes = numbers("said.npz", "class"), labels = numbers("said.npz", "label");
  int correct = 0;
  for (qsizetype k = 0; k < 60; ++k) correct += classes.mid(8 * k, 8) == labels.mid(8 * k, 8) ? 1 : 0;
  QCOMPARE(correct, history->evaluations.back().correct);
  exported("npz", of_network("parameters.npz", Content::Parameters));
  const auto loaded = train::read_checkpoint(at("run") / train::kLastCheckpoint);
  const Parameter& weight = *loaded->model->parameters.find("fcn.weight");
  QCOMPARE(numbers("parameters.npz", "fcn.weight"),
           QByteArray(reinterpret_cast<const char*>(loaded->checkpoint.state.values.data() + weight.offset),
                      static_cast<qsizetype>(weight.size() * sizeof(float))));
}

void NetworkExportsTest::theHubLayoutLoadsStrictly() {
  exported("hub", of_network("hub", Content::Network));
  const auto loaded = train::read_checkpoint(at("run") / train::kLastCheckpoint);
  const auto again = train::read_checkpoint(at("hub") / "model.safetensors");  // a bare state dict
  QVERIFY(again);
  QVERIFY(again->bare);
  QVERIFY(again->checkpoint.state.values == loaded->checkpoint.state.values);
  const auto bytes = testing::bytes_of(at("hub") / "config.json");
  const auto config = nlohmann::json::parse(bytes.toStdString());
  const auto definition = model::parse_model_file(config["model"].dump(), "config.json");
  QVERIFY(definition);
  QVERIFY(*definition == *train::definition_of_settings(loaded->checkpoint.settings));
  QCOMPARE(config["classes"].get<int>(), 10);
  const QByteArray card = testing::bytes_of(at("hub") / "README.md");
  QVERIFY(card.startsWith("---\n") && card.contains("type: accuracy, value: "));
  QVERIFY(card.contains("of 60 test images"));
  Request without = of_network("hub2", Content::Network);
  without.data.clear();
  QCOMPARE(exported("hub", without).notes.size(), 1u);
  QVERIFY(testing::bytes_of(at("hub2") / "README.md").contains("It was not measured"));
}

void NetworkExportsTest::theReportEscapesWhatItIsTold() {
  const Written written = exported("html", of_run("a.html", Content::Report));
  QVERIFY(written.notes.empty());
  const QByteArray page = testing::bytes_of(at("a.html"));
  QVERIFY(!page.contains("<script") && !page.contains("<img") && !page.contains("<b>"));
  QVERIFY(page.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;quoted&quot;, `a`|b"));
  QVERIFY(page.contains("Confusion matrix") && page.contains("image/png;base64,") &&
          page.contains("Learning rate"));
  QVERIFY(!page.contains("http:") && !page.contains("https:") && !page.contains(" src=\""));
  QVERIFY(QString::fromUtf8(page).toUtf8() == page);
  exported("html", of_run("b.html", Content::Report));
  QCOMPARE(testing::bytes_of(at("b.html")), page);
}

void NetworkExportsTest::aReportWithoutDataSaysSo() {
  Request request = of_run("c.html", Content::Report);
  request.data.clear();
  QVERIFY(!exported("html", request).notes.empty());
  const QByteArray page = testing::bytes_of(at("c.html"));
  QVERIFY(page.contains("No confusion matrix: ") && !page.contains("<h3>Confusion matrix"));
  // A run of which only the history is left.
  QVERIFY(QDir().mkpath(QString::fromStdString(at("old").string())));
  QVERIFY(QFile::copy(QString::fromStdString((at("run") / train::kHistoryFile).string()),
                      QString::fromStdString((at("old") / train::kHistoryFile).string())));
  request.runs = {at("old")};
  request.out = at("d.html");
  exported("html", request);
  QVERIFY(testing::bytes_of(at("d.html")).contains("No matrices: "));
}

void NetworkExportsTest::whatIsGivenUpLeavesNothing() {
  std::stop_source stop;
  stop.request_stop();
  for (const char* format : {"html", "npz", "csv", "jsonl"}) {
    const Format& f = **find_format(format);
    const auto written =
        write(f, of_run("given-up", f.of_runs.front()), {.stop = stop.get_token(), .progress = {}});
    QVERIFY2(!written.ok(), format);
    QVERIFY2(written.error().kind == ErrorKind::Cancelled, written.error().sentence().c_str());
    QVERIFY(!QFile::exists(QString::fromStdString(at("given-up").string())));
  }
}

void NetworkExportsTest::whatIsNotThereIsOneSentence() {
  for (const Format& format : formats()) {
    if (!format.unavailable.empty()) continue;
    if (!format.of_runs.empty()) {
      const auto run =
          write(format, {.out = at("x"), .runs = {at("nowhere")}, .content = format.of_runs.front()}, {});
      QVERIFY2(!run.ok() && run.error().kind == ErrorKind::Input, format.id.data());
      QVERIFY(!run.error().sentence().empty());
    }
    if (!format.of_checkpoint.empty()) {
      const auto network = write(
          format, {.out = at("x"), .checkpoint = at("nowhere"), .content = format.of_checkpoint.front()}, {});
      QVERIFY2(!network.ok() && network.error().kind == ErrorKind::Input, format.id.data());
    }
  }
}

}  // namespace synann::exports

SYNANN_TEST(synann::exports::NetworkExportsTest)
#include "network_exports_test.moc"
