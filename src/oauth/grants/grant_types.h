// Grant types (RFC 6749 §1.3): their names, and sets of them.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>

#include "base/name_table.h"

namespace sluice::oauth {

enum class GrantType : std::uint8_t {
    authorization_code,
    refresh_token,
    client_credentials,
    device_code,
};

/// Every grant type there is. What each does and who may use it: grant_table.h.
inline constexpr NameTable<GrantType, 4> grant_type_names{
    {{"authorization_code", GrantType::authorization_code},
     {"refresh_token", GrantType::refresh_token},
     {"client_credentials", GrantType::client_credentials},
     {"urn:ietf:params:oauth:grant-type:device_code", GrantType::device_code}}};

/// By its name, or by a short name that clients register by ("device_code").
constexpr std::optional<GrantType> find_registered_grant_type(std::string_view name) {
    if (name == "device_code") return GrantType::device_code;
    return find_by_name(grant_type_names, name);
}

constexpr std::string_view to_text(GrantType type) {
    return name_of(grant_type_names, type);
}

/// A set of them.
class GrantTypes {
public:
    constexpr GrantTypes() = default;
    constexpr GrantTypes(std::initializer_list<GrantType> types) {
        for (const GrantType type : types) add(type);
    }

    constexpr bool has(GrantType type) const { return (bits_ & bit(type)) != 0; }
    constexpr bool empty() const { return bits_ == 0; }
    constexpr void add(GrantType type) { bits_ |= bit(type); }
    constexpr void remove(GrantType type) { bits_ &= ~bit(type); }

    /// What both hold.
    friend constexpr GrantTypes operator&(GrantTypes a, GrantTypes b) {
        a.bits_ &= b.bits_;
        return a;
    }
    friend constexpr bool operator==(const GrantTypes&, const GrantTypes&) = default;

private:
    static constexpr std::uint32_t bit(GrantType type) {
        return std::uint32_t{1} << static_cast<unsigned>(type);
    }
    std::uint32_t bits_ = 0;
};

}  // namespace sluice::oauth
