# SPDX-License-Identifier: GPL-3.0-or-later
# The CUDA back end. SYNANN_CUDA=AUTO builds it where nvcc works, ON insists, OFF leaves it out. Sets SYNANN_HAVE_CUDA.
# The runtime is linked statically and the driver is found when the program runs, so that one binary serves machines
# with and without a GPU.
set(SYNANN_CUDA_ARCHITECTURES "" CACHE STRING
    "GPUs to compile for, as CMAKE_CUDA_ARCHITECTURES; empty: machine code for all that this nvcc knows, and PTX for newer ones")
set(SYNANN_HAVE_CUDA OFF)
if(SYNANN_CUDA STREQUAL "OFF")
  return()
endif()

find_program(SYNANN_NVCC nvcc HINTS ENV CUDACXX ENV CUDA_PATH /usr/local/cuda PATH_SUFFIXES bin)
mark_as_advanced(SYNANN_NVCC)
if(SYNANN_NVCC)
  execute_process(COMMAND ${SYNANN_NVCC} --list-gpu-arch OUTPUT_VARIABLE known ERROR_QUIET)
  set(targets ${SYNANN_CUDA_ARCHITECTURES})
  if(NOT targets)
    foreach(target 75 80 86 89 90 100 120)
      if(known MATCHES "compute_${target}[^0-9]")
        list(APPEND targets ${target}-real)
        set(newest ${target})
      endif()
    endforeach()
    list(APPEND targets ${newest}-virtual)
  endif()
  set(CMAKE_CUDA_ARCHITECTURES ${targets})
  if(NOT CMAKE_CUDA_COMPILER)
    # A toolkit that does not work with this compiler must not stop an AUTO build.
    set(ENV{CUDACXX} ${SYNANN_NVCC})
    include(CheckLanguage)
    check_language(CUDA)
  endif()
endif()

if(CMAKE_CUDA_COMPILER)
  set(CMAKE_CUDA_STANDARD 17) # CMake 3.25 knows no newer one for nvcc
  set(CMAKE_CUDA_STANDARD_REQUIRED ON)
  set(CMAKE_CUDA_EXTENSIONS OFF)
  enable_language(CUDA)
  find_package(CUDAToolkit REQUIRED)
  set(SYNANN_HAVE_CUDA ON)
  message(STATUS "CUDA ${CMAKE_CUDA_COMPILER_VERSION} for ${CMAKE_CUDA_ARCHITECTURES}")
elseif(SYNANN_CUDA STREQUAL "ON")
  message(FATAL_ERROR "SYNANN_CUDA=ON, but no working nvcc was found. Install the CUDA toolkit, set CUDACXX to its nvcc, "
                      "or configure with -DSYNANN_CUDA=OFF.")
else()
  message(STATUS "No working nvcc was found: building without CUDA")
endif()
