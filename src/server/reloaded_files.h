// Reload on SIGHUP: the files that are read again while the server runs.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "base/secret.h"
#include "config/problem.h"
#include "server/certificates.h"

namespace sluice::server {

struct ReloadedFiles {
    /// Keys of the configuration that say something else than when the process started: a restart
    /// brings them into force.
    std::vector<std::string> changed_keys;
    std::vector<config::Problem> problems;  // of the configuration: with them it would not start

    std::optional<ReloadedCertificates> certificates;  // nothing: there are none to read
    /// Nothing: they are in no file.
    std::optional<std::expected<std::vector<Secret>, std::string>> sealing_keys;
};

}  // namespace sluice::server
