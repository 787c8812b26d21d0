// Client display name: how a client is named to a person.
#pragma once

#include <string_view>

#include "oauth/clients/client.h"

namespace sluice::oauth {

/// Its name, or its identifier where it gave none. It is the client's own word: escape it, isolate
/// its direction, and mark it where nobody has verified it.
inline std::string_view display_name(const Client& client) {
    return client.name.empty() ? std::string_view(client.client_id) : client.name;
}

}  // namespace sluice::oauth
