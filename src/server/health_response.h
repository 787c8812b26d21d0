// Health and readiness checks: the small answers of /healthz and /readyz.
#pragma once

#include <string_view>

#include "http/message.h"

namespace sluice::server {

/// {"status":"..."}; status needs no escaping.
inline void write_status(http::Response& response, http::Status code, std::string_view status) {
    response.set_status(code);
    response.add_field("Content-Type", "application/json");
    response.add_field("Cache-Control", "no-store");
    response.body().append(R"({"status":")").append(status).append("\"}");
}

}  // namespace sluice::server
