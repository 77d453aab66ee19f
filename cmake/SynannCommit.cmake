# SPDX-License-Identifier: GPL-3.0-or-later
# Run at build time: writes the commit that is built into HEADER, and touches it only where that has changed.
set(commit "")
if(EXISTS ${SOURCE}/.git)
  execute_process(COMMAND git -C ${SOURCE} describe --always --dirty --exclude=* --abbrev=12
                  OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
endif()
file(CONFIGURE OUTPUT ${HEADER} @ONLY CONTENT [[
// Made by cmake/SynannCommit.cmake.
#define SYNANN_VERSION "@VERSION@"
#define SYNANN_COMMIT "@commit@"
]])
