// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCoreApplication>
#include <QTest>
#ifdef QT_WIDGETS_LIB
#include <QApplication>
#endif

// The tests of one folder are one program. Each file ends with one of these in place of Qt's QTEST_MAIN:
//   SYNANN_TEST(Class)         with a QCoreApplication
//   SYNANN_WINDOW_TEST(Class)  with a QApplication
//   SYNANN_PLAIN_TEST(Class)   without any
// test_main.cpp runs the class that is named on the command line.
namespace synann::testing {

struct TestClass {
  const char* name;  // with its namespace
  const char* file;
  int (*run)(int argc, char** argv);
};

// Called before main() begins.
bool add_test(const TestClass& test);

// For tests that need none.
struct NoApplication {
  NoApplication(int&, char**) {}
};

template <class Application, class Test>
int run_test(int argc, char** argv) {
  QCoreApplication::setAttribute(
      Qt::AA_Use96Dpi);  // as QTEST_MAIN does: pictures are the same on every screen
  const Application application(argc, argv);
  Test test;
  return QTest::qExec(&test, argc, argv);
}

}  // namespace synann::testing

#define SYNANN_TEST_JOINED(a, b) a##b
#define SYNANN_TEST_NAMED(Class, Application, number)                             \
  [[maybe_unused]] static const bool SYNANN_TEST_JOINED(test_is_added_, number) = \
      ::synann::testing::add_test({#Class, __FILE__, ::synann::testing::run_test<Application, Class>});
#define SYNANN_TEST(Class) SYNANN_TEST_NAMED(Class, ::QCoreApplication, __COUNTER__)
#define SYNANN_PLAIN_TEST(Class) SYNANN_TEST_NAMED(Class, ::synann::testing::NoApplication, __COUNTER__)
#define SYNANN_WINDOW_TEST(Class) SYNANN_TEST_NAMED(Class, ::QApplication, __COUNTER__)
