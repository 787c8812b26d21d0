// Client ID metadata document (draft-ietf-oauth-client-id-metadata-document): a client whose
// identifier is the https URL of its own description.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "oauth/clients/client.h"
#include "oauth/errors.h"
#include "oauth/settings.h"

namespace sluice::oauth {

inline constexpr std::size_t client_document_url_size_max = 512;    // bytes
inline constexpr std::size_t client_document_size_max = 64 * 1024;  // bytes

/// An identifier of this kind, whether or not it is a good one.
constexpr bool is_client_document_url(std::string_view client_id) {
    return client_id.starts_with("https://");
}

/// Why no client may have that identifier, as a sentence's end ("must not have a fragment");
/// nothing where one may.
std::optional<std::string_view> client_document_url_fault(std::string_view url);

/// A host, or "*.example.com": every name below it, or "*": every host. In lower case.
bool host_matches(std::string_view pattern, std::string_view host);

/// Whether documents of that host are taken: `deny` goes before `allow`.
bool is_document_host_allowed(const ClientDocumentSettings& settings, std::string_view host);

/// The client that the document at `url` describes. Redirect URIs that nobody may have here are
/// left out, and grant types that are not to be had; the scope that it names is no ceiling.
/// Errors: invalid_client, whatever is wrong.
Result<Client> parse_client_document(std::string_view json, std::string_view url,
                                     const Settings& settings);

/// The copy of the document at `url` that this program brings along: of clients that are known
/// well, for a box from which their hosts cannot be reached. Empty where there is none.
std::string_view find_known_client_document(std::string_view url);

}  // namespace sluice::oauth
