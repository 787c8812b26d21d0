// Configuration: a Config that exists is valid.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/admin_config.h"
#include "config/environment.h"
#include "config/problem.h"
#include "config/raw_config.h"
#include "config/server_config.h"
#include "config/storage_config.h"
#include "oauth/settings.h"
#include "resource/settings.h"

namespace sluice::config {

class Config {
public:
    const ServerConfig& server() const { return server_; }
    const LogConfig& log() const { return log_; }
    const StorageConfig& storage() const { return storage_; }
    /// Of the whole process: each shard has its part of the bounds. Absent: only a gateway.
    const std::optional<oauth::Settings>& auth() const { return auth_; }
    const resource::Settings& gateway() const { return gateway_; }
    const std::optional<AdminConfig>& admin() const { return admin_; }  // absent: no page for it

    /// What was read, for comparing with a later reading: changed_keys().
    const RawConfig& raw() const { return raw_; }

private:
    friend class Validator;
    Config() = default;

    RawConfig raw_;

    ServerConfig server_;
    LogConfig log_;
    StorageConfig storage_;
    std::optional<oauth::Settings> auth_;
    resource::Settings gateway_;
    std::optional<AdminConfig> admin_;
};

/// Every problem of `raw`, in line order, or a Config. Secrets are fetched from `environment`
/// here.
std::expected<Config, std::vector<Problem>> validate(const RawConfig& raw,
                                                     const Environment& environment);

/// The same for a TOML text; problems of reading and of checking come together.
std::expected<Config, std::vector<Problem>> parse_config(std::string_view toml,
                                                         const Environment& environment);

/// The same for a file; an unreadable file is one problem without a line.
std::expected<Config, std::vector<Problem>> load_config(const std::string& path);

/// The same for a command: nothing, and the problems on standard error.
std::optional<Config> load_config_or_report(const std::string& path);

/// Every key that a file may hold, in the order of the code: `auth.client.redirect_uris`,
/// `resource.friction.tools.NAME.target_rate` (NAME: chosen by the operator).
std::vector<std::string> known_keys();

}  // namespace sluice::config
