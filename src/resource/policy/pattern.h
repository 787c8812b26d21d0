// Patterns of access rules: regular expressions in RE2's syntax, matched in time linear in the
// text.
#pragma once

#include <expected>
#include <memory>
#include <string>
#include <string_view>

namespace re2 {
class RE2;
}

namespace sluice::resource {

/// A compiled pattern. Immutable.
class Pattern {
public:
    /// Errors: what RE2 says of a pattern that it refuses, or that would take more than a MiB.
    static std::expected<Pattern, std::string> compile(const std::string& text);
    Pattern(Pattern&&) noexcept;
    Pattern& operator=(Pattern&&) noexcept;
    ~Pattern();

    /// All of `text`, from its first byte to its last.
    bool matches(std::string_view text) const;

private:
    explicit Pattern(std::unique_ptr<re2::RE2> compiled);

    std::unique_ptr<re2::RE2> compiled_;
};

}  // namespace sluice::resource
