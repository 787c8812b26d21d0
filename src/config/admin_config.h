// [admin] settings, checked.
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "crypto/password_hash.h"
#include "io/address.h"

namespace sluice::config {

struct OperatorConfig {
    std::string name;
    crypto::PasswordHash password_hash;
};

struct AdminConfig {
    std::vector<io::Address> listen;  // at least one
    std::vector<std::string> hosts;   // without port: public_url's, and those that are configured
    Duration session_ttl{};
    std::vector<OperatorConfig> operators;  // at least one
};

}  // namespace sluice::config
