// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include <QtTest>

// Lets a failing QCOMPARE show the two std::strings that differ.
namespace QTest {

template <>
inline char* toString(const std::string& text) {
  return qstrdup(text.c_str());
}

}  // namespace QTest
