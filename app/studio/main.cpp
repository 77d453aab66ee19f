// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/process.h"
#include "ui/shell/studio_app.h"

int main(int argc, char** argv) {
  synann::prepare_process();
  return synann::ui::runStudio(argc, argv);
}
