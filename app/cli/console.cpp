// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/console.h"

#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <fmt/format.h>
#include <unistd.h>

#include "app/cli/cli.h"

namespace synann::cli {

void print_line(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fputc('\n', stdout);
  std::fflush(stdout);
}

int report(const Error& error) {
  const std::string sentence = error.sentence();
  fmt::print(stderr, "synann: {}{}\n", sentence, sentence.ends_with('?') ? "" : ".");
  switch (error.kind) {
    case ErrorKind::Input:
      return kUsage;
    case ErrorKind::Failed:
      return kFailed;
    case ErrorKind::Cancelled:
      return interrupted_code();
  }
  return kFailed;
}

void print_notes(const std::vector<std::string>& sentences) {
  for (const std::string& sentence : sentences) fmt::print(stderr, "synann: {}.\n", sentence);
}

ProgressLine::ProgressLine() : enabled_(isatty(STDERR_FILENO) != 0) {}
ProgressLine::~ProgressLine() {
  wipe();
}

void ProgressLine::show(const std::string& text) {
  const double now =
      std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
  if (!enabled_ || now - last_ < 0.1) return;
  last_ = now;
  shown_ = true;
  fmt::print(stderr, "\r{}\x1b[K", text);
  std::fflush(stderr);
}

void ProgressLine::wipe() {
  if (!shown_) return;
  shown_ = false;
  fmt::print(stderr, "\r\x1b[K");
  std::fflush(stderr);
}

namespace {

constexpr std::array kSignals = {SIGINT, SIGTERM, SIGHUP};
std::atomic<int> latest_signal{0};
std::atomic<void (*)()> stop_work{nullptr};

void on_signal(int number) {
  latest_signal.store(number);
  if (auto* stop = stop_work.load()) stop();
}

}  // namespace

InterruptGuard::InterruptGuard(void (*stop)()) {
  stop_work.store(stop);
  for (const int number : kSignals) {
    if (std::signal(number, on_signal) == SIG_IGN) std::signal(number, SIG_IGN);
  }
}
InterruptGuard::~InterruptGuard() {
  for (const int number : kSignals) {
    if (std::signal(number, SIG_DFL) == SIG_IGN) std::signal(number, SIG_IGN);
  }
  stop_work.store(nullptr);
}

bool interrupted() {
  return latest_signal.load() > 0;
}

int interrupted_code() {
  const int number = latest_signal.load();
  return number > 0 ? 128 + number : kInterrupted;
}

std::string clock_text(double seconds) {
  const auto s = static_cast<long>(seconds + 0.5);
  if (s >= 3600) return fmt::format("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
  return fmt::format("{:02}:{:02}", s / 60, s % 60);
}

}  // namespace synann::cli
