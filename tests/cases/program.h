// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTest>

// Programs started as a person starts them, for the tests of inputs that once failed.
namespace synann::testing {

inline constexpr int kWait = 120'000;  // milliseconds until a test gives up

struct Outcome {
  int code = -1;  // −1: ended by a signal, or not in time
  QString out, err;
};

inline Outcome outcome_of(QProcess& process) {
  if (!process.waitForFinished(kWait)) {
    process.kill();
    process.waitForFinished(kWait);
  }
  return {process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1,
          QString::fromUtf8(process.readAllStandardOutput()),
          QString::fromUtf8(process.readAllStandardError())};
}

inline Outcome synann(const QStringList& arguments) {
  QProcess process;
  process.start(SYNANN_BIN_DIR "/synann", arguments);
  return outcome_of(process);
}

// A line for the shell, with "synann" for the program.
inline Outcome shell(const QString& line) {
  QProcess process;
  process.start("/bin/sh", {"-c", "synann() { " SYNANN_BIN_DIR "/synann \"$@\"; }\n" + line});
  return outcome_of(process);
}

inline QByteArray bytes_of(const QString& path) {
  QFile file(path);
  return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("missing: " + path.toUtf8());
}

// The lines of a history as objects; an empty one for a line that is none.
inline QList<QJsonObject> history(const QString& folder) {
  QList<QJsonObject> events;
  for (const QByteArray& line : bytes_of(folder + "/history.jsonl").trimmed().split('\n'))
    events.append(QJsonDocument::fromJson(line).object());
  return events;
}

inline QList<QJsonObject> events_of(const QString& folder, const QString& kind) {
  QList<QJsonObject> found;
  for (const QJsonObject& event : history(folder))
    if (event["event"] == kind) found.append(event);
  return found;
}

}  // namespace synann::testing
