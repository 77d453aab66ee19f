# SPDX-License-Identifier: GPL-3.0-or-later
find_package(Qt6 6.4 REQUIRED COMPONENTS Core Test)
if(SYNANN_STUDIO)
  find_package(Qt6 6.4 REQUIRED COMPONENTS Gui Widgets Charts Svg PrintSupport)
  find_package(Qt6 6.4 QUIET OPTIONAL_COMPONENTS DBus)  # notifications of the desktop; part of Qt's base
endif()
qt_standard_project_setup()
set(CMAKE_AUTOUIC OFF)
