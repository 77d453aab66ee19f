// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/runs/study_tasks.h"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <memory>
#include <set>
#include <string>

#include <QTemporaryDir>
#include <QtTest>

#include "engine/core/folder_lock.h"
#include "engine/data/registry.h"
#include "engine/runs/study.h"
#include "engine/runs/study_submit.h"
#include "engine/train/checkpoint.h"
#include "tests/engine/train/session_fixtures.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::runs;
using namespace synann::train;
namespace fs = std::filesystem;

namespace {

const std::atomic<bool> kNever{false};
const StudyProgressTold kQuiet = [](const StudyProgress&) {};

Settings task_settings(const char* model, const std::string& data) {
  Settings s = recommended_settings(model, data);
  s.epochs = 2;
  s.batch_size = 40;
  return s;
}

}  // namespace

// Studies in tasks: two small models on 200 digits in files, as other machines would find them.
class StudyTasksTest : public QObject {
  Q_OBJECT
 private slots:
  void init();
  void idsAreOfSettingsAndData();
  void tasksAreWrittenAndRead();
  void aPlannedStudyIsTheSerialOne();
  void aTaskIsDoneOnce();
  void aStoppedTaskGoesOn();
  void aTaskThatIsWorkedOnIsRefused();
  void whatIsMissingIsNamed();
  void otherDataAreRefused();
  void anExtendedPlanKeepsWhatWasTrained();
  void aSerialStudyBecomesTasks();
  void wrongFilesAreRefused();
  void arraysAreShort();
  void scriptsQuoteNames();

 private:
  StudyPlan plan(const fs::path& folder) const {
    return {.models = {task_settings("linear", data_spec_), task_settings("identity-pixel", data_spec_)},
            .first_seed = 4,
            .seeds = 2,
            .execution = {.threads = 1},
            .data = data_,
            .folder = folder};
  }
  fs::path at(const char* name) const { return fs::path(folder_->path().toStdString()) / name; }

  std::unique_ptr<QTemporaryDir> folder_;
  std::string data_spec_;
  data::DataPairPtr data_;
};

void StudyTasksTest::init() {
  QVERIFY((folder_ = std::make_unique<QTemporaryDir>())->isValid());
  QVERIFY(data::write_idx_folder(*testing::tiny_digits(200), at("data"), false).ok());
  data_spec_ = at("data").string();
  const auto opened = data::open_dataset(data_spec_);
  QVERIFY(opened.ok());
  data_ = *opened;
}

void StudyTasksTest::idsAreOfSettingsAndData() {
  Settings a = task_settings("linear", "digits");
  const std::string id = task_id(a, "abc");
  QCOMPARE(id.size(), std::size_t{16});
  Settings b = a;
  b.data = "/somewhere/else";
  b.log_interval = 7;
  QCOMPARE(task_id(b, "abc"), id);  // neither changes what is trained
  std::set<std::string> ids{id, task_id(a, "abd")};
  b = a;
  b.seed = a.seed + 1;
  ids.insert(task_id(b, "abc"));
  b = a;
  b.learning_rate *= 2;
  ids.insert(task_id(b, "abc"));
  b = a;
  b.model = "identity-pixel";
  ids.insert(task_id(b, "abc"));
  QCOMPARE(ids.size(), std::size_t{5});
}

void StudyTasksTest::tasksAreWrittenAndRead() {
  StudyPlan asked = plan(at("study"));
  asked.execution.tier = "eigen";
  asked.record.bytes = 12345;
  const auto planned = plan_tasks(asked);
  QVERIFY2(planned.ok(), planned.ok() ? "" : planned.error().sentence().c_str());
  const auto read = read_tasks(at("study"));
  QVERIFY2(read.ok(), read.ok() ? "" : read.error().sentence().c_str());
  QCOMPARE(read->size(), std::size_t{4});
  std::set<std::string> ids;
  for (std::size_t k = 0; k < read->size(); ++k) {
    const StudyTask& task = (*read)[k];
    QCOMPARE(task.id, (*planned)[k].id);
    QVERIFY(task.settings == (*planned)[k].settings);
    QCOMPARE(task.title, (*planned)[k].title);
    QCOMPARE(task.data_sha256, data_->sha256);
    QCOMPARE(task.execution.tier, std::string("eigen"));
    QCOMPARE(task.execution.threads, 1);
    QCOMPARE(task.record.bytes, std::int64_t{12345});
    ids.insert(task.id);
  }
  QCOMPARE(ids.size(), std::size_t{4});
  for (const TaskStatus& status : task_statuses(at("study"), *read))
    QVERIFY(status.state == TaskState::Waiting);
}

