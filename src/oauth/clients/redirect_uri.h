// Redirect URI validation against open redirects: which may be registered, and which request
// matches (RFC 8252 §7.3, OAuth 2.1 §2.3.1).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "http/uri.h"

namespace sluice::oauth {

/// Whether a request may name `requested` where `registered` was registered: the same text (OAuth
/// 2.1 §2.3.1), or a loopback URI that differs in its port alone (RFC 8252 §7.3). Loopback is http
/// on 127.0.0.1, [::1] or localhost, spelled like that.
bool redirect_uri_matches(std::string_view registered, std::string_view requested);

/// Why `uri` may not be registered, as a sentence's end ("must not have a fragment"); nothing where
/// it may. Allowed are https, http on loopback hosts, and private-use schemes (RFC 8252 §7.1).
std::optional<std::string_view> redirect_uri_fault(std::string_view uri);

/// The same for a client that registers itself, for which nobody vouches: a private-use scheme has
/// to be a domain name in reverse (com.example.app:) or that of a known MCP client (cursor:,
/// vscode:), since many others start a program on the person's machine (ms-word:, shell:, steam:).
std::optional<std::string_view> registered_redirect_uri_fault(std::string_view uri);

/// `uri` without its port where it is a loopback URI, as it is otherwise: what stays the same from
/// one start of a native app to the next.
std::string without_loopback_port(std::string_view uri);

bool is_loopback_redirect(std::string_view uri);

/// Where the person is sent, in the words of a consent page: "app.example", "127.0.0.1:7777", or
/// the whole scheme "cursor:" for an app.
std::string redirect_destination(std::string_view uri);

/// "https" or "http", in whatever case (RFC 3986 §3.1): a URI with a host, not an app's own.
bool is_web_scheme(std::string_view scheme);

/// https: only who holds the host's certificate answers there. Any app may take a private-use
/// scheme or a loopback port (RFC 8252 §8.6).
bool is_https_redirect(std::string_view uri);

}  // namespace sluice::oauth
