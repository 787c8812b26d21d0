// Reading answers off a connection, made for many alike: a head that equals the last one byte by
// byte means what that one meant, and is not parsed again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>

#include "http/chunk_decoder.h"
#include "http/framing.h"
#include "http/parse_error.h"
#include "http/response_parser.h"

namespace sluice::loadgen {

/// Valid until the reader is used again.
struct Answer {
    int status = 0;
    std::span<const http::Field> fields;
    std::string_view body;  // cut at AnswerReader::body_bytes_max
    std::size_t bytes = 0;  // head and body, as received
};

class AnswerReader {
public:
    static constexpr std::size_t body_bytes_max = 4 * 1024 * 1024;  // kept of one answer

    AnswerReader() = default;

    /// Takes from `bytes` up to the end of the current answer. True: answer() is whole. False: all
    /// was taken and more is needed. Errors: what is no HTTP answer; the connection is of no use.
    http::ParseResult<bool> next(std::string_view& bytes);
    /// The server ended its direction. True where that completes an answer.
    bool finish();

    const Answer& answer() const { return answer_; }
    /// The connection may carry another request after answer().
    bool keeps_alive() const { return framing_.keep_alive; }
    /// Part of an answer has arrived.
    bool midway() const { return state_ != State::head || !carry_.empty(); }

    // Answers that are used before their end, as event streams are.
    bool in_body() const { return state_ != State::head; }
    Answer head() const { return {status_, parser_.head().fields(), {}, 0}; }
    std::string_view body_so_far() const { return body_; }
    void drop_body() { body_.clear(); }

    /// As new, for a new connection. What was learnt of heads is kept.
    void reset();

private:
    enum class State : std::uint8_t { head, length, chunks, until_close };

    bool take_known(std::string_view& bytes);
    http::ParseResult<bool> take_head(std::string_view& bytes);
    http::ParseResult<bool> read_head(std::string_view head);
    http::ParseResult<bool> take_body(std::string_view& bytes);
    bool take_length(std::string_view& bytes);
    http::ParseResult<bool> take_chunks(std::string_view& bytes);
    void keep(std::string_view piece);
    bool complete(std::string_view body);

    http::ResponseParser parser_;  // of heads alone
    http::ChunkDecoder chunks_;
    http::ResponseFraming framing_;
    State state_ = State::head;
    bool behind_interim_ = false;  // an interim head was read, the parser waits for the final one
    int status_ = 0;
    std::string known_head_;  // of an answer with a length, parsed as parser_ and framing_ have it
    std::string carry_;       // the beginning of a head
    std::string body_;
    std::string scratch_;
    std::uint64_t remaining_ = 0;
    std::size_t received_ = 0;  // bytes of the current answer
    Answer answer_;
};

}  // namespace sluice::loadgen
