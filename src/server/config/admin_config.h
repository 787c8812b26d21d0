// [admin], checked.
#pragma once

#include <string>
#include <vector>

#include "base/secret.h"
#include "io/address.h"
#include "server/config/quantity.h"

namespace sluice::server {

struct OperatorConfig {
    std::string name;
    Secret password;            // empty where password_hash is given
    std::string password_hash;  // empty where password is given
};

struct AdminConfig {
    std::vector<io::Address> listen;  // at least one
    Duration session_ttl{};
    std::vector<OperatorConfig> operators;  // at least one
};

}  // namespace sluice::server
