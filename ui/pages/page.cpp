// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/page.h"

namespace synann::ui {

Status Page::openFile(const QString& file) {
  return input_error(file.toStdString(), "is nothing that this page opens");
}

}  // namespace synann::ui
