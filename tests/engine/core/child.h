// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <csignal>
#include <cstdlib>
#include <functional>
#include <string>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

// Child processes of a test, which share its code and none of its threads.
namespace synann::testing {

inline std::string read_to_end(int descriptor) {
  std::string text;
  char bytes[1024];
  for (ssize_t got = 0; (got = ::read(descriptor, bytes, sizeof bytes)) > 0;)
    text.append(bytes, static_cast<std::size_t>(got));
  return text;
}

// Says `text` to whoever reads the pipe.
inline void say(int pipe, const std::string& text) {
  if (::write(pipe, text.data(), text.size()) != static_cast<ssize_t>(text.size())) ::_exit(125);
}

// A child that does `work` and ends with the exit code that it returns; `work` may say something. It is
// killed where it still runs when this goes out of scope.
class Child {
 public:
  explicit Child(const std::function<int(int pipe)>& work) {
    int ends[2];
    if (::pipe(ends) != 0) return;
    id_ = ::fork();
    if (id_ == 0) {
      ::close(ends[0]);
      ::_exit(work(ends[1]));
    }
    ::close(ends[1]);
    words_ = ends[0];
  }
  ~Child() {
    if (id_ > 0) {
      ::kill(id_, SIGKILL);
      wait();
    }
    ::close(words_);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  pid_t id() const { return id_; }
  // What it says until it ends.
  std::string said() { return read_to_end(words_); }
  // Waits for one byte of it; false where it ends without.
  bool has_spoken() {
    char byte = 0;
    return ::read(words_, &byte, 1) == 1;
  }
  // Waits until it stops (SIGSTOP).
  bool has_stopped() {
    int status = 0;
    return ::waitpid(id_, &status, WUNTRACED) == id_ && WIFSTOPPED(status);
  }
  // Waits for its end: the exit code, or minus the signal that ended it.
  int wait() {
    int status = 0;
    ::waitpid(std::exchange(id_, -1), &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }

 private:
  pid_t id_ = -1;
  int words_ = -1;
};

// What `work` says in a child of this process.
inline std::string in_child(const std::function<std::string()>& work) {
  Child child([&](int pipe) {
    say(pipe, work());
    return 0;
  });
  return child.said();
}

// While it lives, the process is nobody's, where it was the administrator's, whom no permission stops.
// (Threads started meanwhile are nobody's too: work that starts threads cannot be tried in a child, whose
// thread sanitizer knows none of the parent's.)
class AsNobody {
 public:
  AsNobody() : user_(::geteuid()), group_(::getegid()) {
    constexpr uid_t kNobody = 65534;
    if (user_ == 0 && (::setegid(kNobody) != 0 || ::seteuid(kNobody) != 0)) std::abort();
  }
  ~AsNobody() {
    if (user_ == 0 && (::seteuid(user_) != 0 || ::setegid(group_) != 0)) std::abort();
  }
  AsNobody(const AsNobody&) = delete;
  AsNobody& operator=(const AsNobody&) = delete;

 private:
  uid_t user_;
  gid_t group_;
};

}  // namespace synann::testing
