// Fetching a client ID metadata document, which a stranger names: guarded against SSRF.
#pragma once

#include <expected>
#include <string>

#include "http/client.h"
#include "io/task.h"
#include "oauth/clients/client.h"
#include "oauth/errors.h"

namespace sluice::oauth {

struct ShardState;

struct FetchedDocument {
    Client client;
    Duration fresh_for{};
};

struct DocumentFault {
    Error error;
    bool away = false;  // the host may have the document all the same: what it said before holds
};

/// By `client`, which is used for this alone. Every address of the host is judged, and the one that
/// was judged is connected to; no redirect is followed, no proxy asked; 64 KiB and five seconds in
/// all. Errors: invalid_client where the document is wrong, refused or nowhere; busy where its host
/// gives no answer for now.
io::Task<std::expected<FetchedDocument, DocumentFault>> fetch_client_document(ShardState& state,
                                                                              http::Client& client,
                                                                              std::string url);

}  // namespace sluice::oauth
