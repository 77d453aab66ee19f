// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/runs/run_index.h"

#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <system_error>
#include <utility>
#include <zlib.h>

#include "engine/core/version.h"
#include "engine/data/registry.h"

namespace synann::runs {
namespace {

namespace fs = std::filesystem;

// The number is the table's form: versions of the program with another one have another file.
constexpr const char* kIndexFile = "runs-1.sqlite";
constexpr int kBusyMilliseconds = 500;  // another program writes; after that it goes without

constexpr const char* kMakeTable =
    "CREATE TABLE IF NOT EXISTS run (folder TEXT PRIMARY KEY, version TEXT NOT NULL, size INTEGER NOT NULL,"
    " modified INTEGER NOT NULL, changed INTEGER NOT NULL, file INTEGER NOT NULL, checksum INTEGER NOT NULL,"
    " text TEXT NOT NULL) WITHOUT ROWID";

// SQLite's pages have no checksums.
std::int64_t checksum_of(const std::string& folder, const IndexEntry& entry) {
  const HistoryStamp& s = entry.stamp;
  const std::string all =
      fmt::format("{}\n{} {} {} {}\n{}", folder, s.size, s.modified, s.changed, s.file, entry.text);
  return static_cast<std::int64_t>(
      crc32(0, reinterpret_cast<const Bytef*>(all.data()), static_cast<uInt>(all.size())));
}

std::int64_t nanoseconds_of(const timespec& time) {
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

// A statement that throws nothing: the first code that is not what was hoped for stays.
class Statement {
 public:
  Statement(sqlite3* database, const char* sql)
      : code_(sqlite3_prepare_v2(database, sql, -1, &statement_, nullptr)) {}
  ~Statement() { sqlite3_finalize(statement_); }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  void bind(int at, const std::string& text) {
    take(sqlite3_bind_text(statement_, at, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT));
  }
  void bind(int at, std::int64_t number) { take(sqlite3_bind_int64(statement_, at, number)); }

  bool next() {
    if (code_ != SQLITE_OK) return false;
    const int code = sqlite3_step(statement_);
    if (code == SQLITE_ROW) return true;
    if (code != SQLITE_DONE) code_ = code;
    return false;
  }
  // For another round.
  int run() {
    next();
    if (code_ == SQLITE_OK) take(sqlite3_reset(statement_));
    return code_;
  }

  std::string text(int column) const {
    const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
    return data == nullptr
               ? std::string()
               : std::string(data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column)));
  }
  std::int64_t number(int column) const { return sqlite3_column_int64(statement_, column); }
  int code() const { return code_; }

 private:
  void take(int code) {
    if (code_ == SQLITE_OK) code_ = code;
  }

  sqlite3_stmt* statement_ = nullptr;
  int code_;
};

int execute(sqlite3* database, const char* sql) {
  return sqlite3_exec(database, sql, nullptr, nullptr, nullptr);
}

// No database, one of another program, or one with holes.
bool is_damage(int code) {
  const int primary = code & 0xFF;
  return primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB || primary == SQLITE_ERROR ||
         primary == SQLITE_SCHEMA || primary == SQLITE_MISMATCH;
}

int keep_entries(sqlite3* database, const std::map<std::string, IndexEntry>& kept) {
  Statement insert(database, "INSERT OR REPLACE INTO run VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  for (const auto& [folder, entry] : kept) {
    insert.bind(1, folder);
    insert.bind(2, std::string(kVersion));
    insert.bind(3, entry.stamp.size);
    insert.bind(4, entry.stamp.modified);
    insert.bind(5, entry.stamp.changed);
    insert.bind(6, static_cast<std::int64_t>(entry.stamp.file));
    insert.bind(7, checksum_of(folder, entry));
    insert.bind(8, entry.text);
    if (const int code = insert.run(); code != SQLITE_OK) return code;
  }
  return insert.code();
}

int forget_entries(sqlite3* database, const std::vector<std::string>& forgotten) {
  Statement remove(database, "DELETE FROM run WHERE folder = ?");
  for (const std::string& folder : forgotten) {
    remove.bind(1, folder);
    if (const int code = remove.run(); code != SQLITE_OK) return code;
  }
  return remove.code();
}

}  // namespace

