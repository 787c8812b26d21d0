# The standard headers that nearly every file includes, compiled once for all targets. Off by default, since a file that
# lacks an #include would go unseen: the release build is without, the sanitized builds of the tests are with.
option(SLUICE_PRECOMPILE "Precompile standard headers" OFF)
if(SLUICE_PRECOMPILE)
  add_compile_options(-pthread)  # alike in every target: a precompiled header is for one set of options
endif()

# sluice_precompile(TARGET): for what links sluice_base, and so is compiled with its options. sluice_precompile(TARGET TEST):
# with GoogleTest, and the options of tests.
function(sluice_precompile target)
  if(NOT SLUICE_PRECOMPILE)
    return()
  endif()
  set(owner sluice_precompiled)
  set(links fmt::fmt PkgConfig::simdjson)
  set(options)
  set(headers <algorithm> <array> <chrono> <coroutine> <cstdint> <expected> <functional> <memory> <optional> <span> <string>
      <string_view> <unordered_map> <utility> <vector> <fmt/format.h>)
  if("TEST" IN_LIST ARGN)
    string(APPEND owner _for_tests)
    list(APPEND links GTest::gtest_main)
    set(options ${SLUICE_TEST_OPTIONS})
    list(APPEND headers <gtest/gtest.h>)
  endif()
  if(NOT TARGET ${owner})
    file(WRITE "${CMAKE_BINARY_DIR}/precompiled.cc" "")
    add_library(${owner} OBJECT "${CMAKE_BINARY_DIR}/precompiled.cc")
    target_link_libraries(${owner} PRIVATE ${links})
    target_compile_options(${owner} PRIVATE ${options})
    target_precompile_headers(${owner} PRIVATE ${headers})
  endif()
  target_precompile_headers(${target} REUSE_FROM ${owner})
endfunction()
