// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/checkpoint.h"
#include "tests/cases/state_dicts.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::testing;

// Files that were refused without a reason, or taken with broken numbers, each as a person met it.
class ImportFilesTest : public QObject, private StateDictFiles {
  Q_OBJECT
 private slots:
  void initTestCase();
  void whatIsRead_data();
  void whatIsRead();
  void whatIsRefused_data();
  void whatIsRefused();
  void whatTheReferenceReads_data();
  void whatTheReferenceReads();
  void brokenHeaders_data();
  void brokenHeaders();
  void otherFiles_data();
  void otherFiles();
};

void ImportFilesTest::initTestCase() {
  QVERIFY(home_.isValid());
  QCOMPARE(testing::synann({"data", "make", at("d"), "--train", "20", "--test", "20"}).code, 0);
}

using Change = std::function<void(io::SafeTensors&)>;

void ImportFilesTest::whatIsRead_data() {
  QTest::addColumn<Change>("change");
  QTest::addColumn<QString>("line");
  const auto row = [](const char* name, const Change& change, const char* line) {
    QTest::newRow(name) << change << QString(line);
  };
  const auto prefixed = [](const char* prefix) {
    return [prefix](io::SafeTensors& c) {
      for (io::Tensor& t : c.tensors) t.name = prefix + t.name;
    };
  };
  row(
      "as it is", [](io::SafeTensors&) {}, "");
  row("module.", prefixed("module."), "\"module.\" is taken off the tensors' names");
  row("_orig_mod.", prefixed("_orig_mod."), "\"_orig_mod.\" is taken off");
  row("model.", prefixed("model."), "\"model.\" is taken off");
  row("nested", prefixed("model._orig_mod.module."), "\"model._orig_mod.module.\" is taken off");
  row(
      "one layer alone", [](io::SafeTensors& c) { tensor(c, "fcn.weight").name = "fcn._orig_mod.weight"; },
      "\"_orig_mod.\" is taken off");
  const auto all = [](io::TensorType type) {
    return [type](io::SafeTensors& c) {
      for (io::Tensor& t : c.tensors)
        if (t.type == io::TensorType::F32) convert(t, type);
    };
  };
  row("F16", all(io::TensorType::F16), "14 of its tensors are converted from F16 to F32");
  row("BF16", all(io::TensorType::BF16), "14 of its tensors are converted from BF16 to F32");
  row("F64", all(io::TensorType::F64), "14 of its tensors are converted from F64 to F32");
  row(
      "one F64", [](io::SafeTensors& c) { convert(tensor(c, "fc2.bias"), io::TensorType::F64); },
      "1 of its tensors is converted from F64 to F32");
  row(
      "scalar as [1]", [](io::SafeTensors& c) { tensor(c, "fcb.num_batches_tracked").shape = {1}; }, "");
  row(
      "counter converted as well",
      [](io::SafeTensors& c) { convert(tensor(c, "fcb.num_batches_tracked"), io::TensorType::F32); }, "");
  row(
      "foreign metadata",
      [](io::SafeTensors& c) {
        c.metadata = {{"format", "pt"}, {"note", "x"}};
      },
      "");
}

void ImportFilesTest::whatIsRead() {
  QFETCH(Change, change);
  QFETCH(QString, line);
  auto content = state_dict("syna-cnn");
  change(content);
  const QString file = write("sd.safetensors", content);
  const auto imported = import(file, {"--model", "syna-cnn"});
  QVERIFY2(imported.code == 0, qPrintable(imported.err));
  QVERIFY2(line.isEmpty() ? imported.err.isEmpty() : imported.err.contains(line), qPrintable(imported.err));
  QCOMPARE(imported.err.count('\n'), line.isEmpty() ? 0 : 1);
  QCOMPARE(eval(at("i/last.safetensors"), at("d")).out, eval(file, at("d"), {"--model", "syna-cnn"}).out);
  const auto ours = train::read_checkpoint(at("i/last.safetensors").toStdString());
  const auto expected = state_dict("syna-cnn");
  for (const Parameter& p : ours->model->parameters.all()) {
    if (p.type == ElementType::I64) continue;
    const auto values = expected.find(p.name)->to_float();
    for (std::size_t k = 0; k < values.size(); ++k) {
      const float found = ours->checkpoint.state.values[p.offset + k];
      QVERIFY2(std::abs(found - values[k]) <= std::abs(values[k]) / 128 + 6.2e-5f, p.name.c_str());
    }
  }
}

