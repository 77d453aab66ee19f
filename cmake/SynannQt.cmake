# SPDX-License-Identifier: GPL-3.0-or-later
find_package(Qt6 6.4 REQUIRED COMPONENTS Core Test)
if(SYNANN_STUDIO)
  find_package(Qt6 6.4 REQUIRED COMPONENTS Gui Widgets Charts Svg PrintSupport)
endif()
qt_standard_project_setup()
set(CMAKE_AUTOUIC OFF)
