// [admin] settings, checked.
#pragma once

#include <string>
#include <vector>

#include "base/secret.h"
#include "config/quantity.h"
#include "io/address.h"

namespace sluice::config {

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

}  // namespace sluice::config