std::optional<HistoryStamp> stamp_of(const fs::path& history_file) {
  struct stat found {};
  if (::stat(history_file.c_str(), &found) != 0) return std::nullopt;
  return HistoryStamp{.size = found.st_size,
                      .modified = nanoseconds_of(found.st_mtim),
                      .changed = nanoseconds_of(found.st_ctim),
                      .file = found.st_ino};
}

struct RunIndex::Database {
  sqlite3* handle = nullptr;
  Database() = default;
  ~Database() { sqlite3_close(handle); }
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
};

fs::path RunIndex::usual_file() {
  const auto folder = data::user_cache_folder();
  return folder ? *folder / kIndexFile : fs::path();
}

RunIndex::RunIndex(fs::path file) : file_(std::move(file)) {
  attempt([](sqlite3*) { return SQLITE_OK; });
}

RunIndex::~RunIndex() = default;

bool RunIndex::open() {
  if (database_) return true;
  if (file_.empty()) return false;
  std::error_code ignored;
  fs::create_directories(file_.parent_path(), ignored);
  database_ = std::make_unique<Database>();
  int code = sqlite3_open_v2(file_.c_str(), &database_->handle,
                             SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  if (code == SQLITE_OK) sqlite3_busy_timeout(database_->handle, kBusyMilliseconds);
  if (code == SQLITE_OK) code = execute(database_->handle, kMakeTable);
  if (code == SQLITE_OK) return true;
  take_trouble(code);
  return false;
}

// Where a program has the file open still, that one goes on with a file without a name.
void RunIndex::close_and_remove() {
  database_.reset();
  std::error_code ignored;
  for (const char* end : {"", "-journal", "-wal", "-shm"}) fs::remove(file_.string() + end, ignored);
}

// A busy file is no news, the next list finds it free.
void RunIndex::take_trouble(int code) {
  const int primary = code & 0xFF;
  if (primary == SQLITE_BUSY || primary == SQLITE_LOCKED) return database_.reset();
  if (is_damage(code) && note_.empty()) {
    note_ = fmt::format("{}: the index of the runs was damaged and is made again", file_.string());
    return close_and_remove();
  }
  note_ = fmt::format("{}: the index of the runs cannot be used ({}), so their histories are read each time",
                      file_.string(), sqlite3_errstr(code));
  database_.reset();
  file_.clear();
}

// A second time where the file was damaged: then with a new one.
template <class Work>
void RunIndex::attempt(const Work& work) {
  for (int round = 0; round < 2; ++round) {
    const bool whole = note_.empty();
    if (open()) {
      const int code = work(database_->handle);
      if (code == SQLITE_OK) return;
      take_trouble(code);
    }
    if (!whole || note_.empty() || file_.empty()) return;
  }
}

std::map<std::string, IndexEntry> RunIndex::below(const fs::path& folder) {
  std::map<std::string, IndexEntry> found;
  const std::string top = folder.string();
  const std::string inside = top.ends_with('/') ? top : top + '/';
  const std::string behind = inside.substr(0, inside.size() - 1) + static_cast<char>('/' + 1);
  attempt([&](sqlite3* database) {
    found.clear();
    Statement select(database,
                     "SELECT folder, size, modified, changed, file, checksum, text FROM run"
                     " WHERE version = ? AND (folder = ? OR (folder >= ? AND folder < ?))");
    select.bind(1, std::string(kVersion));
    select.bind(2, top);
    select.bind(3, inside);
    select.bind(4, behind);
    while (select.next()) {
      IndexEntry entry{.stamp = {.size = select.number(1),
                                 .modified = select.number(2),
                                 .changed = select.number(3),
                                 .file = static_cast<std::uint64_t>(select.number(4))},
                       .text = select.text(6)};
      std::string name = select.text(0);
      if (checksum_of(name, entry) == select.number(5)) found.emplace(std::move(name), std::move(entry));
    }
    return select.code();
  });
  return found;
}

void RunIndex::change(const std::map<std::string, IndexEntry>& kept,
                      const std::vector<std::string>& forgotten) {
  if (kept.empty() && forgotten.empty()) return;
  attempt([&](sqlite3* database) {
    int code = execute(database, "BEGIN IMMEDIATE");
    if (code != SQLITE_OK) return code;
    code = keep_entries(database, kept);
    if (code == SQLITE_OK) code = forget_entries(database, forgotten);
    if (code == SQLITE_OK) code = execute(database, "COMMIT");
    if (code != SQLITE_OK) execute(database, "ROLLBACK");
    return code;
  });
}

}  // namespace synann::runs