// In any order, and each by a program of its own: the same numbers as from one.
void StudyTasksTest::aPlannedStudyIsTheSerialOne() {
  auto serial = Study::open(plan({}));
  QVERIFY(serial.ok());
  QVERIFY(*serial->run(kNever, kQuiet, [](const StudyRun&) {}));
  auto tasks = plan_tasks(plan(at("study")));
  QVERIFY(tasks.ok());
  std::reverse(tasks->begin(), tasks->end());
  for (const StudyTask& task : *tasks) {
    const auto made = make_task(at("study"), task, {}, kNever, kQuiet);
    QVERIFY2(made.ok(), made.ok() ? "" : made.error().sentence().c_str());
    QVERIFY(made->has_value());
    QCOMPARE((*made)->run, "runs/" + task.id);
    QVERIFY(fs::exists(at("study") / "runs" / task.id / kLastCheckpoint));
  }
  const auto file = read_study(at("study"));
  QVERIFY(file.ok());
  const auto rows = study_table(file->plan, file->runs), expected = serial->table();
  QCOMPARE(rows.size(), std::size_t{2});
  for (std::size_t r = 0; r < rows.size(); ++r) {
    QCOMPARE(rows[r].runs, 2);
    QCOMPARE(rows[r].title(), expected[r].title());
    QVERIFY(rows[r].accuracy == expected[r].accuracy && rows[r].test_loss == expected[r].test_loss);
    QVERIFY(rows[r].test_loss_deviation == expected[r].test_loss_deviation);
    for (const StudyRun& run : rows[r].made) QVERIFY(!run.isa.empty());
  }
  QVERIFY(rows[1].against_first->p == expected[1].against_first->p);
}

void StudyTasksTest::aTaskIsDoneOnce() {
  const auto tasks = plan_tasks(plan(at("study")));
  const StudyTask& task = tasks->front();
  const auto made = make_task(at("study"), task, {}, kNever, kQuiet);
  QVERIFY(made.ok() && *made);
  const fs::path result = at("study") / "runs" / task.id / kResultFile;
  const auto time = fs::last_write_time(result);
  int told = 0;
  const auto again = make_task(at("study"), task, {}, kNever, [&](const StudyProgress&) { ++told; });
  QVERIFY(again.ok() && *again);
  QCOMPARE(told, 0);
  QVERIFY(fs::last_write_time(result) == time);
  QVERIFY((*again)->test_loss == (*made)->test_loss);
  // A kill between the last epoch and the result: it is told from the history, nothing is trained again.
  fs::remove(result);
  const auto checkpoint = fs::last_write_time(result.parent_path() / kLastCheckpoint);
  const auto from_history = make_task(at("study"), task, {}, kNever, kQuiet);
  QVERIFY(from_history.ok() && *from_history);
  QVERIFY((*from_history)->test_loss == (*made)->test_loss);
  QVERIFY((*from_history)->isa == (*made)->isa);
  QVERIFY(fs::exists(result));
  QVERIFY(fs::last_write_time(result.parent_path() / kLastCheckpoint) == checkpoint);
}

