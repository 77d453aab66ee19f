// SPDX-License-Identifier: GPL-3.0-or-later
// Preloaded (LD_PRELOAD) by scripts/kill_resume_check.sh: ends the process with SIGKILL directly before its
// DIE_AT_RENAME-th rename, or after half of its DIE_AT_APPEND-th write into a history. Counted from 1.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int number_of(const char* name) {
  const char* text = getenv(name);
  return text ? atoi(text) : 0;
}

int rename(const char* from, const char* to) {
  static atomic_int count;
  if (atomic_fetch_add(&count, 1) + 1 == number_of("DIE_AT_RENAME")) kill(getpid(), SIGKILL);
  int (*real)(const char*, const char*) = (int (*)(const char*, const char*))dlsym(RTLD_NEXT, "rename");
  return real(from, to);
}

static int is_history(int file) {
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  const ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return strstr(path, "/history.jsonl") != NULL;
}

ssize_t write(int file, const void* bytes, size_t size) {
  static atomic_int count;
  ssize_t (*real)(int, const void*, size_t) = (ssize_t(*)(int, const void*, size_t))dlsym(RTLD_NEXT, "write");
  if (is_history(file) && atomic_fetch_add(&count, 1) + 1 == number_of("DIE_AT_APPEND")) {
    real(file, bytes, size / 2);
    kill(getpid(), SIGKILL);
  }
  return real(file, bytes, size);
}
