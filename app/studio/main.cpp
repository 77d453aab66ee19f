// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/studio_app.h"

int main(int argc, char** argv) {
  return synann::ui::runStudio(argc, argv);
}
