// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>

namespace synann::data {

// Follows, while alive, what open_dataset() reads on the thread that made it, however far below it is called
// (a run that is resumed, an export). One inside another: the inner one alone is told.
class ReadingWatch {
 public:
  // Told about once a megabyte, on the thread that reads: bytes of the images whose digest is taken, and of
  // all. False gives the opening up: it ends as ErrorKind::Cancelled.
  using Told = std::function<bool(std::uint64_t done, std::uint64_t bytes)>;

  explicit ReadingWatch(Told told);
  ~ReadingWatch();
  ReadingWatch(const ReadingWatch&) = delete;
  ReadingWatch& operator=(const ReadingWatch&) = delete;

  // For what reads: tells the watch of this thread. True where it may go on, or nobody watches.
  static bool goes_on(std::uint64_t done, std::uint64_t bytes);

 private:
  Told told_;
  ReadingWatch* outer_;
};

}  // namespace synann::data
