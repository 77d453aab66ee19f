// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studio/command_line.h"
#include "engine/core/process.h"
#include "ui/shell/studio_app.h"

int main(int argc, char** argv) {
  synann::prepare_process();
  const auto read = synann::app::read_command_line(argc, argv);
  if (const auto* leave = std::get_if<synann::app::Leave>(&read)) return leave->exit_code;
  return synann::ui::runStudio(std::get<synann::ui::StudioOptions>(read), argc, argv);
}
