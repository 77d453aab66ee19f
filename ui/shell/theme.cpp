// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/theme.h"

#include <cmath>

#include <QApplication>
#include <QColor>
#include <QPainter>
#include <QProxyStyle>
#include <QStyleOption>

namespace synann::ui {

namespace {

// The colours that differ between light and dark, as 0xRRGGBB.
struct Colors {
  QRgb window, base, alternate, button, text, dim, highlight, highlighted_text, link, tooltip, light, mid,
      shadow;
};

constexpr Colors kLight = {0xf4f4f2, 0xffffff, 0xf6f7f9, 0xebebe9, 0x1a1b1e, 0x85868a, 0x1f5fbf,
                           0xffffff, 0x1a56b0, 0xffffe8, 0xffffff, 0xb9b9b6, 0x6f6f6d};
constexpr Colors kDark = {0x202226, 0x17181b, 0x1d1f22, 0x2d3036, 0xe4e5e7, 0x84878d, 0x3f7fdc,
                          0xffffff, 0x82b4ff, 0x33363c, 0x43474e, 0x3a3d43, 0x0c0d0e};

// Fusion draws the frames of its controls in a shade of the window's colour, which is hardly seen (1.1:1 to
// 2:1); ours have a contrast of 3:1 with their ground at least.
class StudioStyle : public QProxyStyle {
 public:
  StudioStyle() : QProxyStyle(QStringLiteral("Fusion")) {}

  void drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                     const QWidget* widget) const override {
    QProxyStyle::drawPrimitive(element, option, painter, widget);
    const bool focus = option->state & State_HasFocus;  // Fusion's own frame of the focus can be seen
    switch (element) {
      case PE_IndicatorCheckBox:
      case PE_IndicatorItemViewItemCheck:
        return drawFrame(painter, option->rect, checkFrame(option->palette));
      case PE_FrameLineEdit:
        if (!focus) drawFrame(painter, option->rect, controlFrame(*option));
        return;
      case PE_PanelButtonCommand:
        if (!focus || !(option->state & State_KeyboardFocusChange))
          drawFrame(painter, option->rect, controlFrame(*option));
        return;
      case PE_PanelButtonTool:
        if (option->state & State_On || !(option->state & State_AutoRaise))
          drawFrame(painter, option->rect, controlFrame(*option));
        return;
      default:
        return;
    }
  }

  void drawComplexControl(ComplexControl control, const QStyleOptionComplex* option, QPainter* painter,
                          const QWidget* widget) const override {
    QProxyStyle::drawComplexControl(control, option, painter, widget);
    if (control == CC_SpinBox && !(option->state & State_HasFocus))
      drawFrame(painter, option->rect, controlFrame(*option));
    if (control == CC_Slider) drawSlider(*option, painter, widget);
  }

  void drawControl(ControlElement element, const QStyleOption* option, QPainter* painter,
                   const QWidget* widget) const override {
    QProxyStyle::drawControl(element, option, painter, widget);
    if (element == CE_ProgressBarGroove) drawFrame(painter, option->rect, controlFrame(*option));
    if (element != CE_TabBarTabShape || !(option->state & State_Selected)) return;
    const QRect tab = option->rect;
    painter->fillRect(QRect(tab.left() + 1, tab.top(), tab.width() - 2, kTabLine),
                      option->palette.color(QPalette::Highlight));
  }

  // Narrow tabs: all of a page's figures fit beside its picture.
  int pixelMetric(PixelMetric metric, const QStyleOption* option, const QWidget* widget) const override {
    constexpr int kTabSpace = 14;  // pixels beside a tab's text
    if (metric == PM_TabBarTabHSpace) return kTabSpace;
    return QProxyStyle::pixelMetric(metric, option, widget);
  }

 private:
  static constexpr int kTabLine = 2;  // pixels above the chosen tab

  void drawSlider(const QStyleOptionComplex& option, QPainter* painter, const QWidget* widget) const {
    const QRect handle = subControlRect(CC_Slider, &option, SC_SliderHandle, widget);
    const QColor color = controlFrame(option);
    if (option.subControls & SC_SliderGroove) {
      painter->save();
      painter->setClipRegion(QRegion(option.rect) - handle);
      drawFrame(painter, subControlRect(CC_Slider, &option, SC_SliderGroove, widget), color);
      painter->restore();
    }
    if (option.subControls & SC_SliderHandle) drawFrame(painter, handle.adjusted(1, 1, -1, -1), color);
  }

