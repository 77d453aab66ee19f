// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <bit>
#include <cmath>
#include <cstring>
#include <functional>

#include <QDir>
#include <QTemporaryDir>
#include <QtEndian>

#include "engine/io/safetensors.h"
#include "engine/model/state.h"
#include "tests/cases/program.h"

// State dicts as other programs write them, for the tests of what is made of them.
namespace synann::testing {

inline io::SafeTensors state_dict(const char* id) {
  const auto model = *model::build(id, 28, 28, 10);
  const auto state = model::initialise(model, 3);
  io::SafeTensors content;
  for (const Parameter& p : model.parameters.all()) {
    content.tensors.push_back(
        p.type == ElementType::I64
            ? io::make_tensor(p.name, p.shape, std::span(state.counters).subspan(p.offset, p.size()))
            : io::make_tensor(p.name, p.shape, std::span(state.values).subspan(p.offset, p.size())));
  }
  return content;
}

inline io::Tensor& tensor(io::SafeTensors& content, const char* name) {
  for (io::Tensor& t : content.tensors)
    if (t.name == name) return t;
  qFatal("no tensor %s", name);
}

// Its numbers in the upper half of a float, or in a double.
inline void convert(io::Tensor& t, io::TensorType type) {
  const auto values = t.to_double();
  t.type = type;
  t.bytes.clear();
  for (const double v : values) {
    std::uint8_t bytes[8];
    const auto single = std::bit_cast<std::uint32_t>(static_cast<float>(v));
    if (type == io::TensorType::F64) std::memcpy(bytes, &v, 8);
    if (type == io::TensorType::F32) std::memcpy(bytes, &single, 4);
    const auto half = static_cast<std::uint16_t>(
        type == io::TensorType::BF16 ? single >> 16
                                     : (single >> 16 & 0x8000u) | ((single >> 13 & 0x3ffffu) - (112u << 10)));
    if (type == io::TensorType::BF16) std::memcpy(bytes, &half, 2);
    const std::uint16_t f16 = v == 0 || std::abs(v) < 6.2e-5 ? std::uint16_t{0} : half;
    if (type == io::TensorType::F16) std::memcpy(bytes, &f16, 2);
    t.bytes.insert(t.bytes.end(), bytes, bytes + io::element_size(type));
  }
}

// Files in a folder of their own, and what the program says of them.
class StateDictFiles {
 protected:
  QString at(const QString& name) const { return home_.filePath(name); }
  QString write(const QString& name, const QByteArray& bytes) const {
    QFile file(at(name));
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size()) qFatal("cannot write");
    return at(name);
  }
  QString write(const QString& name, const io::SafeTensors& content) const {
    const auto bytes = io::format_safetensors(content);
    return write(
        name, QByteArray(reinterpret_cast<const char*>(bytes.data()), static_cast<qsizetype>(bytes.size())));
  }
  // A file of these tensors whose header somebody else wrote.
  QString write_with(const io::SafeTensors& content,
                     const std::function<void(QByteArray& header)>& change) const {
    const auto whole = io::format_safetensors(content);
    const QByteArray bytes(reinterpret_cast<const char*>(whole.data()), static_cast<qsizetype>(whole.size()));
    const auto length = qFromLittleEndian<quint64>(bytes.constData());
    QByteArray header = bytes.mid(8, static_cast<qsizetype>(length)).trimmed();
    change(header);
    QByteArray size(8, 0);
    qToLittleEndian(static_cast<quint64>(header.size()), size.data());
    return write("raw.safetensors", size + header + bytes.mid(8 + static_cast<qsizetype>(length)));
  }
  Outcome import(const QString& file, const QStringList& more = {}) const {
    QDir(at("i")).removeRecursively();
    return synann(QStringList{"import", file, "--out", at("i")} + more);
  }
  Outcome eval(const QString& file, const QString& data, const QStringList& more = {}) const {
    return synann(QStringList{"eval", "--checkpoint", file, "--data", data} + more);
  }

  QTemporaryDir home_;
};

// Exit code 2 and one sentence that begins with the file and holds `words`.
#define COMPARE_REFUSAL(outcome, file, words)                                                    \
  do {                                                                                           \
    const synann::testing::Outcome refusal = (outcome);                                          \
    QVERIFY2(refusal.code == 2, qPrintable(refusal.out + refusal.err));                          \
    QVERIFY2(refusal.err.startsWith("synann: " + (file) + ": ") && refusal.err.count('\n') == 1, \
             qPrintable(refusal.err));                                                           \
    QVERIFY2(refusal.err.contains(words), qPrintable(refusal.err));                              \
  } while (false)

}  // namespace synann::testing
