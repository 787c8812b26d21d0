// Copies of the metadata documents of well-known clients, put into the program from a data file.
#pragma once

#include <string_view>

namespace sluice::oauth {

/// A JSON array of documents: known_client_documents.json.
extern const std::string_view known_client_documents;

}  // namespace sluice::oauth
