// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <memory>
#include <thread>

#include "engine/train/history.h"
#include "ui/session/snapshot_mailbox.h"

namespace synann::ui {

// Watches the files of a run that is only shown, and tells what another program adds to them, at most a
// second after that has written it: what has grown as if it were trained here, else the whole history anew.
// The run is in state Elsewhere for as long as somebody writes it; a writer that dies leaves it as it was
// left, and one that goes on is followed again. Reads only, on a thread of its own. Lives in the window's
// thread, which waits in the destructor for a look that is going on.
class RunFollower {
 public:
  // `shown` is what the window has; `mailbox` is to stand at its end already.
  RunFollower(std::filesystem::path folder, std::shared_ptr<const train::History> shown,
              std::shared_ptr<SnapshotMailbox> mailbox);

 private:
  class Watch;

  std::jthread thread_;
};

// Tells the mailbox what `now` has beyond `before`; false, and nothing told, where it does not begin with all
// of it: the run was resumed at an earlier step, or it is another one.
bool tellGrowth(const train::History& before, const train::History& now, SnapshotMailbox& mailbox);

}  // namespace synann::ui
