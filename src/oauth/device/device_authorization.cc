#include "oauth/device/device_authorization.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "base/json_writer.h"
#include "http/form.h"

namespace sluice::oauth {

std::string make_device_code(Random& random) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::array<std::byte, 32> bytes;
    random.fill(bytes);
    std::string code;
    for (const std::byte byte : bytes) {
        code += digits[std::to_integer<std::size_t>(byte >> 4)];
        code += digits[std::to_integer<std::size_t>(byte & std::byte{0xf})];
    }
    return code;
}

std::string complete_verification_uri(std::string_view verification_uri,
                                      std::string_view user_code) {
    const std::size_t fragment_at = std::min(verification_uri.find('#'), verification_uri.size());
    const std::string_view fragment = verification_uri.substr(fragment_at);
    const std::string_view whole = verification_uri.substr(0, fragment_at);
    const std::size_t query_at = std::min(whole.find('?'), whole.size());

    std::string uri(whole.substr(0, query_at));
    uri += '?';
    http::Form query;
    const std::string text(whole.substr(std::min(query_at + 1, whole.size())));
    if (query.parse(text)) {
        for (const auto& [name, value] : query.parameters()) {
            http::append_form_parameter(uri, name, value);
        }
    }
    http::append_form_parameter(uri, "code", user_code);
    return uri.append(fragment);
}

std::string to_json(const DeviceAuthorization& authorization) {
    const std::string complete =
        authorization.verification_uri_complete
            ? *authorization.verification_uri_complete
            : complete_verification_uri(authorization.verification_uri, authorization.user_code);
    std::string text;
    JsonWriter(text)
        .begin_object()
        .member("device_code", std::string_view(authorization.device_code))
        .member("user_code", std::string_view(authorization.user_code))
        .member("verification_uri", std::string_view(authorization.verification_uri))
        .member("verification_uri_complete", std::string_view(complete))
        .member("expires_in", authorization.expires_in_s)
        .member("interval", authorization.interval_s)
        .end_object();
    return text;
}

}  // namespace sluice::oauth
