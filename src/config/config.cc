#include "config/config.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "config/check.h"
#include "config/config_invariants.h"
#include "config/toml_reader.h"
#include "config/url_rules.h"

namespace sluice::config {

// The one place that makes a Config.
class Validator {
public:
    static std::expected<Config, std::vector<Problem>> run(const RawConfig& raw,
                                                           const Environment& environment,
                                                           Problems& problems) {
        Config config;
        config.raw_ = raw;
        config.server_ = check_server(raw.server, environment, problems);
        config.log_ = check_log(raw.log, problems);
        config.storage_ = check_storage(raw.storage, environment, problems);
        if (raw.auth) {
            config.auth_ = check_auth(*raw.auth, config.server_, environment, problems);
        }
        config.gateway_ = check_gateway(raw, config, environment, problems);
        if (config.auth_) complete_auth(raw, config, *config.auth_, problems);
        if (raw.admin) {
            config.admin_ = check_admin(*raw.admin, config.server_, environment, problems);
        }
        if (!raw.auth && raw.resources.empty() && problems.empty()) {
            problems.add({}, "nothing to serve: it has neither [auth] nor a [[resource]]");
        }
        if (!problems.empty()) return std::unexpected(problems.take());
        check_invariants(config);
        return config;
    }

private:
    static resource::Settings check_gateway(const RawConfig& raw, const Config& config,
                                            const Environment& environment, Problems& problems) {
        const oauth::Settings* const auth = config.auth_ ? &*config.auth_ : nullptr;
        return {.allowed_origins = config.server_.allowed_origins,
                .own_origin = config.server_.public_url,
                .trusted_networks = config.server_.trusted_networks,
                .streams_of_caller_max = std::max(config.server_.max_connections / 4, 1U),
                .resources =
                    check_resources(raw.resources, {config.server_, auth, environment}, problems)};
    }

    // What the authorization server takes from other tables than its own.
    static void complete_auth(const RawConfig& raw, const Config& config, oauth::Settings& auth,
                              Problems& problems) {
        for (const resource::ResourceSettings& resource : config.gateway_.resources) {
            auth.resources.push_back({resource.identifier, resource.name});
        }
        // Where one is left out there is a problem, and nothing is used.
        const std::size_t count = std::min(raw.resources.size(), auth.resources.size());
        for (std::size_t i = 0; i < count; ++i) {
            auth.resources[i].token_format =
                check_token_format(raw.resources[i], config.storage_.plain_tokens, problems);
        }
        for (const Setting<std::string>& elsewhere : raw.auth->resources) {
            if (const auto url = check_url(elsewhere, problems)) {
                auth.resources.push_back({*url, std::string(url->host())});
            }
        }
        const auto rights = [&](const RawIntrospect& introspect) {
            return check_introspect(introspect, config.gateway_.resources, auth.resources,
                                    problems);
        };
        for (std::size_t i = 0; i < auth.clients.size(); ++i) {
            auth.clients[i].introspect = rights(raw.auth->clients[i].introspect);
        }
        for (std::size_t i = 0; i < auth.api_keys.size(); ++i) {
            auth.api_keys[i].introspect = rights(raw.auth->api_keys[i].introspect);
        }
        auth.foreign_tokens = config.storage_.plain_tokens;
        if (config.storage_.durable()) {
            auth.tokens_in_memory_max = config.storage_.tokens_in_memory;
        }
    }
};

std::expected<Config, std::vector<Problem>> validate(const RawConfig& raw,
                                                     const Environment& environment) {
    Problems problems;
    return Validator::run(raw, environment, problems);
}

std::expected<Config, std::vector<Problem>> parse_config(std::string_view toml,
                                                         const Environment& environment) {
    Problems problems;
    const auto raw = read_toml(toml, problems);
    if (!raw) return std::unexpected(problems.take());
    return Validator::run(*raw, environment, problems);
}

std::expected<Config, std::vector<Problem>> load_config(const std::string& path) {
    const auto text = read_text_file(path);
    if (!text) {
        return std::unexpected(
            std::vector<Problem>{{0, "",
                                  "the file cannot be read: missing, not permitted, not a regular "
                                  "file, or larger than 1 MiB"}});
    }
    const ProcessEnvironment environment(std::filesystem::path(path).parent_path());
    return parse_config(*text, environment);
}

std::optional<Config> load_config_or_report(const std::string& path) {
    auto config = load_config(path);
    if (config) return *std::move(config);
    for (const Problem& problem : config.error()) {
        fmt::print(stderr, "{}\n", format_problem(path, problem));
    }
    return std::nullopt;
}

}  // namespace sluice::config
