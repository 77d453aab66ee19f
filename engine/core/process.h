// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace synann {

// What a program does first of all, before it opens or prints anything. The main thread, once.
// - Standard streams that were closed are opened on /dev/null, so that no file that is opened later takes
//   their number and finds lines of a log in it.
// - SIGXFSZ is ignored: writing behind the limit of `ulimit -f` is then an error like a full disk.
// - SIGCONT is kept for times_continued() to count; it goes on to end a stop. Threads made later inherit
// that.
void prepare_process();

// How often the process has gone on after it was stopped (SIGSTOP, Ctrl-Z), where prepare_process() was
// called. A clock that was read before and after a change measured time in which nothing ran. Any thread.
int times_continued() noexcept;

}  // namespace synann
