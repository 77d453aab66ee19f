// SPDX-License-Identifier: GPL-3.0-or-later
// A report of one or several runs as a page of HTML.
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "engine/core/file.h"
#include "engine/exports/report/report_page.h"
#include "engine/exports/report/report_run.h"
#include "engine/exports/writers.h"

namespace synann::exports {

Result<Written> write_html(const Request& request, const infer::Work& work) {
  std::vector<report::ReportedRun> runs;
  const int count = static_cast<int>(request.runs.size());
  for (const std::filesystem::path& folder : request.runs) {
    if (work.stopped()) return infer::interrupted();
    auto run = report::read_reported_run(folder, request, work);
    if (!run) return run.error();
    runs.push_back(std::move(*run));
    work.tell(static_cast<int>(runs.size()), count);
  }
  const auto page = report::report_page(runs);
  if (!page) return page.error();
  const auto status =
      write_file_atomically(request.out, {reinterpret_cast<const std::uint8_t*>(page->data()), page->size()});
  if (!status) return status.error();
  Written written{{request.out}, {}};
  for (const report::ReportedRun& run : runs)
    for (const std::string& sentence : run.missing) written.notes.push_back(run.name + ": " + sentence);
  return written;
}

}  // namespace synann::exports
