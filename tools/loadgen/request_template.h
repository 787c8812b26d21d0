// A request that is written many times: its text made ready once, with slots for what differs.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::loadgen {

struct RequestParts {
    std::string method = "GET";
    std::string target = "/";
    std::string host;
    std::vector<std::pair<std::string, std::string>> fields;  // but Host, Connection and lengths
    std::string body;
    bool has_body = false;
    bool close = false;  // ask the server to close the connection behind the answer
};

/// What slots are filled with.
struct SlotValues {
    std::string_view token;    // {{token}}
    std::uint64_t number = 0;  // {{n}}: counts the requests
    std::uint64_t random = 0;  // {{random}}: 16 hexadecimal digits
};

/// Slots may stand in the target, in field values and in the body.
class RequestTemplate {
public:
    /// Errors: a slot of another name, in a sentence.
    static std::expected<RequestTemplate, std::string> compile(const RequestParts& parts);

    /// Appends the request. Allocates nothing once `out` has grown.
    void write(std::string& out, const SlotValues& values) const;
    bool needs_token() const { return needs_token_; }

private:
    enum class Kind : std::uint8_t { text, token, number, random };
    struct Piece {
        Kind kind;
        std::string text;
    };

    static std::expected<std::vector<Piece>, std::string> split(std::string_view text);
    static void append(std::string& out, const std::vector<Piece>& pieces,
                       const SlotValues& values);
    static std::size_t size_of(const std::vector<Piece>& pieces, const SlotValues& values);

    std::vector<Piece> head_;  // up to the length of the body, or whole where it never differs
    std::vector<Piece> body_;
    bool length_differs_ = false;
    bool needs_token_ = false;
};

}  // namespace sluice::loadgen
