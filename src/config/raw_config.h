// Raw configuration, as it is written, unchecked. `Config` is the checked one.
#pragma once

#include <optional>
#include <vector>

#include "config/raw_admin.h"
#include "config/raw_auth.h"
#include "config/raw_resource.h"
#include "config/raw_server.h"
#include "config/raw_storage.h"

namespace sluice::config {

struct RawConfig {
    Place place;
    RawServer server;
    RawLog log;
    RawStorage storage;
    std::optional<RawAuth> auth;  // absent: no authorization server here
    std::vector<RawResource> resources;
    std::optional<RawAdmin> admin;  // absent: no page for operators

    void each_key(auto& key) {
        key("server", server);
        key("log", log);
        key("storage", storage);
        key("auth", auth);
        key("resource", resources);
        key("admin", admin);
    }
};

}  // namespace sluice::config
