// io_uring setup errors, in words for whoever runs the process.
#pragma once

#include <string>
#include <string_view>

namespace sluice::io {

/// error  An errno. step  What failed: "io_uring_setup".
/// Returns a sentence that says what to change, without a full stop.
std::string explain_ring_error(int error, std::string_view step);

}  // namespace sluice::io
