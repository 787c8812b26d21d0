// Bind parameters of a prepared statement, in PostgreSQL's binary format.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/check.h"

namespace sluice::storage::postgres {

/// The eight bytes of a bigint, as the wire has them.
inline std::array<char, 8> big_endian(std::int64_t number) {
    std::array<char, 8> bytes;
    auto left = static_cast<std::uint64_t>(number);
    for (std::size_t i = bytes.size(); i-- > 0; left >>= 8) bytes[i] = static_cast<char>(left);
    return bytes;
}

/// Texts and bytes are views that live until the call has ended.
class Arguments {
public:
    static constexpr std::size_t count_max = 24;

    Arguments() = default;
    Arguments(const Arguments&) = delete;
    Arguments& operator=(const Arguments&) = delete;

    Arguments& number(std::int64_t value) {
        CHECK(count_ < count_max);
        numbers_[count_] = big_endian(value);
        return add({numbers_[count_].data(), 8});
    }
    /// A text, the bytes of a bytea, or a whole array as ArrayBuilder made it.
    Arguments& text(std::string_view value) {
        return add(value.data() != nullptr ? value : std::string_view(""));
    }
    Arguments& null() { return add({}); }

    int count() const { return static_cast<int>(count_); }
    const char* const* values() const { return values_.data(); }
    const int* lengths() const { return lengths_.data(); }
    static const int* formats() {
        static constexpr auto all_binary = [] {
            std::array<int, count_max> formats{};
            formats.fill(1);
            return formats;
        }();
        return all_binary.data();
    }

private:
    Arguments& add(std::string_view value) {
        CHECK(count_ < count_max);
        values_[count_] = value.data();
        lengths_[count_++] = static_cast<int>(value.size());
        return *this;
    }

    std::size_t count_ = 0;
    std::array<const char*, count_max> values_;
    std::array<int, count_max> lengths_;
    std::array<std::array<char, 8>, count_max> numbers_;
};

/// An array of one dimension, for statements on many rows. Its memory is used again.
class ArrayBuilder {
public:
    enum class Element : std::uint8_t { bigint = 20, bytea = 17, text = 25 };  // pg_type.oid

    explicit ArrayBuilder(Element element) : element_(element) {}

    void clear() {
        bytes_.assign(header_size, '\0');
        count_ = 0;
        has_null_ = false;
    }
    void number(std::int64_t value) {
        const auto bytes = big_endian(value);
        text({bytes.data(), bytes.size()});
    }
    void text(std::string_view value) {
        put_length(static_cast<std::int32_t>(value.size()));
        bytes_.append(value);
    }
    void null() {
        put_length(-1);
        has_null_ = true;
    }
    std::size_t count() const { return static_cast<std::size_t>(count_); }
    /// Valid until the next clear().
    std::string_view finish() {
        CHECK(bytes_.size() >= header_size, "an array begins with clear()");
        const std::array<std::int32_t, 5> header = {1, has_null_ ? 1 : 0,
                                                    static_cast<std::int32_t>(element_), count_, 1};
        for (std::size_t i = 0; i < header.size(); ++i) {
            const auto word = big_endian(header[i]);
            bytes_.replace(4 * i, 4, word.data() + 4, 4);
        }
        return bytes_;
    }

private:
    static constexpr std::size_t header_size = 20;  // dimensions, nulls, type, length, first index

    void put_length(std::int32_t length) {
        CHECK(bytes_.size() >= header_size, "an array begins with clear()");
        const auto word = big_endian(length);
        bytes_.append(word.data() + 4, 4);
        ++count_;
    }

    Element element_;
    std::string bytes_;
    std::int32_t count_ = 0;
    bool has_null_ = false;
};

}  // namespace sluice::storage::postgres
