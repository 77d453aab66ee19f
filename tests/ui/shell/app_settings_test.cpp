// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/app_settings.h"

#include <QApplication>
#include <QComboBox>
#include <QLineEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QSettings>
#include <QSlider>
#include <QSpinBox>
#include <QTabBar>
#include <QTemporaryDir>
#include <QTest>

#include "tests/test_main.h"
#include "ui/plots/figure_look.h"
#include "ui/shell/theme.h"
#include "ui/widgets/icons.h"

namespace synann::ui {

class AppSettingsTest : public QObject {
  Q_OBJECT

 private slots:
  void init() {
    home_ = std::make_unique<QTemporaryDir>();
    QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, home_->path());
  }
  void beginsWithDefaults();
  void comesBackAsItWent();
  void nonsenseBecomesTheDefault();
  void themesDifferAndCanBeRead();
  void controlsStandOutFromTheirGround();
  void iconsFollowTheTheme();

 private:
  std::unique_ptr<QTemporaryDir> home_;
};

void AppSettingsTest::beginsWithDefaults() {
  QVERIFY(loadSettings() == AppSettings());
}

void AppSettingsTest::comesBackAsItWent() {
  AppSettings settings;
  settings.theme = ThemeChoice::Dark;
  settings.settings = R"({"lr": 0.5})";
  settings.page = "surface";
  settings.runs = {"runs/a, b", "runs/c"};
  settings.figures = {"loss.png"};
  settings.files = {"latch.json", "pairs.csv"};
  settings.pages = {{"train", {{"log_y", true}, {"log_interval", 7}}}};
  settings.threads = 1;
  settings.data = "some/folder";
  settings.dataFolders = {"some/folder", "other, with comma"};
  settings.exportFolder = "figures";
  settings.exportKind = "svg";
  settings.exportChoices = {{"preset", "own"}, {"width", "88.9mm"}, {"marks", false}};
  settings.geometry = QByteArray("\0\1\2", 3);
  settings.splitters = {{"train.rows", "abc"}};
  saveSettings(settings);
  QVERIFY(loadSettings() == settings);
}

void AppSettingsTest::nonsenseBecomesTheDefault() {
  QSettings file(QSettings::IniFormat, QSettings::UserScope, "synann-studio", "synann-studio");
  file.setValue("version", 99);
  file.setValue("view/theme", "pink");
  file.setValue("run/threads", -3);
  file.setValue("run/data", "");
  file.sync();
  QVERIFY(loadSettings() == AppSettings());
}

void AppSettingsTest::themesDifferAndCanBeRead() {
  QVERIFY(isDark(themePalette(true)));
  QVERIFY(!isDark(themePalette(false)));
  for (const bool dark : {false, true}) {
    const QPalette palette = themePalette(dark);
    QVERIFY(contrast(checkFrame(palette), palette.color(QPalette::Window)) >= 3);
    QVERIFY(contrast(checkFrame(palette), palette.color(QPalette::Base)) >= 3);
    for (const QPalette::ColorRole ground : {QPalette::Window, QPalette::Base})
      QVERIFY(contrast(frameColor(palette), palette.color(ground)) >= 3);
    for (const auto& [text, ground] :
         {std::pair(QPalette::WindowText, QPalette::Window), std::pair(QPalette::Text, QPalette::Base),
          std::pair(QPalette::ButtonText, QPalette::Button),
          std::pair(QPalette::HighlightedText, QPalette::Highlight),
          std::pair(QPalette::ToolTipText, QPalette::ToolTipBase)}) {
      // WCAG 2: relative luminance, 3:1 for large and 4.5:1 for small text.
      const auto luminance = [](const QColor& c) {
        const auto linear = [](double v) {
          return v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4);
        };
        return 0.2126 * linear(c.redF()) + 0.7152 * linear(c.greenF()) + 0.0722 * linear(c.blueF());
      };
      const double a = luminance(palette.color(text)), b = luminance(palette.color(ground));
      const double contrast = (std::max(a, b) + 0.05) / (std::min(a, b) + 0.05);
      QVERIFY2(contrast >= (text == QPalette::HighlightedText ? 3.0 : 4.5),
               qPrintable(QString::number(contrast)));
    }
  }
  for (const ThemeChoice choice : {ThemeChoice::System, ThemeChoice::Light, ThemeChoice::Dark}) {
    QVERIFY(themeFromId(themeId(choice)) == choice);
  }
}

// As they are painted: the line around each control, and the line above the chosen tab.
void AppSettingsTest::controlsStandOutFromTheirGround() {
  for (const ThemeChoice theme : {ThemeChoice::Light, ThemeChoice::Dark}) {
    applyTheme(theme);
    QSpinBox spin;
    QComboBox list;
    QLineEdit line;
    QPushButton button("Reset");
    QProgressBar progress;
    QSlider slider(Qt::Horizontal);
    QTabBar tabs;
    tabs.addTab("One");
    tabs.addTab("Two");
    list.addItem("raw losses");
    const QColor ground = QApplication::palette().color(QPalette::Window);
    for (QWidget* control :
         std::initializer_list<QWidget*>{&spin, &list, &line, &button, &progress, &slider, &tabs}) {
      control->resize(control->sizeHint());
      const QImage image = control->grab().toImage();
      // Right of the handle, which is at its least, the groove is not filled.
      const int x = control == &slider ? image.width() - 4 : std::min(30, image.width() / 3);
      double most = 0;
      for (int y = 0; y < image.height() / 2; ++y)
        most = std::max(most, contrast(image.pixelColor(x, y), ground));
      QVERIFY2(most >= 3, qPrintable(QString("%1: %2").arg(control->metaObject()->className()).arg(most)));
    }
  }
}

void AppSettingsTest::iconsFollowTheTheme() {
  const QIcon icon = glyphIcon(Glyph::Stop);
  applyTheme(ThemeChoice::Light);
  const QColor light = icon.pixmap(16, 16).toImage().pixelColor(8, 8);
  applyTheme(ThemeChoice::Dark);
  const QColor dark = icon.pixmap(16, 16).toImage().pixelColor(8, 8);
  QVERIFY(light.lightness() < 80);
  QVERIFY(dark.lightness() > 180);
}

}  // namespace synann::ui

SYNANN_WINDOW_TEST(synann::ui::AppSettingsTest)
#include "app_settings_test.moc"
