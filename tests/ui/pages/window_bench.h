// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include <QSettings>
#include <QTemporaryDir>
#include <QTest>

#include "tests/ui/session/small_data.h"
#include "ui/shell/main_window.h"

namespace synann::ui::testing {

// The real window on the small digits, 20 steps an epoch.
struct WindowBench {
  explicit WindowBench(const char* model = "syna-cnn", int epochs = 2) {
    QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, home.path());
    window = std::make_unique<MainWindow>(AppSettings{});
    prepare(window->controller(), home);
    window->resize(1100, 700);
    window->show();
    window->start();
    [&] { QTRY_VERIFY_WITH_TIMEOUT(!window->controller().busy(), kWait); }();
    settings = smallSettings(epochs);
    settings.model = model;
  }
  void train() {
    window->controller().train(settings);
    [&] { QTRY_VERIFY_WITH_TIMEOUT(!window->controller().busy(), kWait); }();
  }
  template <class Widget>
  Widget* find(const QString& name) const {
    return window->findChild<Widget*>(name);
  }
  std::filesystem::path run() const { return window->controller().runFolder(); }

  QTemporaryDir home;
  train::Settings settings;
  std::unique_ptr<MainWindow> window;
};

}  // namespace synann::ui::testing
