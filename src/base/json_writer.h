// JSON writer (RFC 8259): appends to a string, without a tree in between.
#pragma once

#include <charconv>
#include <concepts>
#include <string>
#include <string_view>

#include "base/check.h"

namespace sluice {

/// Appends `text` as a JSON string, quotes included. Malformed UTF-8 becomes U+FFFD.
void append_json_string(std::string& out, std::string_view text);

/// Writes one value; commas are its own affair.
///   JsonWriter json(out);
///   json.begin_object().member("active", true).key("aud").value(audience).end_object();
class JsonWriter {
public:
    explicit JsonWriter(std::string& out) : out_(out) {}

    JsonWriter& begin_object() { return open('{'); }
    JsonWriter& end_object() { return close('}'); }
    JsonWriter& begin_array() { return open('['); }
    JsonWriter& end_array() { return close(']'); }

    JsonWriter& key(std::string_view name) {
        CHECK(!after_key_, "a member has a value");
        separate();
        append_json_string(out_, name);
        out_ += ':';
        after_key_ = true;
        return *this;
    }
    JsonWriter& value(std::string_view text) {
        separate();
        append_json_string(out_, text);
        return *this;
    }
    JsonWriter& value(const char* text) { return value(std::string_view(text)); }
    JsonWriter& value(bool truth) { return raw(truth ? "true" : "false"); }
    JsonWriter& value(std::integral auto number) { return number_text(number); }
    JsonWriter& value(double number);  // NaN and infinities become null
    JsonWriter& null() { return raw("null"); }
    /// `json` is one complete value already.
    JsonWriter& raw(std::string_view json) {
        CHECK(!json.empty(), "no value");
        separate();
        out_ += json;
        return *this;
    }
    template <class Value>
    JsonWriter& member(std::string_view name, const Value& content) {
        return key(name).value(content);
    }

private:
    JsonWriter& open(char bracket) {
        separate();
        out_ += bracket;
        first_ = true;
        return *this;
    }
    JsonWriter& close(char bracket) {
        CHECK(!after_key_, "a member has a value");
        out_ += bracket;
        first_ = false;
        return *this;
    }
    void separate() {
        if (!first_ && !after_key_) out_ += ',';
        first_ = false;
        after_key_ = false;
    }
    template <class Number>
    JsonWriter& number_text(Number number) {
        separate();
        char digits[32];
        const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
        out_.append(digits, end);
        return *this;
    }

    std::string& out_;
    bool first_ = true;
    bool after_key_ = false;
};

}  // namespace sluice
