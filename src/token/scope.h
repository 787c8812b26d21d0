// Scopes (RFC 6749 §3.3): a set of case-sensitive names, written as one text with spaces between.
#pragma once

#include <cstddef>
#include <iterator>
#include <string_view>

#include "base/pooled_text.h"
#include "token/result.h"

namespace sluice::token {

/// In the order of insertion, without duplicates. One text holds it all: looking a name up is a
/// scan, which suits the 1 to 8 names of practice.
class ScopeSet {
public:
    static constexpr std::size_t name_count_max = 128;
    static constexpr std::size_t text_size_max = 4096;  // bytes

    ScopeSet() = default;

    /// Names separated by spaces; runs of spaces and spaces at the ends are taken as one separator
    /// or none, since clients send them. An empty text is the empty set.
    /// Errors: a character outside of NQCHAR, more names or bytes than the limits above.
    static Result<ScopeSet> parse(std::string_view text);

    /// One scope-token of RFC 6749 §3.3: printable ASCII without space, '"' and '\'.
    static bool is_name(std::string_view name);

    /// Names with a space between; empty for the empty set. Valid while *this is unchanged.
    std::string_view text() const { return text_; }
    bool empty() const { return text_.empty(); }
    std::size_t size() const;

    bool contains(std::string_view name) const;
    bool includes(const ScopeSet& other) const;  // every name of `other`; the empty set always

    /// Does nothing where the name is there already. The name must be is_name().
    void insert(std::string_view name);
    void insert(const ScopeSet& other);

    /// The names of *this, then those of `other` that it lacks.
    ScopeSet union_with(const ScopeSet& other) const;
    ScopeSet intersection_with(const ScopeSet& other) const;  // in the order of *this
    ScopeSet without(const ScopeSet& other) const;            // in the order of *this

    /// The same names, in whatever order.
    friend bool operator==(const ScopeSet& a, const ScopeSet& b);

    /// for (std::string_view name : scopes)
    class Iterator;
    Iterator begin() const;
    Iterator end() const;

private:
    PooledText text_;
};

class ScopeSet::Iterator {
public:
    using value_type = std::string_view;
    using difference_type = std::ptrdiff_t;

    Iterator() = default;
    explicit Iterator(std::string_view rest) : rest_(rest), length_(rest.find(' ')) {}
    std::string_view operator*() const { return rest_.substr(0, length_); }
    Iterator& operator++() {
        return *this = Iterator(length_ < rest_.size() ? rest_.substr(length_ + 1)
                                                       : rest_.substr(rest_.size()));
    }
    Iterator operator++(int) {
        Iterator before = *this;
        ++*this;
        return before;
    }
    friend bool operator==(const Iterator& a, const Iterator& b) {
        return a.rest_.size() == b.rest_.size();
    }

private:
    std::string_view rest_;  // from the current name to the end of the text
    std::size_t length_ = std::string_view::npos;
};

inline ScopeSet::Iterator ScopeSet::begin() const {
    return Iterator(text_);
}
inline ScopeSet::Iterator ScopeSet::end() const {
    return Iterator(std::string_view(text_).substr(text_.size()));
}

}  // namespace sluice::token
