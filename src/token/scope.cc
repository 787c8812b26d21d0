#include "token/scope.h"

#include <algorithm>

#include "base/check.h"

namespace sluice::token {
namespace {

/// NQCHAR of RFC 6749 appendix A: %x21 / %x23-5B / %x5D-7E.
constexpr bool is_nqchar(char c) {
    return c > ' ' && c < '\x7f' && c != '"' && c != '\\';
}

}  // namespace

bool ScopeSet::is_name(std::string_view name) {
    return !name.empty() && std::ranges::all_of(name, is_nqchar);
}

Result<ScopeSet> ScopeSet::parse(std::string_view text) {
    if (text.size() > text_size_max) return failure(Error{"the scope is too long"});
    ScopeSet scopes;
    scopes.text_.reserve(text.size());
    std::size_t name_count = 0;
    while (true) {
        text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
        if (text.empty()) {
            CHECK(scopes.text_.size() <= text_size_max);
            return scopes;
        }
        const std::string_view name = text.substr(0, text.find(' '));
        if (!is_name(name)) {
            return failure(
                Error{"the scope contains a character that RFC 6749 section 3.3 does not allow"});
        }
        if (++name_count > name_count_max) return failure(Error{"the scope has too many values"});
        scopes.insert(name);
        text.remove_prefix(name.size());
    }
}

std::size_t ScopeSet::size() const {
    return empty() ? 0 : static_cast<std::size_t>(std::ranges::count(text_, ' ')) + 1;
}

bool ScopeSet::contains(std::string_view name) const {
    return std::ranges::find(*this, name) != end();
}

bool ScopeSet::includes(const ScopeSet& other) const {
    return text_ == other.text_ ||
           std::ranges::all_of(other, [this](std::string_view name) { return contains(name); });
}

void ScopeSet::insert(std::string_view name) {
    CHECK(is_name(name), "a scope's name is checked before it is inserted");
    if (contains(name)) return;
    if (!text_.empty()) text_ += ' ';
    text_ += name;
}

void ScopeSet::insert(const ScopeSet& other) {
    if (this == &other) return;
    for (const std::string_view name : other) insert(name);
}

ScopeSet ScopeSet::union_with(const ScopeSet& other) const {
    ScopeSet both = *this;
    both.insert(other);
    CHECK(both.text_.size() >= std::max(text_.size(), other.text_.size()));
    return both;
}

ScopeSet ScopeSet::intersection_with(const ScopeSet& other) const {
    ScopeSet common;
    for (const std::string_view name : *this) {
        if (other.contains(name)) common.insert(name);
    }
    CHECK(common.text_.size() <= text_.size());
    return common;
}

ScopeSet ScopeSet::without(const ScopeSet& other) const {
    ScopeSet rest;
    for (const std::string_view name : *this) {
        if (!other.contains(name)) rest.insert(name);
    }
    CHECK(rest.text_.size() <= text_.size());
    return rest;
}

bool operator==(const ScopeSet& a, const ScopeSet& b) {
    return a.includes(b) && b.includes(a);
}

}  // namespace sluice::token