void StudyTasksTest::aStoppedTaskGoesOn() {
  const auto tasks = plan_tasks(plan(at("study")));
  const StudyTask& task = (*tasks)[1];
  std::atomic<bool> stop{false};
  const auto stopped = make_task(at("study"), task, {}, stop, [&](const StudyProgress& p) {
    if (p.epoch == 2) stop = true;
  });
  QVERIFY2(stopped.ok(), stopped.ok() ? "" : stopped.error().sentence().c_str());
  QVERIFY(!stopped->has_value());
  TaskStatus status = task_status(at("study"), task);
  QVERIFY(status.state == TaskState::Interrupted);
  QCOMPARE(status.epochs, 1);
  const auto ended = make_task(at("study"), task, {}, kNever, kQuiet);
  QVERIFY(ended.ok() && *ended);
  status = task_status(at("study"), task);
  QVERIFY(status.state == TaskState::Done);
  // As though nobody had stopped it.
  QVERIFY(plan_tasks(plan(at("whole"))).ok());
  const auto whole = make_task(at("whole"), task, {}, kNever, kQuiet);
  QVERIFY((*whole)->test_loss == (*ended)->test_loss && (*whole)->train_loss == (*ended)->train_loss);
}

void StudyTasksTest::aTaskThatIsWorkedOnIsRefused() {
  const auto tasks = plan_tasks(plan(at("study")));
  const StudyTask& task = tasks->front();
  const auto lock = FolderLock::take(at("study") / "runs" / task.id, "task.lock");
  QVERIFY(lock.ok());
  const auto refused = make_task(at("study"), task, {}, kNever, kQuiet);
  QVERIFY(!refused.ok());
  QVERIFY2(refused.error().sentence().find("written by") != std::string::npos,
           refused.error().sentence().c_str());
}

void StudyTasksTest::whatIsMissingIsNamed() {
  const auto tasks = plan_tasks(plan(at("study")));
  QVERIFY((*make_task(at("study"), (*tasks)[0], {}, kNever, kQuiet)).has_value());
  const fs::path second = at("study") / "runs" / (*tasks)[1].id;
  QVERIFY(make_folder(second).ok());
  std::ofstream(second / kResultFile) << "{\"format\": \"synann-task-res";  // torn, as no rename leaves it
  TaskOptions nowhere;
  nowhere.data = at("nowhere").string();
  QVERIFY(!make_task(at("study"), (*tasks)[2], nowhere, kNever, kQuiet).ok());
  auto statuses = task_statuses(at("study"), *tasks);
  QVERIFY(statuses[0].state == TaskState::Done);
  QVERIFY(statuses[1].state == TaskState::Broken);
  QVERIFY(statuses[1].reason.find(kResultFile) != std::string::npos);
  QVERIFY(statuses[2].state == TaskState::Broken);
  QVERIFY2(statuses[2].reason.find("nowhere") != std::string::npos, statuses[2].reason.c_str());
  QVERIFY(statuses[3].state == TaskState::Waiting);
  // The table has what there is.
  const auto file = read_study(at("study"));
  QVERIFY(file.ok());
  QCOMPARE(file->runs.size(), std::size_t{1});
  // Once it can be done, nothing is left of the error.
  QVERIFY((*make_task(at("study"), (*tasks)[2], {}, kNever, kQuiet)).has_value());
  statuses = task_statuses(at("study"), *tasks, std::move(statuses));
  QVERIFY(statuses[2].state == TaskState::Done && statuses[2].reason.empty());
}

void StudyTasksTest::otherDataAreRefused() {
  auto tasks = plan_tasks(plan(at("study")));
  StudyTask other = tasks->front();
  other.data_sha256[0] = other.data_sha256[0] == '0' ? '1' : '0';
  other.id = task_id(other.settings, other.data_sha256);
  const auto refused = make_task(at("study"), other, {}, kNever, kQuiet);
  QVERIFY(!refused.ok());
  QVERIFY2(refused.error().sentence().find("other data") != std::string::npos,
           refused.error().sentence().c_str());
}

