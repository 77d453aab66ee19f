// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/helper_policy.h"

#include <QtTest>

#include "tests/test_main.h"

using synann::HelperPolicy;

namespace {

// Jobs of a millisecond, one after the other until `end`; shared, they take `factor` of the time alone.
// Returns the part of the jobs that were shared.
double shared_part(HelperPolicy& policy, double& now, double end, double factor) {
  constexpr double kAlone = 0.001;
  int jobs = 0, shared = 0;
  for (; now < end; ++jobs) {
    if (policy.wanted(now)) {
      now += kAlone * factor;
      ++shared;
      policy.record(now, kAlone * factor, kAlone);
    } else {
      now += kAlone;
    }
  }
  return static_cast<double>(shared) / jobs;
}

}  // namespace

// Help that pays is always asked for; help that costs is tried for ever shorter parts of the time.
class HelperPolicyTest : public QObject {
  Q_OBJECT

 private slots:
  void asksForHelpThatPays();
  void doesWithoutHelpThatCosts();
  void noticesThatTheMachineIsFreeAgain();
  void judgesTheSumOfATrialAndNoSingleJob();
};

void HelperPolicyTest::asksForHelpThatPays() {
  HelperPolicy policy;
  double now = 100;
  QCOMPARE(shared_part(policy, now, 110, 0.55), 1.0);
}

void HelperPolicyTest::doesWithoutHelpThatCosts() {
  HelperPolicy policy;
  double now = 100;
  shared_part(policy, now, 102, 1.2);
  const double part = shared_part(policy, now, 112, 1.2);
  QVERIFY2(part > 0 && part < 0.03, qPrintable(QString::number(part)));
}

void HelperPolicyTest::noticesThatTheMachineIsFreeAgain() {
  HelperPolicy policy;
  double now = 100;
  shared_part(policy, now, 110, 1.2);
  const double busy_until = now;
  shared_part(policy, now, busy_until + HelperPolicy::kLongestPause + 2 * HelperPolicy::kTrial, 0.55);
  QCOMPARE(shared_part(policy, now, now + 5, 0.55), 1.0);
  // And what is busy for a moment pauses for a moment only.
  shared_part(policy, now, now + HelperPolicy::kTrial, 1.2);
  const double from = now;
  while (!policy.wanted(now)) now += 0.001;
  QVERIFY2(now - from <= HelperPolicy::kFirstPause + 0.0015, qPrintable(QString::number(now - from)));
}

void HelperPolicyTest::judgesTheSumOfATrialAndNoSingleJob() {
  HelperPolicy policy;
  double now = 100;
  for (int job = 0; job < 1000; ++job) {
    QVERIFY(policy.wanted(now));
    const double elapsed = job % 10 == 9 ? 0.0015 : 0.0006;  // one in ten is disturbed
    now += elapsed;
    policy.record(now, elapsed, 0.001);
  }
}

SYNANN_TEST(HelperPolicyTest)
#include "helper_policy_test.moc"
