// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <string>

#include <QObject>
#include <QString>

#include "ui/pages/view_field.h"

class QWidget;

namespace synann::ui {

class NumberSlider;

// The controls of a page's fields, made from its table: a box for a number (with a slider where the field
// wants one), a list for words, a check box for a switch. They show a scene and tell what a person changes;
// neither keeps anything. Lives in the window's thread.
class FieldControls : public QObject {
  Q_OBJECT

 public:
  // Widgets are named "<page>.<field>" and belong to `parent`.
  FieldControls(const QString& page, QWidget* parent);

  // Makes the controls of a table's fields.
  template <class Scene>
  void make(const FieldTable<Scene>& table) {
    for (const Field<Scene>& field : table)
      if (field.info.plain) add(field.info);
  }
  // A field's own widget: QSpinBox, ExactBox, QComboBox or QCheckBox; and the slider beside its box.
  QWidget* widget(const char* id) const;
  template <class Widget>
  Widget* widget(const char* id) const {
    return qobject_cast<Widget*>(widget(id));
  }
  QWidget* slider(const char* id) const;

  // Shows the scene; tells nobody.
  template <class Scene>
  void show(const FieldTable<Scene>& table, const Scene& scene) {
    for (const Field<Scene>& field : table)
      if (field.info.plain) setValue(field.info.id, field.get(scene));
  }
  // Takes one field over from its control.
  template <class Scene>
  void take(const FieldTable<Scene>& table, const QString& id, Scene& scene) const {
    for (const Field<Scene>& field : table)
      if (id == QLatin1String(field.info.id.c_str())) field.set(scene, value(field.info.id));
  }

 signals:
  void changed(const QString& id);  // by a person

 private:
  struct Control {
    FieldInfo info;
    QWidget* widget = nullptr;
    NumberSlider* slider = nullptr;
  };
  void add(const FieldInfo& info);
  void connectWidget(const Control& control);
  double value(const std::string& id) const;
  void setValue(const std::string& id, double value);

  QString page_;
  QWidget* parent_;
  std::map<std::string, Control> controls_;
};

}  // namespace synann::ui
