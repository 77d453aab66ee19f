# SPDX-License-Identifier: GPL-3.0-or-later
# cmake -D NM=nm -D OBJECTS=a.o,b.o -P no_shared_symbols.cmake
# Fails when an object compiled for one instruction set holds a weak or unique symbol: the linker would keep one copy
# for all, and a machine without that instruction set would run it.
string(REPLACE "," ";" OBJECTS "${OBJECTS}")
list(LENGTH OBJECTS count)
if(count EQUAL 0)
  message(FATAL_ERROR "no objects given")
endif()
foreach(object IN LISTS OBJECTS)
  execute_process(COMMAND ${NM} --demangle ${object} OUTPUT_VARIABLE symbols RESULT_VARIABLE code)
  if(NOT code EQUAL 0)
    message(FATAL_ERROR "${NM} cannot read ${object}")
  endif()
  string(REGEX MATCH "\n[0-9a-f]* +[WwVvu] [^\n]*" shared "${symbols}")
  if(shared)
    message(FATAL_ERROR "${object} shares a symbol:${shared}")
  endif()
endforeach()
message("${count} objects share no symbol")
