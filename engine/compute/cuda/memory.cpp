// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/compute/cuda/memory.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace synann::compute::cuda {

namespace {
constexpr std::size_t kZone = 256;  // bytes; keeps the alignment that devices give
constexpr int kMark = 0xa5, kNaN = 0xff;
}  // namespace

Memory::~Memory() {
  for (const auto& [memory, piece] : pieces_) device_.release(piece.begin);
}

void* Memory::allocate(std::size_t bytes, std::string what) {
  auto* begin = static_cast<std::byte*>(device_.allocate(bytes + 2 * kZone));
  if (begin == nullptr) return nullptr;
  ++generation_;
  void* memory = begin + kZone;
  device_.fill(begin, kMark, kZone);
  device_.fill(memory, kNaN, bytes);
  device_.fill(begin + kZone + bytes, kMark, kZone);
  pieces_.emplace(memory, Piece{begin, bytes, std::move(what)});
  return memory;
}

void Memory::release(void* memory) {
  const auto it = pieces_.find(memory);
  if (it == pieces_.end()) return;
  device_.release(it->second.begin);
  pieces_.erase(it);
}

Status Memory::check() {
  std::array<std::byte, kZone> zone{};
  for (const auto& [memory, piece] : pieces_) {
    for (const std::size_t begin : {std::size_t{0}, kZone + piece.bytes}) {
      device_.download(zone.data(), piece.begin + begin, kZone);
      if (auto status = device_.status(); !status) return status;
      if (std::all_of(zone.begin(), zone.end(), [](std::byte b) { return b == std::byte{kMark}; })) continue;
      return Error{.kind = ErrorKind::Failed,
                   .where = device_.info().name,
                   .problem = fmt::format("a kernel wrote {} the array \"{}\"",
                                          begin == 0 ? "before" : "behind", piece.what),
                   .remedy = "this is a fault of the program: use --device cpu, and please report it"};
    }
  }
  return device_.status();
}

}  // namespace synann::compute::cuda