  static QColor controlFrame(const QStyleOption& option) {
    QColor color = frameColor(option.palette);
    if (!(option.state & State_Enabled)) color.setAlphaF(0.5F);  // as its words are dimmer
    return color;
  }
  static void drawFrame(QPainter* painter, const QRect& rect, const QColor& color) {
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(QPen(color, 1));
    painter->setBrush(Qt::NoBrush);
    painter->drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), 2, 2);
    painter->restore();
  }
};

// `part` of the way from the window's ground to its text, which differ most.
QColor towardsText(const QPalette& palette, double part) {
  const QColor text = palette.color(QPalette::Active, QPalette::WindowText);
  const QColor ground = palette.color(QPalette::Active, QPalette::Window);
  const auto between = [part](int a, int b) {
    return static_cast<int>(std::lround(part * a + (1 - part) * b));
  };
  return QColor(between(text.red(), ground.red()), between(text.green(), ground.green()),
                between(text.blue(), ground.blue()));
}

}  // namespace

QColor frameColor(const QPalette& palette) {
  return towardsText(palette, isDark(palette) ? 0.45 : 0.5);
}

QColor checkFrame(const QPalette& palette) {
  return towardsText(palette, 2.0 / 3);
}

QPalette themePalette(bool dark) {
  const Colors& c = dark ? kDark : kLight;
  QPalette palette;
  palette.setColor(QPalette::Window, QColor(c.window));
  palette.setColor(QPalette::WindowText, QColor(c.text));
  palette.setColor(QPalette::Base, QColor(c.base));
  palette.setColor(QPalette::AlternateBase, QColor(c.alternate));
  palette.setColor(QPalette::Text, QColor(c.text));
  palette.setColor(QPalette::Button, QColor(c.button));
  palette.setColor(QPalette::ButtonText, QColor(c.text));
  palette.setColor(QPalette::BrightText, QColor(dark ? 0xff8a80u : 0xb3261eu));
  palette.setColor(QPalette::Highlight, QColor(c.highlight));
  palette.setColor(QPalette::HighlightedText, QColor(c.highlighted_text));
  palette.setColor(QPalette::Link, QColor(c.link));
  palette.setColor(QPalette::LinkVisited, QColor(c.link));
  palette.setColor(QPalette::ToolTipBase, QColor(c.tooltip));
  palette.setColor(QPalette::ToolTipText, QColor(c.text));
  palette.setColor(QPalette::PlaceholderText, QColor(c.dim));
  palette.setColor(QPalette::Light, QColor(c.light));
  palette.setColor(QPalette::Midlight, QColor(c.button));
  palette.setColor(QPalette::Mid, QColor(c.mid));
  palette.setColor(QPalette::Dark, QColor(c.mid));
  palette.setColor(QPalette::Shadow, QColor(c.shadow));
  for (const QPalette::ColorRole role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText}) {
    palette.setColor(QPalette::Disabled, role, QColor(c.dim));
  }
  palette.setColor(QPalette::Disabled, QPalette::Base, QColor(c.window));
  palette.setColor(QPalette::Disabled, QPalette::Highlight, QColor(c.mid));
  return palette;
}

bool isDark(const QPalette& palette) {
  return palette.color(QPalette::WindowText).lightness() > palette.color(QPalette::Window).lightness();
}

void applyTheme(ThemeChoice choice) {
  static const bool system_is_dark = isDark(QGuiApplication::palette());
  const bool dark = choice == ThemeChoice::System ? system_is_dark : choice == ThemeChoice::Dark;
  static const bool styled = [] {
    QApplication::setStyle(new StudioStyle);
    return true;
  }();
  Q_UNUSED(styled)
  QApplication::setPalette(themePalette(dark));
}

QString themeId(ThemeChoice choice) {
  switch (choice) {
    case ThemeChoice::System:
      return QStringLiteral("system");
    case ThemeChoice::Light:
      return QStringLiteral("light");
    case ThemeChoice::Dark:
      return QStringLiteral("dark");
  }
  return {};
}

ThemeChoice themeFromId(const QString& id) {
  if (id == QLatin1String("light")) return ThemeChoice::Light;
  if (id == QLatin1String("dark")) return ThemeChoice::Dark;
  return ThemeChoice::System;
}

}  // namespace synann::ui
