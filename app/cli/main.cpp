// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/cli.h"
#include "engine/core/process.h"

int main(int argc, char** argv) {
  synann::prepare_process();
  return synann::cli::run(argc, argv);
}