void StudyTasksTest::anExtendedPlanKeepsWhatWasTrained() {
  const auto tasks = plan_tasks(plan(at("study")));
  QVERIFY((*make_task(at("study"), tasks->front(), {}, kNever, kQuiet)).has_value());
  StudyPlan more = plan(at("study"));
  more.seeds = 3;
  const auto extended = plan_tasks(more);
  QVERIFY(extended.ok());
  QCOMPARE(extended->size(), std::size_t{6});
  const auto statuses = task_statuses(at("study"), *extended);
  QCOMPARE(std::count_if(statuses.begin(), statuses.end(), [](const TaskStatus& s) { return s.over(); }), 1);
  QVERIFY(statuses.front().state == TaskState::Done);
}

// A study that one program began is handed on; and one that was begun in tasks is ended by one program.
void StudyTasksTest::aSerialStudyBecomesTasks() {
  StudyPlan one = plan(at("study"));
  one.seeds = 1;
  {
    auto serial = Study::open(one);
    QVERIFY(*serial->run(kNever, kQuiet, [](const StudyRun&) {}));
  }
  const auto tasks = plan_tasks(plan(at("study")));
  auto statuses = task_statuses(at("study"), *tasks);
  QVERIFY(statuses[0].state == TaskState::Done && statuses[1].state == TaskState::Done);
  QVERIFY(statuses[2].state == TaskState::Waiting);
  QVERIFY((*make_task(at("study"), (*tasks)[2], {}, kNever, kQuiet)).has_value());
  auto serial = Study::open(plan(at("study")));
  QVERIFY(serial.ok());
  QCOMPARE(serial->runs().size(), std::size_t{3});
  QVERIFY(*serial->run(kNever, kQuiet, [](const StudyRun&) {}));
  QCOMPARE(serial->runs().size(), std::size_t{4});
}

void StudyTasksTest::wrongFilesAreRefused() {
  const auto missing = read_tasks(at("nothing"));
  QVERIFY(!missing.ok());
  QVERIFY(missing.error().sentence().find("study plan") != std::string::npos);
  QVERIFY(plan_tasks(plan(at("study"))).ok());
  const fs::path file = at("study") / kTasksFile;
  std::ifstream in(file);
  std::string text((std::istreambuf_iterator<char>(in)), {});
  const auto refused = [&](const std::string& content, const char* words) {
    std::ofstream(file) << content;
    const auto read = read_tasks(at("study"));
    if (read.ok()) return false;
    if (read.error().sentence().find(words) == std::string::npos)
      qWarning("%s", read.error().sentence().c_str());
    return read.error().sentence().find(words) != std::string::npos;
  };
  QVERIFY(refused(text.substr(0, text.size() / 2 - 10), "line "));
  QVERIFY(refused("[]\n", "line 1"));
  QVERIFY(refused("{\"id\": 3}\n", "line 1"));
  std::string changed = text;
  changed.replace(changed.find("\"epochs\":2"), 10, "\"epochs\":3");
  QVERIFY(refused(changed, "not those of its id"));
}

void StudyTasksTest::arraysAreShort() {
  QCOMPARE(array_text({}), std::string());
  QCOMPARE(array_text({3}), std::string("3"));
  QCOMPARE(array_text({1, 2, 3, 7, 9, 10}), std::string("1-3,7,9-10"));
}

void StudyTasksTest::scriptsQuoteNames() {
  SubmitRequest request;
  request.folder = "/data/it's here";
  request.program = "/opt/syna nn/synann";
  const std::string script = slurm_script(request);
  QVERIFY(script.find("'/data/it'\\''s here'") != std::string::npos);
  QVERIFY(script.find("'/opt/syna nn/synann' study task") != std::string::npos);
  QVERIFY(script.find("#SBATCH --requeue") != std::string::npos);
  QVERIFY(script.find("#SBATCH --signal=B:TERM@60") != std::string::npos);
  request.jobs = 3;
  request.hosts = "hosts.txt";
  const auto command = parallel_command(request, "/data/list");
  QVERIFY(std::find(command.begin(), command.end(), "--sshloginfile") != command.end());
  QCOMPARE(command.back(), std::string("/data/list"));
}

SYNANN_TEST(StudyTasksTest)
#include "study_tasks_test.moc"
