// Header field list (RFC 9110 §5): names and values in order, for whichever version writes them.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::http {

/// One field line. The name is as received: compare ignoring case. The value has no OWS at its
/// ends.
struct Field {
    std::string_view name;
    std::string_view value;
};

/// The fields of a message to be sent. A range of Field: a protocol version, or a log, goes through
/// it. What it keeps is the text that HTTP/1.1 sends, so that this version copies it whole; clear()
/// keeps the capacity, so a steady state allocates nothing.
class FieldList {
public:
    FieldList() = default;
    FieldList(std::initializer_list<Field> fields);

    /// CHECKs that `name` is a token and no framing field, and that `value` holds no CR, LF, NUL
    /// nor other control character: what comes from outside is to be validated before
    /// (is_field_value in fields.h).
    void add(std::string_view name, std::string_view value);
    void add(const FieldList& fields) { text_ += fields.text_; }
    void clear() { text_.clear(); }

    bool empty() const { return text_.empty(); }
    /// The value of the first field added under `name`, ignoring case.
    std::optional<std::string_view> find(std::string_view name) const;
    std::size_t count(std::string_view name) const;

    /// Views that are valid until the list changes.
    class Iterator {
    public:
        using value_type = Field;
        using difference_type = std::ptrdiff_t;

        explicit Iterator(std::string_view text) : rest_(text), line_size_(text.find('\r')) {}
        Field operator*() const;
        Iterator& operator++() {
            rest_.remove_prefix(line_size_ + 2);
            line_size_ = rest_.find('\r');
            return *this;
        }
        void operator++(int) { ++*this; }
        bool operator==(std::default_sentinel_t) const { return rest_.empty(); }

    private:
        std::string_view rest_;
        std::size_t line_size_;
    };
    Iterator begin() const { return Iterator(text_); }
    std::default_sentinel_t end() const { return {}; }

    /// Field lines of RFC 9112 §5: "Name: value\r\n" each.
    std::string_view http1_text() const { return text_; }

private:
    std::string text_;
};

}  // namespace sluice::http
