// Chunked transfer coding decoder (RFC 9112 §7.1), as strict as its grammar allows.
#pragma once

#include <cstddef>
#include <cstdint>

#include "http/parse_error.h"

namespace sluice::http {

/// Decodes in place, whatever the split of the input. Extensions are checked against their grammar,
/// bounded and ignored; trailers are checked, bounded and dropped (RFC 9110 §6.5.1).
class ChunkDecoder {
public:
    /// Blanks around a chunk's size and extensions: what RFC 9112 §7.1.1 calls bad whitespace.
    /// Servers send them, padding sizes; in a request they are a way to smuggle another.
    enum class Blanks : std::uint8_t { refused, skipped };

    explicit ChunkDecoder(Blanks blanks = Blanks::refused) : blanks_(blanks) {}

    static constexpr std::size_t extension_bytes_max = 1024;  // of one chunk
    static constexpr std::size_t extension_total_max = 16 * 1024;
    static constexpr std::size_t trailer_bytes_max = 8 * 1024;

    struct Step {
        std::size_t consumed = 0;  // input bytes that were read
        std::size_t produced = 0;  // decoded bytes, now at the start of the input
        bool complete = false;     // the empty line behind the last chunk was read
    };

    /// Reads `size` bytes at `data` and leaves the decoded ones at its start. Consumes all of them
    /// unless the body ends. Errors: 400 framing, 413 more than `body_bytes_max` decoded bytes.
    ParseResult<Step> decode(char* data, std::size_t size, std::uint64_t body_bytes_max);

    void reset() { *this = ChunkDecoder(blanks_); }

private:
    enum class State : std::uint8_t {
        size_first,  // first digit of a chunk size
        size,        // further digits
        size_end,    // blanks behind them
        ext_name_first,
        ext_name,
        ext_name_end,  // blanks behind it
        ext_value_first,
        ext_token,
        ext_quoted,
        ext_escape,
        ext_quoted_end,
        size_lf,
        data,
        data_cr,
        data_lf,
        trailer_first,
        trailer_name,
        trailer_value,
        trailer_lf,
        end_lf,
        complete,
    };

    ParseResult<> enter(State next) {
        state_ = next;
        return {};
    }
    ParseResult<> step(char c, std::uint64_t body_bytes_max);
    ParseResult<> step_size(char c, std::uint64_t body_bytes_max);
    ParseResult<> step_extension(char c);
    bool skips(char c) const { return blanks_ == Blanks::skipped && (c == ' ' || c == '\t'); }
    ParseResult<> step_trailer(char c);
    ParseResult<> expect(char c, char wanted, State next);

    Blanks blanks_;
    State state_ = State::size_first;
    std::uint8_t size_digits_ = 0;
    std::uint64_t remaining_ = 0;  // of the chunk that is being read
    std::uint64_t decoded_ = 0;    // announced so far
    std::size_t extension_bytes_ = 0;
    std::size_t extension_total_ = 0;
    std::size_t trailer_bytes_ = 0;
};

}  // namespace sluice::http
