// Failover hosts of a connection URL: each is tried for as long as one attempt may take.
#pragma once

#include <string>
#include <vector>

#include "base/secret.h"

namespace sluice::storage::postgres {

/// Keywords and values for PQconnectStartParams(), all that the text sets, with one host.
struct HostParameters {
    std::vector<std::string> keywords;
    std::vector<Secret> values;
};

/// One for each host, in order; one without a host where the text names none. None where libpq
/// cannot read the text.
std::vector<HostParameters> hosts_of(const Secret& url);

}  // namespace sluice::storage::postgres
