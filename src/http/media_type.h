// Media types and content negotiation: Content-Type, Accept (RFC 9110 §8.3, §12.5.1).
#pragma once

#include <string_view>

namespace sluice::http {

/// `content_type` ("application/json; charset=utf-8") names `type` ("application/json"), ignoring
/// case and parameters.
bool is_media_type(std::string_view content_type, std::string_view type);

/// `accept` takes `type`: by name, by "type/*" or "*/*", and not with a weight of zero. The most
/// exact range decides. An empty `accept` takes everything.
bool accepts(std::string_view accept, std::string_view type);

/// `accept` names `type` itself with a weight above zero; wildcards do not count.
bool accepts_by_name(std::string_view accept, std::string_view type);

}  // namespace sluice::http
