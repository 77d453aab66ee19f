// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <fmt/format.h>
#include <system_error>
#include <utility>

#include "engine/exports/tensorboard/event_folder.h"
#include "engine/exports/tensorboard/event_names.h"
#include "engine/exports/tensorboard/part_file.h"
#include "engine/exports/tensorboard/run_export.h"
#include "engine/exports/writers.h"

namespace synann::exports {
namespace {

namespace fs = std::filesystem;
namespace board = tensorboard;

constexpr int kBoardParts = 100;  // of a run, as progress is told

// A run that is written, and not yet in its place.
struct WrittenBoardRun {
  board::PartFile part;
  fs::path path;
};

// The folder's own name, also where the path ends with a slash or is ".".
std::string board_folder_name(const fs::path& folder) {
  std::error_code code;
  fs::path whole = fs::weakly_canonical(folder, code);
  if (code) whole = folder;
  return board::safe_folder(
      (whole.has_filename() ? whole.filename() : whole.parent_path().filename()).string());
}

Result<WrittenBoardRun> write_board_run(const board::RunToExport& run, const fs::path& folder,
                                        Written& written, const board::ShareDone& done) {
  if (board::has_event_files(folder))
    return input_error(folder.string(), "already holds event files of TensorBoard",
                       "choose another folder, or remove them; nothing is overwritten");
  auto part = board::PartFile::begin(folder);
  if (!part) return part.error();
  auto exported = board::export_run(
      run, [&part](std::string_view bytes) { return part->append(bytes); }, done);
  if (!exported) return exported.error();
  if (const Status status = part->sync(); !status) return status.error();
  written.notes.insert(written.notes.end(), exported->notes.begin(), exported->notes.end());
  return WrittenBoardRun{std::move(*part), folder / board::event_file_name(exported->begun, 0)};
}

}  // namespace

// All runs are written before the first gets its name: what is given up leaves nothing.
Result<Written> write_tensorboard(const Request& request, const infer::Work& work) {
  Written written;
  std::vector<WrittenBoardRun> runs;
  board::UniqueNames names;
  const int count = kBoardParts * static_cast<int>(request.runs.size());
  for (std::size_t k = 0; k < request.runs.size(); ++k) {
    const auto done = [&](double share) -> Status {
      if (work.stopped()) return infer::interrupted();
      const int parts = std::min(kBoardParts, static_cast<int>(share * kBoardParts));
      work.tell(kBoardParts * static_cast<int>(k) + parts, count);
      return {};
    };
    const board::RunToExport run{
        .folder = request.runs[k], .data = request.data, .execution = request.execution, .stop = work.stop};
    auto one =
        write_board_run(run, request.out / names.take(board_folder_name(request.runs[k])), written, done);
    if (!one) return one.error();
    runs.push_back(std::move(*one));
  }
  for (WrittenBoardRun& run : runs) {
    if (const Status status = run.part.commit(run.path); !status) return status.error();
    written.files.push_back(run.path);
  }
  return written;
}

}  // namespace synann::exports
