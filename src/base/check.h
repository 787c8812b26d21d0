// CHECK, an assertion on in every build: an invariant that only a programmer's error can break.
#pragma once

#include <string_view>

namespace sluice {

/// Writes the place and the reason to standard error and aborts the process.
[[noreturn]] void check_failed(const char* file, int line, const char* condition,
                               std::string_view detail = {});

}  // namespace sluice

/// CHECK(condition) or CHECK(condition, "detail"): ends the process where the condition is false.
#define CHECK(condition, ...)                                                                  \
    do {                                                                                       \
        if (!(condition)) [[unlikely]]                                                         \
            ::sluice::check_failed(__FILE__, __LINE__, #condition __VA_OPT__(, ) __VA_ARGS__); \
    } while (false)
