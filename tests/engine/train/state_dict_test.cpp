// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/state_dict.h"

#include <QTest>

#include "engine/std_strings.h"
#include "engine/train/checkpoint_fixtures.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::testing;
using namespace synann::train;

namespace {

// Tensors of zeros, one a parameter.
io::SafeTensors zeros(const model::Model& model) {
  io::SafeTensors content;
  for (const Parameter& p : model.parameters.all()) {
    const bool whole = p.type == ElementType::I64;
    content.tensors.push_back({.name = p.name,
                               .type = whole ? io::TensorType::I64 : io::TensorType::F32,
                               .shape = p.shape,
                               .bytes = std::vector<std::uint8_t>(p.size() * (whole ? 8 : 4))});
  }
  return content;
}

io::SafeTensors zeros(const char* id, int rows = 28, int columns = 28, int classes = 10,
                      const model::SynapseOptions& options = {}) {
  return zeros(*model::build(id, rows, columns, classes, options));
}

struct Answer {
  std::string id, error;
  DataSizes sizes;
  Settings settings;
  std::vector<std::string> notes;
};

Answer answer_to(const io::SafeTensors& content, const Reading& reading = {}) {
  Answer answer;
  const auto fit = fit_state_dict(content, reading, "a/sd", answer.notes);
  if (!fit) {
    answer.error = fit.error().sentence();
    return answer;
  }
  answer.id = fit->model.id;
  answer.sizes = fit->sizes;
  answer.settings = fit->settings;
  return answer;
}

std::string stripped(std::vector<std::string> names, std::vector<std::string>& notes) {
  io::SafeTensors content;
  for (const std::string& name : names) content.tensors.push_back({.name = name, .shape = {}, .bytes = {}});
  if (const auto status = strip_prefixes(content, "a/sd", notes); !status) return status.error().sentence();
  std::string text;
  for (const io::Tensor& t : content.tensors) text += (text.empty() ? "" : " ") + t.name;
  return text;
}

}  // namespace

// Which network a state dict belongs to, with which names, on which images.
class StateDictTest : public QObject {
  Q_OBJECT
 private slots:
  void prefixesAreTakenOff_data();
  void prefixesAreTakenOff();
  void everyModelIsFound_data();
  void everyModelIsFound();
  void sizesFollowFromTheTensors_data();
  void sizesFollowFromTheTensors();
  void theDataSaysTheSizes();
  void imagesThatAreTooSmall();
  void settingsAreRecommendedOnesAndWhatIsAsked();
  void optionsAreOfASynapseNetwork();
  void theClosestNetworkIsNamed();
};

void StateDictTest::prefixesAreTakenOff_data() {
  QTest::addColumn<QStringList>("names");
  QTest::addColumn<QString>("expected");
  QTest::addColumn<QString>("note");
  const auto row = [](const char* name, const QStringList& names, const char* expected, const char* note) {
    QTest::newRow(name) << names << QString(expected) << QString(note);
  };
  row("none", {"fc2.weight", "fc2.bias"}, "fc2.weight fc2.bias", "");
  row("module", {"module.fc2.weight", "module.fc2.bias"}, "fc2.weight fc2.bias",
      "a/sd: \"module.\" is taken off the tensors' names");
  row("nested", {"module._orig_mod.model.a.b"}, "a.b",
      "a/sd: \"module._orig_mod.model.\" is taken off the tensors' names");
  row("one of them", {"module.a.b", "c.d"}, "a.b c.d", "a/sd: \"module.\" is taken off the tensors' names");
  row("inside", {"a._orig_mod.b", "c.module.d"}, "a.b c.d",
      "a/sd: \"_orig_mod.\", \"module.\" are taken off the tensors' names");
  row("a layer of that name", {"a.model.b", "a.module"}, "a.model.b a.module", "");
  row("nothing but a prefix", {"model", "module."}, "model ",
      "a/sd: \"module.\" is taken off the tensors' names");
  row("two of one name", {"a.b", "module.a.b"},
      "a/sd: holds both \"a.b\" and \"module.a.b\", which are one tensor without prefixes; keep one of them",
      "");
}

void StateDictTest::prefixesAreTakenOff() {
  QFETCH(QStringList, names);
  QFETCH(QString, expected);
  QFETCH(QString, note);
  std::vector<std::string> notes, list;
  for (const QString& name : names) list.push_back(name.toStdString());
  QCOMPARE(stripped(list, notes), expected.toStdString());
  QCOMPARE(notes.size(), note.isEmpty() ? std::size_t{0} : std::size_t{1});
  if (!notes.empty()) QCOMPARE(notes.front(), note.toStdString());
}

void StateDictTest::everyModelIsFound_data() {
  QTest::addColumn<QString>("id");
  for (const auto& info : model::known_models()) QTest::newRow(info.id.data()) << QString(info.id.data());
}

// A dense twin's names and shapes are the synapse network's: that one is taken, and the other one named.
void StateDictTest::everyModelIsFound() {
  QFETCH(QString, id);
  const auto content = zeros(qPrintable(id));
  const bool twin = id.startsWith("dense-"), synapse = id.startsWith("syna-");
  const Answer found = answer_to(content);
  QCOMPARE(found.id, (twin ? "syna-" + id.mid(6) : id).toStdString());
  QCOMPARE(found.notes.size(), twin || synapse ? std::size_t{1} : std::size_t{0});
  if (twin) QVERIFY(found.notes.front().find(id.toStdString()) != std::string::npos);
  const Answer chosen = answer_to(content, {.asked = {.model = id.toStdString()}});
  QCOMPARE(chosen.id, id.toStdString());
  QVERIFY(chosen.notes.empty());
}

