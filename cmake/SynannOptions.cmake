# SPDX-License-Identifier: GPL-3.0-or-later
# One interface target holds what every target of ours is compiled with.
find_package(Threads REQUIRED)
add_library(synann_options INTERFACE)
target_include_directories(synann_options INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(synann_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wdouble-promotion -Wnon-virtual-dtor
  -Wold-style-cast -Woverloaded-virtual -Wcast-align -ffp-contract=on
  $<$<BOOL:${SYNANN_WERROR}>:-Werror>)
# GCC spends a tenth of a unity build collecting its own garbage, unless it may hold this much (KiB) before it begins.
if(CMAKE_UNITY_BUILD AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(synann_options INTERFACE $<$<COMPILE_LANGUAGE:CXX>:--param=ggc-min-heapsize=524288>)
endif()
# For command lines and tests, which gain nothing by -O3: with -O1 they compile in three quarters of the time.
add_library(synann_light INTERFACE)
target_compile_options(synann_light INTERFACE $<$<CONFIG:Release>:-O1>)
if(SYNANN_SANITIZE)
  target_compile_options(synann_options INTERFACE -fsanitize=${SYNANN_SANITIZE} -fno-omit-frame-pointer -g1)
  target_link_options(synann_options INTERFACE -fsanitize=${SYNANN_SANITIZE})
  if(SYNANN_SANITIZE MATCHES "undefined")
    # Quick: what is read or written through a null pointer ends the program by itself, and AddressSanitizer says where; so does a
    # vector that is not aligned. To look at every pointer before takes GCC two fifths of its time.
    if(SYNANN_SANITIZE_QUICK)
      target_compile_options(synann_options INTERFACE -fsanitize-undefined-trap-on-error -fno-sanitize=null,alignment)
    else()
      target_compile_options(synann_options INTERFACE -fno-sanitize-recover=undefined)
    endif()
  endif()
endif()
target_link_libraries(synann_options INTERFACE Threads::Threads)
