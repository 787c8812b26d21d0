// Session ids of MCP's older era (Mcp-Session-Id), each bound to who opened the session.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/random.h"
#include "base/secret.h"
#include "crypto/seal.h"
#include "resource/decision/caller_key.h"

namespace sluice::resource {

/// What a client has for an id is the MCP server's own, sealed for this resource and this caller:
/// every core and every box with the same keys can tell without a table, and a restart forgets
/// none. The MCP server sees its own id, and a client nothing of it.
class SessionSeal {
public:
    static constexpr std::size_t id_bytes_max = 512;       // of an MCP server's
    static constexpr std::size_t sealed_bytes_max = 1024;  // no client has a longer one

    /// secret  The same on every core and box, and after a restart; at least 256 bits.
    explicit SessionSeal(const Secret& secret);

    /// Nothing where `id` is none: visible ASCII only (MCP 2025-11-25), of a bounded length.
    std::optional<std::string> seal(std::string_view id, std::string_view path,
                                    const CallerKey& caller, Random& random) const;
    /// The MCP server's id, in `id`, whose memory is used again. False where `sealed` is not this
    /// caller's at this path.
    bool open(std::string_view sealed, std::string_view path, const CallerKey& caller,
              std::string& id) const;

private:
    crypto::SealKey key_;
};

}  // namespace sluice::resource
