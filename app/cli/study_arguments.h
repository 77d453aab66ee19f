// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/cli/cli.h"
#include "engine/core/result.h"
#include "engine/runs/study_plan.h"
#include "engine/runs/study_table.h"
#include "engine/train/settings.h"
#include "engine/train/variation.h"

// What the commands of a study share: how a plan is asked for, and how the outcome is printed.
namespace synann::cli {

struct StudyArguments {
  std::vector<std::string> models{"syna-pixel", "dense-pixel", "identity-pixel"};
  std::string data = "digits", out, resume, ready, table;
  int seeds = 3, record_mib = 8;
  train::AskedSettings asked;
  std::vector<train::Variation> variations;
  train::Execution execution;
  bool json = false;
  bool models_given = false, seeds_given = false, data_given = false;
  bool plan_given = false;  // models, data, or a setting
};

// Adds the options of a plan to a command. What it returns is called once all is parsed.
std::function<void()> add_plan(CLI::App& command, const std::shared_ptr<StudyArguments>& arguments);
void add_table(CLI::App& command, StudyArguments& arguments);  // --table and --json

// The plan with its data open. Nothing is trained. Errors: what was asked for is no study.
Result<runs::StudyPlan> asked_plan(const StudyArguments& arguments);

// In words, or as JSON lines, and into a file where one was asked for. Returns the exit code.
int print_outcome(const StudyArguments& arguments, const runs::StudyPlan& plan,
                  const std::vector<runs::StudyRow>& rows);

// What a person reads when a run has ended.
std::string run_text(const runs::StudyRun& run, const std::string& title);

// plan, task, submit, collect, watch and cancel.
void add_study_tasks(CLI::App& study, Action& action);

}  // namespace synann::cli