namespace {

void refusedRow(const char* name, const Change& change, const char* words) {
  QTest::newRow(name) << change << QString(words);
}

void refusedTensors() {
  const auto row = refusedRow;
  const auto without = [](const char* name) {
    return [name](io::SafeTensors& c) {
      std::erase_if(c.tensors, [&](const auto& t) { return t.name == name; });
    };
  };
  row("missing", without("fc2.bias"),
      "tensor \"fc2.bias\" of syna-cnn is missing: expected F32 [10], found none");
  row("counter missing", without("fcb.num_batches_tracked"),
      "tensor \"fcb.num_batches_tracked\" of syna-cnn is");
  row(
      "renamed", [](io::SafeTensors& c) { tensor(c, "conv1.bias").name = "conv1.b"; },
      "tensor \"conv1.bias\" of syna-cnn is missing: expected F32 [10], found \"conv1.b\", which it does not "
      "have");
  row(
      "extra",
      [](io::SafeTensors& c) {
        c.tensors.push_back({.name = "n_averaged",
                             .type = io::TensorType::I64,
                             .shape = {},
                             .bytes = std::vector<std::uint8_t>(8)});
      },
      "holds a tensor \"n_averaged\" that syna-cnn does not have: expected its 15 tensors, found 16");
  row(
      "misshapen",
      [](io::SafeTensors& c) {
        tensor(c, "fcn.weight").shape = {32, 128};
      },
      "tensor \"fcn.weight\" does not fit syna-cnn on images of 28 × 28 pixels and 10 classes: expected F32 "
      "[64, "
      "64], found F32 [32, 128]");
  row(
      "whole numbers for weights",
      [](io::SafeTensors& c) {
        const std::vector<std::int64_t> zeros(64);
        tensor(c, "fcb.bias") = io::make_tensor("fcb.bias", {64}, std::span(zeros));
      },
      "expected F32 [64], found I64 [64]");
  row(
      "both with and without a prefix",
      [](io::SafeTensors& c) {
        auto twice = tensor(c, "fc2.bias");
        twice.name = "module.fc2.bias";
        c.tensors.push_back(twice);
      },
      "\"module.fc2.bias\", which are one tensor without prefixes");
  row(
      "another program's",
      [](io::SafeTensors& c) {
        for (io::Tensor& t : c.tensors) t.name = "transformer." + t.name + ".w";
      },
      "nor the state dict of one of its models: expected the tensors of a known model");
  row(
      "a prefix of its own",
      [](io::SafeTensors& c) {
        for (io::Tensor& t : c.tensors) t.name = "net." + t.name;
      },
      "take \"net.\" off its names");
  row(
      "nothing", [](io::SafeTensors& c) { c.tensors.clear(); }, "found no tensors");
}

void refusedNumbers() {
  const auto row = refusedRow;
  const auto with = [](const char* name, std::size_t element, double value, io::TensorType type) {
    return [=](io::SafeTensors& c) {
      io::Tensor& t = tensor(c, name);
      if (type != t.type) convert(t, type);
      const auto single = static_cast<float>(value);
      if (type == io::TensorType::F64) std::memcpy(t.bytes.data() + 8 * element, &value, 8);
      if (type == io::TensorType::F32) std::memcpy(t.bytes.data() + 4 * element, &single, 4);
    };
  };
  using enum io::TensorType;
  row("negative variance", with("fcb.running_var", 5, -0.5, F32),
      "tensor \"fcb.running_var\" holds a negative variance at element 5: -0.5");
  row("negative variance in F64", with("fcb.running_var", 63, -1e-9, F64),
      "negative variance at element 63: -1e-09");
  row("variance that is not a number", with("fcb.running_var", 7, NAN, F32),
      "tensor \"fcb.running_var\" holds a number that is not finite at element 7");
  row("infinite variance", with("fcb.running_var", 0, INFINITY, F32), "not finite at element 0");
  row("NaN in F64", with("fc1.weight", 20479, NAN, F64),
      "tensor \"fc1.weight\" holds a number that is not finite at element 20479");
  row("too large for F32", with("fc2.bias", 9, 1e300, F64),
      "tensor \"fc2.bias\" holds a number that is too large for F32 at element 9: 1e+300");
  row("NaN in a mean", with("fcb.running_mean", 1, NAN, F32), "tensor \"fcb.running_mean\"");
  row("half a batch", with("fcb.num_batches_tracked", 0, 2.5, F64),
      "holds 2.5, which is no number of batches");
  row("fewer than no batches", with("fcb.num_batches_tracked", 0, -3, F64),
      "holds -3, which is no number of batches");
}

}  // namespace

