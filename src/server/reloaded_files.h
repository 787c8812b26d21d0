// Reload on SIGHUP: the files that are read again while the server runs.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "base/secret.h"
#include "server/certificates.h"

namespace sluice::server {

struct ReloadedFiles {
    std::optional<ReloadedCertificates> certificates;  // nothing: there are none to read
    /// Nothing: they are in no file.
    std::optional<std::expected<std::vector<Secret>, std::string>> sealing_keys;
};

}  // namespace sluice::server
