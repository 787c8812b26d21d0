// Tool id: a tool's name, looked up once and then a small number (interning).
#pragma once

#include <cstdint>

#include "base/check.h"

namespace sluice::friction {

/// Of a configured tool its place in the configuration, of any other a 15-bit tag of its name. Two
/// such others share a tag once in 32768; that blurs the rate reported for them, never a refusal.
/// Valid for the FrictionConfig that gave it.
class ToolId {
public:
    static constexpr std::uint16_t unlisted_bit = 0x8000;

    static constexpr ToolId listed(std::uint16_t index) { return ToolId(index); }
    static constexpr ToolId unlisted(std::uint64_t hash) {
        return ToolId(static_cast<std::uint16_t>(unlisted_bit | (hash & 0x7fff)));
    }

    /// The configuration has a table for this tool.
    constexpr bool is_listed() const { return (value_ & unlisted_bit) == 0; }
    /// Only where is_listed(): its place in FrictionConfig::tools().
    constexpr std::uint16_t index() const {
        CHECK(is_listed());
        return value_;
    }
    constexpr std::uint16_t value() const { return value_; }

    constexpr bool operator==(const ToolId&) const = default;

private:
    constexpr explicit ToolId(std::uint16_t value) : value_(value) {}
    std::uint16_t value_;
};

}  // namespace sluice::friction
