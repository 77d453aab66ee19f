// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/study/study_runner.h"

#include <chrono>
#include <utility>

#include "engine/core/thread_pool.h"
#include "engine/data/registry.h"
#include "engine/runs/study.h"

namespace synann::ui {

namespace {
constexpr auto kStudyBeat = std::chrono::milliseconds(100);
}

StudyRunner::StudyRunner(QObject* parent)
    : QObject(parent), open_data_([](const std::string& spec) { return data::open_dataset(spec); }) {
  connect(this, &StudyRunner::woken, this, &StudyRunner::take, Qt::QueuedConnection);
}

StudyRunner::~StudyRunner() {
  stop_.store(true);
  if (thread_.joinable()) thread_.join();
}

void StudyRunner::start(runs::StudyPlan plan) {
  if (running_) return;
  if (thread_.joinable()) thread_.join();  // it has told its end
  running_ = true;
  stop_.store(false);
  {
    const std::lock_guard lock(mutex_);
    news_ = {};
    outcome_.reset();
  }
  thread_ = std::jthread([this, plan = std::move(plan)]() mutable {
    lower_thread_priority();
    auto outcome = std::make_unique<Outcome>(work(std::move(plan)));
    {
      const std::lock_guard lock(mutex_);
      outcome_ = std::move(outcome);
    }
    emit woken();
  });
}

void StudyRunner::pause() {
  stop_.store(true);
}

StudyNews StudyRunner::news() const {
  const std::lock_guard lock(mutex_);
  return news_;
}

void StudyRunner::tell(const std::function<void(StudyNews&)>& change, bool at_once) {
  static thread_local std::chrono::steady_clock::time_point due{};
  {
    const std::lock_guard lock(mutex_);
    change(news_);
  }
  const auto now = std::chrono::steady_clock::now();
  if (!at_once && now < due) return;
  due = now + kStudyBeat;
  emit woken();
}

StudyRunner::Outcome StudyRunner::work(runs::StudyPlan plan) {
  const auto wrong = [](const Error& error) {
    return Outcome{false, QString::fromStdString(error.sentence())};
  };
  if (auto status = runs::check_plan(plan); !status) return wrong(status.error());
  auto data = open_data_(plan.models.front().data);
  if (!data) return wrong(data.error());
  plan.data = std::move(*data);
  auto study = runs::Study::open(std::move(plan));
  if (!study) return wrong(study.error());
  const auto tellRuns = [&] {
    auto ended = std::make_shared<const std::vector<runs::StudyRun>>(study->runs());
    tell([&](StudyNews& news) { news.runs = std::move(ended); }, true);
  };
  tellRuns();
  const auto end = study->run(
      stop_,
      [&](const runs::StudyProgress& p) {
        tell(
            [&](StudyNews& news) {
              news.run = p.run;
              news.count = p.runs;
              news.epoch = p.epoch;
              news.epochs = p.epochs;
              news.fraction = p.epochs > 0 ? (p.epoch - 1 + p.epoch_fraction) / p.epochs : 0;
              news.seconds_left = p.seconds_left;
            },
            false);
      },
      [&](const runs::StudyRun&) {
        if (news().runs->size() != study->runs().size()) tellRuns();
      });
  if (!end) return wrong(end.error());
  return {*end, QString::fromStdString(study->note())};
}

// In the window's thread.
void StudyRunner::take() {
  std::unique_ptr<Outcome> outcome;
  {
    const std::lock_guard lock(mutex_);
    outcome = std::exchange(outcome_, nullptr);
  }
  if (outcome) running_ = false;
  emit changed();
  if (outcome) emit ended(outcome->finished, outcome->sentence);
}

}  // namespace synann::ui
