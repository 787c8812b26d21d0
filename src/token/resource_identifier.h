// Resource indicators (RFC 8707) and audiences: one canonical form, compared by its text.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "token/result.h"

namespace sluice::token {

/// The URL of a protected resource in the one form that Sluice advertises, compares and mints as
/// `aud`: scheme and host in lower case, no default port, no slash at the path's end, no empty
/// query.
class ResourceIdentifier {
public:
    static constexpr std::size_t text_size_max = 2048;  // bytes

    /// An absolute http or https URL. Spellings of one resource that clients mix give one
    /// identifier. Errors: another scheme, no host, userinfo, a fragment (RFC 8707 §2), a dot
    /// segment, a port that is none, or a character that RFC 3986 does not allow in a URL.
    static Result<ResourceIdentifier> parse(std::string_view text);

    // Valid while *this lives.
    std::string_view text() const { return text_; }
    std::string_view origin() const { return std::string_view(text_).substr(0, origin_size_); }
    std::string_view host() const {  // without port; an IPv6 address keeps its brackets
        return std::string_view(text_).substr(host_at_, host_size_);
    }
    std::string_view path() const {  // "" for the origin itself, else "/mcp"
        return std::string_view(text_).substr(origin_size_, path_size_);
    }

    /// Whether `audience` names this resource in any spelling. A canonical one costs a comparison,
    /// no allocation.
    bool matches(std::string_view audience) const;

    friend bool operator==(const ResourceIdentifier& a, const ResourceIdentifier& b) {
        return a.text_ == b.text_;
    }

private:
    ResourceIdentifier() = default;
    std::string text_;
    std::size_t host_at_ = 0;
    std::size_t host_size_ = 0;
    std::size_t origin_size_ = 0;
    std::size_t path_size_ = 0;
};

// How MCP clients treat the same URLs. Both take any text and refuse nothing.

/// The `resource` a client derives from the server's URL: scheme and authority in lower case and no
/// fragment, while port, query and a trailing slash stay. This differs from
/// ResourceIdentifier::text(): it is what clients SEND, so never compare it by its text; parse it
/// as a ResourceIdentifier.
std::string resource_from_server_url(std::string_view url);

/// The client's check of protected-resource metadata: `requested` lies at or below `configured`, by
/// whole path segments, on the same scheme, host and port; queries do not count. It is
/// hierarchical, so it never decides whether a token's audience is right: that is
/// ResourceIdentifier::matches().
bool resource_allowed(std::string_view requested, std::string_view configured);

}  // namespace sluice::token
