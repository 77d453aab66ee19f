# SPDX-License-Identifier: GPL-3.0-or-later
# Fails when PROGRAM needs a CUDA library to start: it must run where there is no driver.
execute_process(COMMAND ldd ${PROGRAM} OUTPUT_VARIABLE libraries COMMAND_ERROR_IS_FATAL ANY)
if(libraries MATCHES "lib(cuda|cublas|cudart|nvrtc|curand)[^ ]*")
  message(FATAL_ERROR "${PROGRAM} needs ${CMAKE_MATCH_0}")
endif()