void StateDictTest::sizesFollowFromTheTensors_data() {
  QTest::addColumn<QString>("id");
  QTest::addColumn<QList<int>>("images");
  QTest::addColumn<QList<int>>("expected");
  const auto row = [](const char* id, const QList<int>& images, const QList<int>& expected) {
    QTest::addRow("%s, %d × %d, %d", id, images[0], images[1], images[2])
        << QString(id) << images << expected;
  };
  row("syna-cnn", {28, 28, 10}, {28, 28, 10});
  row("syna-cnn", {31, 31, 10}, {28, 28, 10});  // whose remainders the pools leave out
  row("syna-cnn", {32, 32, 26}, {32, 32, 26});
  row("syna-cnn", {64, 64, 2}, {64, 64, 2});
  row("syna-mlp", {20, 20, 7}, {20, 20, 7});
  row("syna-mlp", {20, 25, 10}, {20, 25, 10});
  row("syna-pixel", {64, 64, 10}, {64, 64, 10});
  row("syna-pixel", {12, 20, 10}, {12, 20, 10});
  row("syna-rnn", {40, 16, 10}, {16, 16, 10});  // any number of rows will do
  row("linear", {1, 1, 1}, {1, 1, 1});
  row("linear", {1, 7, 3}, {1, 7, 3});
}

void StateDictTest::sizesFollowFromTheTensors() {
  QFETCH(QString, id);
  QFETCH(QList<int>, images);
  QFETCH(QList<int>, expected);
  const Answer found = answer_to(zeros(qPrintable(id), images[0], images[1], images[2]));
  QCOMPARE(found.error, std::string());
  QCOMPARE(found.id, id.toStdString());
  QCOMPARE((QList<int>{found.sizes.rows, found.sizes.columns, found.sizes.classes}), expected);
}

void StateDictTest::theDataSaysTheSizes() {
  const auto content = zeros("syna-cnn");
  const DataSizes same{.rows = 31, .columns = 28, .classes = 10};
  QCOMPARE(answer_to(content, {.sizes = same}).sizes, same);
  QCOMPARE(
      answer_to(content, {.sizes = DataSizes{32, 32, 10}}).error,
      std::string("a/sd: tensor \"fc1.weight\" does not fit syna-cnn on images of 32 × 32 pixels and 10 "
                  "classes: expected F32 [64, 500], found F32 [64, 320]; choose the data it was trained on"));
  const std::string classes = answer_to(content, {.sizes = DataSizes{28, 28, 26}}).error;
  QVERIFY2(classes.find("expected F32 [26, 64], found F32 [10, 64]") != std::string::npos, classes.c_str());
}

void StateDictTest::imagesThatAreTooSmall() {
  const std::string error = answer_to(zeros("syna-cnn"), {.sizes = DataSizes{4, 4, 10}}).error;
  QVERIFY2(error.starts_with("a/sd: the images are too small for this model: found 4 × 4 pixels"),
           error.c_str());
}

void StateDictTest::settingsAreRecommendedOnesAndWhatIsAsked() {
  const Answer found = answer_to(zeros("syna-pixel"), {.asked = {.numbers = {{"lr", 0.5}, {"epochs", 7}}}});
  Settings expected = recommended_settings("syna-pixel", "");
  expected.learning_rate = 0.5;
  expected.epochs = 7;
  QVERIFY(found.settings == expected);
  const std::string error = answer_to(zeros("syna-pixel"), {.asked = {.choices = {{"beta", "big"}}}}).error;
  QVERIFY2(error.starts_with("--beta: is not known"), error.c_str());
}

void StateDictTest::optionsAreOfASynapseNetwork() {
  using Options = model::SynapseOptions;
  const auto with = zeros("syna-pixel", 28, 28, 10, {.alpha = Options::Alpha::Exp});
  QCOMPARE(
      answer_to(with).error,
      std::string("a/sd: holds a tensor \"fcn.alpha\" that syna-pixel does not have: expected its 9 tensors, "
                  "found 10; import it with --alpha exp or --alpha softplus, whichever it was trained with"));
  const Answer exp = answer_to(with, {.asked = {.choices = {{"alpha", "exp"}}}});
  QCOMPARE(exp.id, std::string("syna-pixel"));
  QVERIFY(exp.notes.empty());
  // The dense twin has these tensors, but no α.
  QCOMPARE(
      answer_to(zeros("dense-pixel"), {.asked = {.choices = {{"alpha", "exp"}}}}).error,
      std::string("a/sd: tensor \"fcn.alpha\" of syna-pixel is missing: expected F32 [196], found none"));
}

void StateDictTest::theClosestNetworkIsNamed() {
  for (const auto& info : model::known_models()) {
    auto content = zeros(info.id.data());
    std::erase_if(content.tensors, [](const io::Tensor& t) { return t.name == "fc2.bias"; });
    const std::string own(info.id), error = answer_to(content).error;
    const std::string expected = own.starts_with("dense-") ? "syna-" + own.substr(6) : own;
    QCOMPARE(error,
             "a/sd: tensor \"fc2.bias\" of " + expected + " is missing: expected F32 [10], found none");
  }
  QVERIFY(answer_to({}).error.find("found no tensors") != std::string::npos);
}

SYNANN_TEST(StateDictTest)
#include "state_dict_test.moc"
