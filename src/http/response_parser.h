// HTTP response parser (RFC 9112): the head first, then the body piece by piece as it arrives.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "http/chunk_decoder.h"
#include "http/framing.h"
#include "http/head_fields.h"
#include "http/head_guard.h"
#include "http/message.h"
#include "http/parse_error.h"

namespace sluice::http {

/// Status and fields of an answer. Views stay valid until the parser's next start().
class ResponseHead {
public:
    Status status() const { return status_; }
    std::span<const Field> fields() const { return fields_; }
    std::optional<std::string_view> field(std::string_view name) const {
        return find_field(fields_, name);
    }

private:
    friend class ResponseParser;
    Status status_ = Status::ok;
    std::vector<Field> fields_;
};

/// Owns the input of one upstream connection. As strict as RequestParser but for what servers do
/// and nobody can read in two ways: blanks around a chunk's size, the same Content-Length twice.
/// What it does not take is garbage, whose connection is closed.
///   parser.start(false);
///   until read_head() gives true: parser.append(bytes)
///   for (;;) { next_body_chunk(): data -> use it; need_more -> append(bytes); complete -> done }
class ResponseParser {
public:
    static constexpr int interim_max = 16;  // 1xx answers ahead of the final one

    explicit ResponseParser(const MessageLimits& limits = {});

    /// Ready for the answer to the next request. `to_head`: that request was a HEAD.
    void start(bool to_head);
    void append(std::string_view bytes);
    /// The upstream ended its direction: what is missing now never comes.
    void append_end() { ended_ = true; }
    bool ended() const { return ended_; }

    /// True once the final answer's head is there; 1xx answers are skipped. Errors: garbage, an
    /// answer to nothing that was asked (101), too many 1xx, the end of the connection.
    ParseResult<bool> read_head();
    const ResponseHead& head() const { return head_; }

    struct BodyChunk {
        enum class Kind { data, need_more, complete };
        Kind kind;
        std::string_view data;  // valid until the next call of any member
    };
    /// Errors: bad chunks, the connection's end before the body's.
    ParseResult<BodyChunk> next_body_chunk();

    /// Something of the current answer has arrived.
    bool received_anything() const { return received_anything_; }
    bool body_complete() const { return body_complete_; }
    /// The answer was complete, nothing stands behind it, and the upstream keeps the connection.
    bool reusable() const;

private:
    ParseResult<> read_status_line();
    ParseResult<> read_fields();
    ParseResult<BodyChunk> next_of_length();
    ParseResult<BodyChunk> next_of_chunks();
    ParseResult<BodyChunk> next_until_close();
    BodyChunk complete();

    HeadGuard guard_;
    ChunkDecoder chunks_{ChunkDecoder::Blanks::skipped};
    std::string buffer_;     // input that was not given out yet
    std::size_t given_ = 0;  // bytes of buffer_ that the last next_body_chunk() gave out
    std::string head_text_;
    std::vector<FieldSpan> spans_;
    ResponseHead head_;
    ResponseFraming framing_;
    Version version_ = Version::http_1_1;
    std::uint64_t remaining_ = 0;  // body bytes, where the length is known
    int interim_ = 0;
    bool to_head_ = false;
    bool head_complete_ = false;
    bool body_complete_ = false;
    bool ended_ = false;
    bool received_anything_ = false;
};

}  // namespace sluice::http
