// Result (std::expected): a value or an error, and the two statements that pass an error on.
#pragma once

#include <expected>
#include <utility>

namespace sluice {

/// The error half of a Result, whatever its value type: `return failure(Error{...})`.
template <class Error>
std::unexpected<std::decay_t<Error>> failure(Error&& error) {
    return std::unexpected<std::decay_t<Error>>(std::forward<Error>(error));
}

}  // namespace sluice

#define SLUICE_JOIN_(a, b) a##b
#define SLUICE_JOIN(a, b) SLUICE_JOIN_(a, b)

// TRY(const T value, expression): binds the value of a std::expected or returns its error.
// REQUIRE(expression): the same where there is no value. CO_TRY and CO_REQUIRE do so in a
// coroutine. A result that has a name is copied from; move it where it shall be moved from.
#define SLUICE_TRY_(kind, result, declaration, ...)                                    \
    auto&& result = (__VA_ARGS__);                                                     \
    if (!result) kind std::unexpected(std::forward<decltype(result)>(result).error()); \
    declaration = *std::forward<decltype(result)>(result)
#define SLUICE_REQUIRE_(kind, result, ...)      \
    if (auto&& result = (__VA_ARGS__); !result) \
    kind std::unexpected(std::forward<decltype(result)>(result).error())

#define TRY(declaration, ...) \
    SLUICE_TRY_(return, SLUICE_JOIN(result_at_line_, __LINE__), declaration, __VA_ARGS__)
#define REQUIRE(...) SLUICE_REQUIRE_(return, SLUICE_JOIN(result_at_line_, __LINE__), __VA_ARGS__)
#define CO_TRY(declaration, ...) \
    SLUICE_TRY_(co_return, SLUICE_JOIN(result_at_line_, __LINE__), declaration, __VA_ARGS__)
#define CO_REQUIRE(...) \
    SLUICE_REQUIRE_(co_return, SLUICE_JOIN(result_at_line_, __LINE__), __VA_ARGS__)
