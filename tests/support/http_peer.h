// Answers of HTTP/1.1 as a client sees them, read by a few plain lines of their own.
#pragma once

#include <string>
#include <string_view>

#include "tests/support/byte_peer.h"

namespace sluice::simulation {

struct HttpAnswer {
    int status = 0;
    std::string head;  // status line and fields
    std::string body;  // without any chunking
    bool complete = false;

    /// The value of the first field of that name (given in lower case), or "".
    std::string field(std::string_view name) const;
};

/// The next answer; incomplete where the connection ends before it does. Interim answers (1xx) are
/// answers too. `to_head`: the request was HEAD, so no body follows.
io::Task<HttpAnswer> read_answer(BytePeer& peer, bool to_head = false);

}  // namespace sluice::simulation
