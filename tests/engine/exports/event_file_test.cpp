// SPDX-License-Identifier: GPL-3.0-or-later
// The framing of TensorBoard's event files: published check sums, and files that are not what they should be.
#include "engine/exports/tensorboard/event_file.h"

#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

#include <QTest>

#include "engine/exports/tensorboard/event_folder.h"
#include "tests/test_main.h"

namespace synann::exports::tensorboard {

class EventFileTest : public QObject {
  Q_OBJECT

 private slots:
  void checkSumsArePublishedOnes();
  void recordsComeBack();
  void aCutOffRecordIsLeftOut();
  void damageIsRefused();
  void hostileLengthsAreRefused();
  void isKnownByItsBeginning();
  void namesSortByTime();

 private:
  static std::vector<std::uint8_t> bytes(const std::string& text) { return {text.begin(), text.end()}; }
  static std::string twoRecords() {
    std::string file;
    append_record(file, "first");
    append_record(file, std::string(1000, '\0'));
    return file;
  }
};

// RFC 3720, B.4.
void EventFileTest::checkSumsArePublishedOnes() {
  std::vector<std::uint8_t> data(32, 0);
  QCOMPARE(crc32c(data), 0x8A9136AAu);
  std::ranges::fill(data, std::uint8_t{0xFF});
  QCOMPARE(crc32c(data), 0x62A8AB43u);
  std::iota(data.begin(), data.end(), std::uint8_t{0});
  QCOMPARE(crc32c(data), 0x46DD794Eu);
  std::ranges::reverse(data);
  QCOMPARE(crc32c(data), 0x113FDB5Cu);
  QCOMPARE(crc32c(bytes("123456789")), 0xE3069283u);
  QCOMPARE(crc32c({}), 0u);
}

void EventFileTest::recordsComeBack() {
  const auto file = bytes(twoRecords());
  QCOMPARE(file.size(), std::size_t{16 + 5 + 16 + 1000});
  const auto found = parse_records(file, "log");
  QVERIFY(found);
  QVERIFY(!found->cut_off);
  QCOMPARE(found->records.size(), std::size_t{2});
  QVERIFY(std::ranges::equal(found->records[0], bytes("first")));
  QCOMPARE(found->records[1].size(), std::size_t{1000});
  QVERIFY(parse_records({}, "log")->records.empty());
}

void EventFileTest::aCutOffRecordIsLeftOut() {
  const auto file = bytes(twoRecords());
  for (std::size_t size = 1; size < file.size(); ++size) {
    const auto found = parse_records(std::span(file).first(size), "log");
    QVERIFY(found);
    QCOMPARE(found->cut_off, size != 21);
    QCOMPARE(found->records.size(), size < 21 ? std::size_t{0} : std::size_t{1});
  }
}

void EventFileTest::damageIsRefused() {
  const auto whole = bytes(twoRecords());
  for (const std::size_t at :
       {std::size_t{21}, std::size_t{30}, std::size_t{33}, std::size_t{500}, whole.size() - 1}) {
    auto file = whole;
    file[at] ^= 4;
    const auto found = parse_records(file, "log");
    QVERIFY(!found);
    QCOMPARE(*found.error().offset, std::uint64_t{21});
    QVERIFY(found.error().sentence().starts_with("log: "));
  }
  QCOMPARE(parse_records(bytes("no such file at all"), "log").error().sentence(),
           std::string("log: is no TensorBoard event file at byte 0"));
}

// With a check sum that is right.
void EventFileTest::hostileLengthsAreRefused() {
  std::string file;
  append_record(file, "first");
  for (const int top : {0x01, 0x7f, 0xff}) {
    std::string head(8, '\xff');
    head[7] = static_cast<char>(top);
    const std::uint32_t sum = masked_crc32c(bytes(head));
    for (int k = 0; k < 4; ++k) head.push_back(static_cast<char>(sum >> (8 * k) & 0xff));
    const auto found = parse_records(bytes(file + head + "payload"), "log");
    QVERIFY(!found);
    QVERIFY(found.error().sentence().find("too large") != std::string::npos);
  }
}

void EventFileTest::isKnownByItsBeginning() {
  const auto file = bytes(twoRecords());
  QVERIFY(begins_as_event_file(file));
  QVERIFY(!begins_as_event_file(std::span(file).first(kRecordHead - 1)));
  QVERIFY(!begins_as_event_file(bytes("Wall time,Step,Value\n")));
}

void EventFileTest::namesSortByTime() {
  QCOMPARE(event_file_name(1764534312, 0), std::string("events.out.tfevents.1764534312.0.synann"));
  QCOMPARE(event_file_name(0, 0), std::string("events.out.tfevents.0000000000.0.synann"));
  QVERIFY(event_file_name(1764534312, 0) < event_file_name(1764534312, 1));
  QVERIFY(is_event_file_name("a/events.out.tfevents.1.host") && !is_event_file_name("tfevents/a.csv"));
}

}  // namespace synann::exports::tensorboard

SYNANN_TEST(synann::exports::tensorboard::EventFileTest)
#include "event_file_test.moc"
