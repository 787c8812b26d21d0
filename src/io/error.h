// I/O errors: the kernel's own numbers (errno), with a name where Sluice decides on them.
#pragma once

#include <cerrno>
#include <cstring>
#include <expected>
#include <string_view>

namespace sluice::io {

struct Error {
    int code =
        0;  // errno value; ETIMEDOUT where a deadline passed, ECANCELED where the work was given up

    bool timed_out() const { return code == ETIMEDOUT; }
    bool cancelled() const { return code == ECANCELED; }
    std::string_view text() const { return std::strerror(code); }
    friend bool operator==(Error, Error) = default;
};

template <class T>
using Result = std::expected<T, Error>;

}  // namespace sluice::io
