// SPDX-License-Identifier: GPL-3.0-or-later
// The table of formats: what is asked for is checked before anything is read.
#include "engine/exports/format.h"

#include <QTest>

#include "tests/test_main.h"

namespace synann::exports {

class FormatTest : public QObject {
  Q_OBJECT

 private slots:
  void everyRowIsWhole();
  void saysWhatItTakes();
};

void FormatTest::everyRowIsWhole() {
  for (const Format& format : formats()) {
    QVERIFY(!format.id.empty() && !format.title.empty() && !format.help.empty());
    QVERIFY(format.write != nullptr);
    QVERIFY(!format.of_checkpoint.empty() || !format.of_runs.empty() || format.of_circuit);
    QCOMPARE(format.of_runs.empty(), format.most_runs == 0);
    QVERIFY(find_format(format.id).ok());
  }
  for (const ContentInfo& info : content_infos()) QCOMPARE(id_of(info.content), info.id);
}

void FormatTest::saysWhatItTakes() {
  const auto unknown = find_format("pickle");
  QVERIFY(!unknown);
  QVERIFY(unknown.error().sentence().find("\"pickle\": expected onnx, ") != std::string::npos);
  const auto board = find_format("tensorboard");
  QVERIFY(board);
  const auto written = write(**board, {.out = "somewhere", .checkpoint = "model.safetensors"}, {});
  QVERIFY(!written);
  const std::string expected =
      (*board)->unavailable.empty()
          ? "--format: TensorBoard is not made from a checkpoint: expected runs"
          : "--format: TensorBoard cannot be written; this build has no protobuf library: "
            "install libprotobuf-dev and protobuf-compiler, and build again";
  QCOMPARE(written.error().sentence(), expected);
  const auto table =
      write(**find_format("csv"), {.out = "somewhere", .runs = {"a"}, .content = Content::Record}, {});
  QVERIFY(!table);
  QCOMPARE(table.error().sentence(),
           std::string("--content: CSV of a run has no record: expected epochs, losses"));
}

}  // namespace synann::exports

SYNANN_TEST(synann::exports::FormatTest)
#include "format_test.moc"