void ImportFilesTest::whatIsRefused_data() {
  QTest::addColumn<Change>("change");
  QTest::addColumn<QString>("words");
  refusedTensors();
  refusedNumbers();
}

void ImportFilesTest::whatIsRefused() {
  QFETCH(Change, change);
  QFETCH(QString, words);
  auto content = state_dict("syna-cnn");
  change(content);
  const QString file = write("sd.safetensors", content);
  COMPARE_REFUSAL(import(file), file, words);
  QVERIFY(!QDir(at("i")).exists());
  COMPARE_REFUSAL(eval(file, at("d")), file, words);
  COMPARE_REFUSAL(testing::synann({"train", "--resume", file, "--data", at("d"), "--out", at("i")}), file,
                  words);
}

using Header = std::function<void(QByteArray&)>;

void ImportFilesTest::whatTheReferenceReads_data() {
  QTest::addColumn<Header>("change");
  const auto row = [](const char* name, const char* from, const char* to) {
    QTest::newRow(name) << Header(
        [=](QByteArray& h) { h.replace(h.indexOf(from), qsizetype(strlen(from)), to); });
  };
  row("metadata null", "{", R"({"__metadata__":null,)");
  row("unknown field", R"({"dtype")", R"({"requires_grad":true,"dtype")");
  row("unknown field, nested", R"({"dtype")", R"({"x":{"y":[1,{"z":null,"z":[[[[[[1e3]]]]]]}]},"dtype")");
  row("unknown field twice", R"({"dtype")", R"({"x":1,"x":2,"dtype")");
  row("fields in another order", R"("dtype":"I64","shape":[])", R"("shape":[],"dtype":"I64")");
  row("metadata last", "}}", R"(},"__metadata__":{"a":"b"}})");
}

void ImportFilesTest::whatTheReferenceReads() {
  QFETCH(Header, change);
  const auto imported = import(write_with(state_dict("linear"), change));
  if (imported.code != 0) {
    const auto cnn = import(write_with(state_dict("syna-cnn"), change), {"--model", "syna-cnn"});
    QVERIFY2(cnn.code == 0, qPrintable(imported.err + cnn.err));
  }
}

void ImportFilesTest::brokenHeaders_data() {
  QTest::addColumn<Header>("change");
  QTest::addColumn<QString>("words");
  const auto row = [](const char* name, const char* from, const char* to, const char* words) {
    QTest::newRow(name) << Header([=](QByteArray& h) {
      h.replace(h.indexOf(from), qsizetype(strlen(from)), to);
    }) << QString(words);
  };
  for (const char* type : {"I32", "BOOL", "U8", "F8_E4M3", "F8_E5M2", "C64"}) {
    QTest::newRow(type)
        << Header([type](QByteArray& h) { h.replace("\"F32\"", '"' + QByteArray(type) + '"'); })
        << QString(
               "its type is not one that this program computes with: expected F32, F16, BF16, "
               "F64 or I64, found \"%1\"")
               .arg(type);
  }
  row("unknown type", "\"F32\"", "\"float32\"", "its type is not known: expected F32, F16, BF16, F64 or I64");
  row("no type", "\"F32\"", "null", "its type is not known");
  row("two tensors of one name", "fc2.bias", "fc2.weight", "names \"fc2.weight\" twice");
  row("no shape", R"("shape")", R"("shapes")", "its entry is not complete");
  row("metadata list", "{", R"({"__metadata__":[],)", "__metadata__ is not an object");
}

