// URL components, split as RFC 3986 appendix B splits; nothing is decoded or refused.
#pragma once

#include <optional>
#include <string_view>

namespace sluice::http {

/// Views into the text that was split.
struct UrlParts {
    std::string_view scheme;  // empty where none; a scheme's characters only
    std::optional<std::string_view>
        authority;  // between "//" and the path: userinfo, host and port
    std::string_view path;
    std::optional<std::string_view> query;     // without '?'
    std::optional<std::string_view> fragment;  // without '#'
};

UrlParts split_url(std::string_view url);

/// Views into the authority that was split.
struct AuthorityParts {
    std::optional<std::string_view> userinfo;  // before the last '@'
    std::string_view host;                     // an IPv6 literal keeps its brackets
    std::optional<std::string_view> port;      // behind the host's ':', unchecked
};

AuthorityParts split_authority(std::string_view authority);

}  // namespace sluice::http
