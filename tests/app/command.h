// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QProcess>
#include <QString>
#include <QStringList>

// `synann` as a person runs it.
namespace synann::testing {

struct Outcome {
  int code = -1;  // where it ended by a signal
  QString out, err;
  QStringList lines() const { return out.split('\n'); }
};

inline Outcome run_synann(const QStringList& arguments) {
  QProcess process;
  process.start(SYNANN_BIN_DIR "/synann", arguments);
  if (!process.waitForFinished(120'000)) process.kill();
  return {process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1,
          QString::fromUtf8(process.readAllStandardOutput()),
          QString::fromUtf8(process.readAllStandardError())};
}

}  // namespace synann::testing
