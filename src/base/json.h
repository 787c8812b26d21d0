// JSON reader (RFC 8259): decodes what is asked for and keeps the rest as it was written.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

namespace json_detail {
struct Parsed;
}
struct JsonMember;

/// A value inside a JsonDocument; valid while the document lives. Cheap to copy. Nothing of it is
/// decoded before it is asked for.
class JsonValue {
public:
    enum class Kind { null, boolean, number, string, array, object };

    Kind kind() const;
    bool is_null() const { return kind() == Kind::null; }
    bool is_object() const { return kind() == Kind::object; }
    bool is_array() const { return kind() == Kind::array; }

    // Each gives nothing where the value is of another kind.
    std::optional<bool> boolean() const;
    std::optional<double> number() const;  // nor where no double holds it (1e400)
    /// Only numbers written without fraction or exponent that 64 bits hold.
    std::optional<std::int64_t> integer() const;
    /// Unescaped. Nothing also for a text with half of a surrogate pair: no UTF-8 says it.
    std::optional<std::string_view> string() const;
    /// The same, with U+FFFD for each such half: for people to read, never to decide on.
    std::optional<std::string_view> readable_string() const;
    /// As it was written, without the white space around it; points into the document's text.
    std::string_view raw() const;

    /// The member `key` of an object, the first where there are more; nothing where it is absent or
    /// this is no object.
    std::optional<JsonValue> find(std::string_view key) const;
    /// find(), then string(): the usual way to read a text parameter.
    std::optional<std::string_view> find_string(std::string_view key) const;
    std::vector<JsonValue> elements() const;  // of an array, in order; empty for other kinds
    std::vector<JsonMember> members() const;  // of an object, in order; empty for other kinds
    /// visit(key, value) for each of members(), without making a list of them. A key with half of a
    /// surrogate pair has U+FFFD there.
    template <class Visit>
    void for_each_member(Visit visit) const {
        for (Place at = first_member(); at.token != at.end; at = next_member(at)) {
            visit(text_of(at.token), JsonValue(parsed_, at.token + 1));
        }
    }
    /// The same for those members whose key may be one of few. concerns(first, size_max) is asked
    /// before a key is looked at: its first byte as it was written (a quote: an empty key; a
    /// backslash: any), and how long it is at most.
    template <class Concerns, class Visit>
    void for_some_members(Concerns concerns, Visit visit) const {
        for (Place at = first_member(); at.token != at.end; at = next_member(at)) {
            if (!concerns(first_byte(at.token), size_max(at.token))) continue;
            visit(text_of(at.token), JsonValue(parsed_, at.token + 1));
        }
    }
    /// visit(value) for each of elements(), without making a list of them, until one gives false.
    template <class Visit>
    void for_each_element(Visit visit) const {
        for (Place at = first_element(); at.token != at.end; at = next_element(at)) {
            if (!visit(JsonValue(parsed_, at.token))) return;
        }
    }

    /// Writes the value behind `out` without the white space between its parts.
    void append_to(std::string& out) const;

private:
    friend class JsonDocument;
    using Parsed = json_detail::Parsed;

    JsonValue(const Parsed* parsed, std::uint32_t at) : parsed_(parsed), at_(at) {}

    /// Of a member's key or an element among the tokens, and the place behind the last.
    struct Place {
        std::uint32_t token;
        std::uint32_t end;
    };
    Place first_member() const;  // where there is none: at its end
    Place next_member(Place at) const { return {behind(at.token + 1), at.end}; }
    Place first_element() const;
    Place next_element(Place at) const { return {behind(at.token), at.end}; }
    std::uint32_t behind(std::uint32_t value) const;
    char first_byte(std::uint32_t key) const;
    std::size_t size_max(std::uint32_t key) const;
    std::string_view text_of(std::uint32_t key) const;

    const Parsed* parsed_;
    std::uint32_t at_;
};

struct JsonMember {
    std::string_view key;
    JsonValue value;
};

struct JsonError {
    std::string_view reason;  // static text, fit for an error_description
};

/// A text that was checked as a whole, for all that RFC 8259 allows and nothing else, in valid
/// UTF-8; a byte order mark at its start is passed over. Its memory comes from, and goes back to, a
/// few that each thread keeps, so that reading small texts allocates nothing in steady state.
class JsonDocument {
public:
    static constexpr std::size_t depth_max = 512;  // arrays and objects within each other

    /// For what is decided on as a whole: keeps a copy of `text`. Errors: malformed text, deeper
    /// than `depth_max`, a key twice in one object.
    static std::expected<JsonDocument, JsonError> parse(std::string_view text);

    /// For what is passed on: `text` must outlive the document, and raw() points into it. A key may
    /// stand twice: who decides on a member looks whether it does. Costs at most 4 ns a byte,
    /// whatever the text holds. Errors: malformed text, deeper than `depth_max`.
    static std::expected<JsonDocument, JsonError> parse_carried(std::string_view text);

    JsonDocument(JsonDocument&&) noexcept;
    JsonDocument& operator=(JsonDocument&&) noexcept;
    ~JsonDocument();

    JsonValue root() const;

private:
    using Parsed = json_detail::Parsed;
    struct Recycle {
        void operator()(Parsed* parsed) const;
    };
    using ParsedPtr = std::unique_ptr<Parsed, Recycle>;

    explicit JsonDocument(ParsedPtr parsed);
    static std::expected<JsonDocument, JsonError> index(ParsedPtr parsed, std::string_view text);
    static std::vector<std::unique_ptr<Parsed>>& kept();  // this thread's
    static ParsedPtr take_parsed(std::size_t text_size);

    ParsedPtr parsed_;
};

/// Whether `text` is one JSON value by its grammar. Laxer than JsonDocument in that bytes that are
/// no UTF-8 pass within texts. Allocates nothing.
bool is_json_shaped(std::string_view text);

}  // namespace sluice
