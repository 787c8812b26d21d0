// HTTP request parser (RFC 9112): guard, llhttp, framing, body, in that order.
#pragma once

#include <cstddef>
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

/// Owns the input of one connection and gives its requests in order.
///   parser.append(bytes);
///   while (parser.advance() gives complete) { serve(parser.request()); parser.next_request(); }
/// The outcome depends on the bytes alone, not on how they were split. After an error nothing more
/// is read: the connection answers it and closes. Allocates nothing in steady state.
class RequestParser {
public:
    enum class Progress { need_more, complete };

    explicit RequestParser(const MessageLimits& limits = {});

    /// Adds input. While a complete request is out, its views stay valid: the input is kept aside.
    void append(std::string_view bytes);
    ParseResult<Progress> advance();

    /// Valid from `complete` to next_request().
    const Request& request() const { return request_; }
    Request& request() { return request_; }
    bool complete() const { return stage_ == Stage::complete; }
    /// Once head_complete(): the request without its body, until anything is appended.
    Request& head();
    /// Of a request that advance() refused, or that will not be read to its end: what is known of
    /// it. Valid until anything else is called.
    Request& describe_refused();
    /// The client takes another answer on this connection. Valid once the head was read.
    bool keep_alive() const { return framing_.keep_alive; }

    /// Drops the request and goes on behind it. What was pipelined is still there.
    void next_request();

    /// The head was read and the client waits for "100 Continue" before it sends the body.
    bool awaits_continue() const;
    bool head_complete() const { return stage_ != Stage::head; }
    /// Body bytes that arrived so far, framing included: for the minimum rate.
    std::size_t body_bytes_received() const { return body_bytes_received_; }
    /// What the body has or, where its length was announced, will have. Valid once the head was
    /// read.
    std::uint64_t body_bytes_expected() const {
        return framing_.chunked ? body_bytes_received_ : framing_.content_length;
    }
    /// Input is held, whether of an unfinished request or behind a finished one.
    bool holds_input() const { return start_ < buffer_.size() || !later_.empty(); }
    std::size_t input_bytes() const { return buffer_.size() - start_ + later_.size(); }

    /// Ready for another connection; keeps capacity up to `capacity_max`.
    void reset(std::size_t capacity_max);

private:
    enum class Stage : std::uint8_t { head, body, complete };

    std::string_view text() const { return std::string_view(buffer_).substr(start_); }
    void skip_empty_line();
    ParseResult<> read_start_line();
    ParseResult<> read_head();
    ParseResult<Progress> read_body();
    ParseResult<Progress> read_chunks();
    Progress finish(std::size_t message_size, std::size_t body_size);
    void point_fields();
    void point_target();
    Span span_of(std::string_view part) const;

    MessageLimits limits_;
    HeadGuard guard_;
    ChunkDecoder chunks_;
    std::string buffer_;
    std::string later_;         // input that came while a complete request was out
    std::size_t start_ = 0;     // of the current request in buffer_
    std::size_t end_ = 0;       // of the current request, once complete
    std::size_t chunk_at_ = 0;  // behind the decoded part of a chunked body, from start_
    std::size_t body_bytes_received_ = 0;
    Stage stage_ = Stage::head;
    bool skipped_empty_line_ = false;
    bool start_line_read_ = false;
    bool target_known_ = false;
    bool fields_known_ = false;
    std::vector<FieldSpan> spans_;
    RequestFraming framing_;
    Span target_;
    Span authority_;
    Span path_;
    Span query_;
    Span host_;
    bool path_normalized_ = false;      // the path to use is request_.decoded_path_
    const char* pointed_at_ = nullptr;  // where text() began when request_'s fields were set
    Request request_;
};

}  // namespace sluice::http
