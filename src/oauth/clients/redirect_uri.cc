// The rules on redirect URIs.
#include "oauth/clients/redirect_uri.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "http/url_safety.h"

namespace sluice::oauth {
namespace {

constexpr std::size_t uri_size_max = 2048;  // bytes
constexpr std::array<std::string_view, 3> loopback_heads = {"http://127.0.0.1", "http://[::1]",
                                                            "http://localhost"};

struct LoopbackUri {
    std::string_view head;  // scheme and host
    std::string_view port;  // without ':', may be empty
    std::string_view rest;  // path and query
};

std::optional<LoopbackUri> split_loopback(std::string_view uri) {
    for (const std::string_view head : loopback_heads) {
        if (!uri.starts_with(head)) continue;
        std::string_view rest = uri.substr(head.size());
        std::string_view port;
        if (rest.starts_with(':')) {
            const std::size_t end = std::min(rest.find_first_not_of("0123456789", 1), rest.size());
            port = rest.substr(1, end - 1);
            const auto number = parse_decimal(port);
            if (!number || *number == 0 || *number > 65535) return std::nullopt;
            rest.remove_prefix(end);
        }
        // What follows must end the authority: "http://localhost.evil.example" does not match.
        if (!rest.empty() && rest.front() != '/' && rest.front() != '?') return std::nullopt;
        return LoopbackUri{head, port, rest};
    }
    return std::nullopt;
}

// Schemes that run something, read a file, or speak to something that is no app of the user's.
constexpr auto forbidden_schemes = std::to_array<std::string_view>({
    "about",      "blob",        "chrome",     "chrome-extension",
    "cid",        "content",     "data",       "dav",
    "dns",        "edge",        "feed",       "file",
    "filesystem", "ftp",         "ftps",       "geo",
    "git",        "gopher",      "imap",       "intent",
    "irc",        "jar",         "javascript", "ldap",
    "livescript", "magnet",      "mailto",     "mid",
    "mocha",      "ms-msdt",     "news",       "nfs",
    "nntp",       "pop",         "resource",   "rtsp",
    "search-ms",  "sftp",        "sip",        "sips",
    "sms",        "smb",         "ssh",        "svn",
    "tel",        "telnet",      "tftp",       "urn",
    "vbscript",   "view-source", "ws",         "wss",
});

// Of applications that are MCP clients and have no name of their own in their scheme.
constexpr auto known_client_schemes = std::to_array<std::string_view>({
    "5ire",         "amp",
    "boltai",       "chatbox",
    "chatgpt",      "chatwise",
    "cherrystudio", "claude",
    "cline",        "code-oss",
    "codex",        "continue",
    "cursor",       "cursor-insiders",
    "gemini",       "goose",
    "jan",          "jetbrains",
    "kiro",         "librechat",
    "lmstudio",     "msty",
    "opencode",     "perplexity",
    "positron",     "postman",
    "raycast",      "roo",
    "trae",         "void",
    "vscode",       "vscode-insiders",
    "vscodium",     "warp",
    "windsurf",     "windsurf-next",
    "witsy",        "zed",
});

bool holds_encoded_control(std::string_view uri) {
    for (std::size_t at = uri.find('%'); at != std::string_view::npos; at = uri.find('%', at + 1)) {
        const std::string_view digits = uri.substr(at + 1, 2);
        if (digits.starts_with('0') || digits.starts_with('1') || equal_ignoring_case(digits, "7f"))
            return true;
    }
    return false;
}

std::optional<std::string_view> private_scheme_fault(const http::Uri& uri) {
    const std::string scheme = to_lower(uri.scheme);
    if (std::ranges::find(forbidden_schemes, scheme) != forbidden_schemes.end()) {
        return "has a scheme that is not allowed";
    }
    if (!uri.host && !uri.path.starts_with('/')) {
        return "needs a '/' after its scheme";
    }
    return std::nullopt;
}

}  // namespace

bool redirect_uri_matches(std::string_view registered, std::string_view requested) {
    if (registered == requested) return true;
    const auto known = split_loopback(registered);
    const auto asked = split_loopback(requested);
    return known && asked && known->head == asked->head && known->rest == asked->rest;
}

std::optional<std::string_view> redirect_uri_fault(std::string_view text) {
    if (text.size() > uri_size_max) return "is longer than 2048 bytes";
    const auto uri = http::parse_uri(text);
    if (!uri) return "is not an absolute URI";
    if (uri->fragment) return "must not have a fragment";
    if (uri->userinfo) return "must not contain user information";
    if (holds_encoded_control(text)) return "must not contain an encoded control character";
    if (uri->host && uri->host->contains('*')) return "must not contain a wildcard";
    if (uri->port && !uri->port->empty()) {
        const auto port = parse_decimal(*uri->port);
        if (!port || *port == 0 || *port > 65535) return "has an invalid port";
    }
    if (equal_ignoring_case(uri->scheme, "https")) {
        if (!uri->host || uri->host->empty()) return "has no host";
        // The page that asks for consent shows the host: browsers must go to the one that is read.
        if (!http::is_plain_host(*uri->host)) return "has a host in a form that is not plain";
        return std::nullopt;
    }
    if (equal_ignoring_case(uri->scheme, "http")) {
        if (split_loopback(text)) return std::nullopt;
        return "must be https, unless its host is 127.0.0.1, [::1] or localhost";
    }
    return private_scheme_fault(*uri);
}

std::optional<std::string_view> registered_redirect_uri_fault(std::string_view text) {
    if (const auto fault = redirect_uri_fault(text)) return fault;
    const std::string scheme = to_lower(text.substr(0, text.find(':')));
    if (is_web_scheme(scheme) || scheme.contains('.')) return std::nullopt;
    const bool known =
        std::ranges::find(known_client_schemes, scheme) != known_client_schemes.end();
    if (known) return std::nullopt;
    return "has a scheme that may start a program: a private-use scheme is a domain name in "
           "reverse, such as com.example.app (RFC 8252, 7.1)";
}

std::string without_loopback_port(std::string_view uri) {
    const auto loopback = split_loopback(uri);
    if (!loopback) return std::string(uri);
    return std::string(loopback->head).append(loopback->rest);
}

bool is_loopback_redirect(std::string_view uri) {
    return split_loopback(uri).has_value();
}

std::string redirect_destination(std::string_view text) {
    const auto uri = http::parse_uri(text);
    if (!uri) return std::string(text);
    if (is_web_scheme(uri->scheme)) {
        std::string destination(uri->host.value_or(""));
        if (uri->port && !uri->port->empty()) destination.append(":").append(*uri->port);
        return destination;
    }
    return std::string(uri->scheme) + ":";
}

bool is_web_scheme(std::string_view scheme) {
    return equal_ignoring_case(scheme, "https") || equal_ignoring_case(scheme, "http");
}

bool is_https_redirect(std::string_view text) {
    const auto uri = http::parse_uri(text);
    return uri && equal_ignoring_case(uri->scheme, "https");
}

}  // namespace sluice::oauth
