// URI parser (RFC 3986), strict. Nothing is normalised here but by HttpUrl.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::http {

/// The parts of an absolute URI; views into its text.
struct Uri {
    std::string_view scheme;                   // as written
    std::optional<std::string_view> userinfo;  // present where an '@' stands in the authority
    std::optional<std::string_view>
        host;  // present where "//" follows the scheme; IPv6 in brackets
    std::optional<std::string_view>
        port;  // present where a ':' follows the host; digits, maybe none
    std::string_view path;
    std::optional<std::string_view> query;
    std::optional<std::string_view> fragment;
};

/// Nothing where `text` is no absolute URI: RFC 3986 §3 and §4.3, with a fragment allowed. Bytes
/// that a URI may not hold (blanks, controls, `\`, non-ASCII, a '%' without two digits) are
/// refused.
std::optional<Uri> parse_uri(std::string_view text);

/// Decodes every "%XX" of `text` behind `out`. False where one is broken; `out` is then
/// unspecified.
bool append_percent_decoded(std::string& out, std::string_view text);
/// Escapes everything but unreserved characters (RFC 3986 §2.3).
void append_percent_encoded(std::string& out, std::string_view text);

/// An absolute http or https URL without user information and fragment: where an upstream is
/// reached.
class HttpUrl {
public:
    static std::optional<HttpUrl> parse(std::string_view text);

    bool secure() const { return secure_; }            // https
    const std::string& host() const { return host_; }  // lower case, IPv6 without brackets
    std::uint16_t port() const { return port_; }       // the scheme's own where none is written
    /// "host" or "host:port" where the port is not the scheme's own; what Host carries.
    const std::string& authority() const { return authority_; }
    /// "http://host:port", without a port that is the scheme's own.
    std::string origin() const;
    const std::string& path() const { return path_; }    // "/" at least
    const std::string& query() const { return query_; }  // without '?'
    /// Path and query, for a request line.
    std::string target() const;

private:
    HttpUrl() = default;

    bool secure_ = false;
    std::uint16_t port_ = 0;
    std::string host_;
    std::string authority_;
    std::string path_;
    std::string query_;
};

}  // namespace sluice::http
