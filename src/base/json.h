// JSON reader (RFC 8259), by simdjson. Strict: valid UTF-8, no duplicate keys, bounded depth.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace sluice {

struct JsonMember;

/// A value inside a JsonDocument; valid while the document lives. Cheap to copy.
class JsonValue {
public:
    enum class Kind { null, boolean, number, string, array, object };

    Kind kind() const;
    bool is_null() const { return kind() == Kind::null; }
    bool is_object() const { return kind() == Kind::object; }
    bool is_array() const { return kind() == Kind::array; }

    // Each gives nothing where the value is of another kind.
    std::optional<bool> boolean() const;
    std::optional<double> number() const;
    std::optional<std::int64_t> integer()
        const;  // only numbers written without fraction or exponent
    std::optional<std::string_view> string() const;  // unescaped

    /// The member `key` of an object; nothing where it is absent or this is no object.
    std::optional<JsonValue> find(std::string_view key) const;
    /// find(), then string(): the usual way to read a text parameter.
    std::optional<std::string_view> find_string(std::string_view key) const;
    std::vector<JsonValue> elements() const;  // of an array, in order; empty for other kinds
    std::vector<JsonMember> members() const;  // of an object, in order; empty for other kinds
    /// visit(key, value) for each of members(), without making a list of them.
    template <class RequestContext>
    void for_each_member(RequestContext&& visit) const {
        visit_members(
            [](void* context, std::string_view key, const JsonValue& value) {
                (*static_cast<std::remove_reference_t<RequestContext>*>(context))(key, value);
            },
            const_cast<void*>(static_cast<const void*>(std::addressof(visit))));
    }

    /// Writes the value as compact JSON behind `out`.
    void append_to(std::string& out) const;

private:
    friend class JsonDocument;
    using MemberVisitor = void (*)(void* context, std::string_view key, const JsonValue& value);
    void visit_members(MemberVisitor visitor, void* context) const;

    std::array<std::byte, 16> element_;  // a simdjson::dom::element
};

struct JsonMember {
    std::string_view key;
    JsonValue value;
};

struct JsonError {
    std::string_view reason;  // static text, fit for an error_description
};

/// A parsed text; owns what its values refer to. Its memory comes from, and goes back to, a few
/// parsers that each thread keeps, so that reading small texts allocates nothing in steady state.
class JsonDocument {
public:
    static constexpr std::size_t depth_max = 64;

    /// Errors: malformed text, a key twice in one object, deeper than `depth_max`, no value at all,
    /// a number that neither 64 bits nor a double hold (integers beyond 64 bits are refused, not
    /// rounded).
    static std::expected<JsonDocument, JsonError> parse(std::string_view text);

    JsonDocument(JsonDocument&&) noexcept;
    JsonDocument& operator=(JsonDocument&&) noexcept;
    ~JsonDocument();

    JsonValue root() const;

private:
    struct Parsed;
    struct Recycle {
        void operator()(Parsed* parsed) const;
    };
    using ParsedPtr = std::unique_ptr<Parsed, Recycle>;

    explicit JsonDocument(ParsedPtr parsed);
    static std::vector<std::unique_ptr<Parsed>>& kept();  // this thread's
    static ParsedPtr take_parsed(std::size_t text_size);

    ParsedPtr parsed_;
};

}  // namespace sluice
