// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/whole_path.h"

#include <QtTest>

#include "tests/test_main.h"

using namespace synann;
namespace fs = std::filesystem;

// A path as everybody else would write it.
class WholePathTest : public QObject {
  Q_OBJECT

 private slots:
  void namesTheFolderItself_data();
  void namesTheFolderItself();
};

void WholePathTest::namesTheFolderItself_data() {
  QTest::addColumn<QString>("path");
  QTest::addColumn<QString>("whole");
  const QString here = QString::fromStdString(fs::current_path().string());
  QTest::newRow("as it is") << "/a/b"
                            << "/a/b";
  QTest::newRow("a slash at its end") << "/a/b/"
                                      << "/a/b";
  QTest::newRow("dots") << "/a/./c/../b/."
                        << "/a/b";
  QTest::newRow("from here") << "b/" << here + "/b";
  QTest::newRow("here") << "." << here;
  QTest::newRow("the root") << "/"
                            << "/";
  QTest::newRow("empty") << ""
                         << "";
}

void WholePathTest::namesTheFolderItself() {
  QFETCH(QString, path);
  QFETCH(QString, whole);
  QCOMPARE(QString::fromStdString(whole_path(path.toStdString()).string()), whole);
}

SYNANN_TEST(WholePathTest)
#include "whole_path_test.moc"