void ImportFilesTest::brokenHeaders() {
  QFETCH(Header, change);
  QFETCH(QString, words);
  const QString file = write_with(state_dict("linear"), change);
  COMPARE_REFUSAL(import(file), file, words);
  // Cut off anywhere.
  const QByteArray whole = bytes_of(file);
  for (const qsizetype length : {1, 7, 8, 9, 100}) {
    const QString cut = write("cut.safetensors", whole.left(length));
    COMPARE_REFUSAL(import(cut), cut, "");
  }
}

void ImportFilesTest::otherFiles_data() {
  QTest::addColumn<QByteArray>("bytes");
  QTest::addColumn<QString>("kind");
  QTest::addColumn<QString>("remedy");
  const auto row = [](const char* name, const QByteArray& bytes, const char* kind, const char* remedy) {
    QTest::newRow(name) << bytes << QString(kind) << QString(remedy);
  };
  const auto zip = [](const QByteArray& member) {
    QByteArray head("PK\x03\x04\x14\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 26);
    head.append(static_cast<char>(member.size())).append('\0').append("\0\0", 2);
    return head + member + QByteArray(100, 'x');
  };
  row("pth", zip("archive/data.pkl"), "torch.save (.pth, .pt)", "safetensors.torch.save_file(");
  row("pth of another name", zip("model/.format_version"), "torch.save (.pth, .pt)", "torch.load(");
  row("TorchScript", zip("model/data/0"), "is a TorchScript file (.pt)", "torch.jit.load(");
  row("old pth", QByteArray::fromHex("80028a0a6cfc9c46f9206aa85019") + ".", "is a pickle", "torch.load(");
  row("npz", zip("fc1.weight.npy"), "NumPy arrays (.npz)", "safetensors.numpy.save_file(");
  row("zip", zip("readme.txt"), "is a zip archive", "unpack it");
  row("empty zip", QByteArray("PK\x05\x06", 4) + QByteArray(18, 0), "is a zip archive", "unpack it");
  row("onnx", QByteArray("\x08\x07\x12\x07pytorch\x1a\x05", 13) + "2.4.0:", "is an ONNX model",
      "state_dict()");
  row("onnx, IR 10", QByteArray("\x08\x0a\x12\x07pytorch", 11), "is an ONNX model", "state_dict()");
  row("h5", QByteArray("\x89HDF\r\n\x1a\n", 8) + QByteArray(100, 0), "is an HDF5 file", "state_dict()");
  row("gguf", QByteArray("GGUF\x03\0\0\0", 8) + QByteArray(100, 0), "is a GGUF file", "state_dict()");
  row("html", "\n<!DOCTYPE html><html><head><title>Sign in</title>", "is an HTML page", "download it again");
  row("html, small letters", "<html>\n<body>404", "is an HTML page", "download it again");
  row("lfs", "version https://git-lfs.github.com/spec/v1\noid sha256:abc\nsize 124680\n",
      "is a Git LFS pointer", "git lfs pull");
  row("index.json",
      "{\n  \"metadata\": {\"total_size\": 9},\n  \"weight_map\": {\"fc2.bias\": \"model-00001-of-00002\"}}",
      "is an index (index.json)", "join the files");
  row("config.json", "{\"error\": \"Entry not found\"}", "is JSON text", "safetensors file");
  row("gz", QByteArray::fromHex("1f8b0800000000000003"), "is a compressed file", "unpack it first");
  row("npy", QByteArray("\x93NUMPY\x01\0v\0", 10) + "{'descr'", "is a NumPy array", "state_dict()");
}

void ImportFilesTest::otherFiles() {
  QFETCH(QByteArray, bytes);
  QFETCH(QString, kind);
  QFETCH(QString, remedy);
  const QString file = write("other.safetensors", bytes);
  COMPARE_REFUSAL(import(file), file, kind);
  COMPARE_REFUSAL(import(file), file, remedy);
  COMPARE_REFUSAL(eval(file, at("d")), file, kind);
  COMPARE_REFUSAL(testing::synann({"train", "--resume", file, "--data", at("d"), "--out", at("i")}), file,
                  kind);
}

SYNANN_TEST(ImportFilesTest)
#include "import_files_test.moc"
