// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace synann::compute {

// The processes that compute one training together, seen from one of them; MPI's word for a process is rank.
// What goes from rank to rank are bytes that this very program wrote: no word of them is converted. Called by
// one thread at a time, and by every rank in the same order: a call returns when what it needs from the
// others has come.
class Ranks {
 public:
  virtual ~Ranks() = default;
  virtual int rank() const = 0;   // 0 … count() − 1; 0 leads
  virtual int count() const = 0;  // at least 1
  virtual int on_this_machine() const = 0;

  // The bytes of rank 0, to all others.
  virtual void broadcast(std::span<std::byte> bytes) = 0;
  // `block` is as large on every rank, and rank r has filled the bytes [begins[r], begins[r + 1]) of it;
  // afterwards all of it is filled everywhere. begins [count + 1].
  virtual void gather(std::byte* block, std::span<const std::size_t> begins) = 0;
  // Ends the processes of all ranks at once: for a rank that cannot go on while others wait for it. Says the
  // sentence on standard error first.
  [[noreturn]] virtual void abort(const std::string& sentence) = 0;

  // On rank 0, once it has left a job in which the others go on waiting for it: nothing more can be said to
  // them.
  void set_out_of_step() { out_of_step_ = true; }
  bool out_of_step() const { return out_of_step_; }

 private:
  bool out_of_step_ = false;
};

}  // namespace synann::compute
