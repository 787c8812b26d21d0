#include "resource/policy/pattern.h"

#include <re2/re2.h>

#include <cstdint>
#include <utility>

#include "base/check.h"
#include "base/result.h"

namespace sluice::resource {

Pattern::Pattern(std::unique_ptr<re2::RE2> compiled) : compiled_(std::move(compiled)) {
    CHECK(compiled_ != nullptr && compiled_->ok());
}
Pattern::Pattern(Pattern&&) noexcept = default;
Pattern& Pattern::operator=(Pattern&&) noexcept = default;
Pattern::~Pattern() = default;

std::expected<Pattern, std::string> Pattern::compile(const std::string& text) {
    constexpr std::int64_t memory_max = 1 << 20;  // bytes
    re2::RE2::Options options;
    options.set_log_errors(false);
    options.set_never_capture(true);
    options.set_max_mem(memory_max);
    auto compiled = std::make_unique<re2::RE2>(text, options);
    if (!compiled->ok()) return failure(compiled->error());
    return Pattern(std::move(compiled));
}

bool Pattern::matches(std::string_view text) const {
    return re2::RE2::FullMatch(re2::StringPiece(text.data(), text.size()), *compiled_);
}

}  // namespace sluice::resource
