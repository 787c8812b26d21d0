// Redis reply (RESP2) to one command.
#pragma once

#include <cstdint>
#include <string>

namespace sluice::storage {

struct RedisReply {
    enum class Kind : std::uint8_t {
        none,     // no reply came in time, or ever
        text,     // a status or a string
        integer,  //
        nil,      //
        error,    // `text` says which: "NOSCRIPT No matching script."
        other,    // a kind that no command of ours gives
    };
    Kind kind = Kind::none;
    std::int64_t integer = 0;
    std::string text;
};

}  // namespace sluice::storage
