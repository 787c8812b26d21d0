# The standard headers that nearly every file includes, compiled once a target. Off by default, since a file that lacks
# an #include would go unseen: the release build is without, the sanitized builds of the tests are with.
option(SLUICE_PRECOMPILE "Precompile standard headers" OFF)

function(sluice_precompile target)
  if(NOT SLUICE_PRECOMPILE)
    return()
  endif()
  target_precompile_headers(${target} PRIVATE
    <algorithm> <array> <chrono> <coroutine> <cstdint> <expected> <functional> <memory> <optional> <span> <string>
    <string_view> <unordered_map> <utility> <vector> ${ARGN})
endfunction()
