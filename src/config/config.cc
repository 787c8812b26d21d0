#include "config/config.h"

#include <filesystem>

#include "config/check.h"
#include "config/toml_reader.h"

namespace sluice::config {

// The one place that makes a Config.
class Validator {
public:
    static std::expected<Config, std::vector<Problem>> run(const RawConfig& raw,
                                                           const Environment& environment,
                                                           Problems& problems) {
        Config config;
        config.server_ = check_server(raw.server, environment, problems);
        config.log_ = check_log(raw.log, problems);
        config.storage_ = check_storage(raw.storage, environment, problems);
        token::ScopeSet scopes;
        if (raw.auth) {
            config.auth_ = check_auth(*raw.auth, config.server_, environment, problems);
            for (const ScopeConfig& scope : config.auth_->scopes) scopes.insert(scope.name);
        }
        const ResourceContext context{config.server_, raw.auth ? &scopes : nullptr, environment};
        config.resources_ = check_resources(raw.resources, context, problems);
        if (raw.admin) {
            config.admin_ = check_admin(*raw.admin, config.server_, environment, problems);
        }
        if (!raw.auth && raw.resources.empty() && problems.empty()) {
            problems.add({}, "nothing to serve: it has neither [auth] nor a [[resource]]");
        }
        if (!problems.empty()) return std::unexpected(problems.take());
        return config;
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
                                  "the file cannot be read: missing, not permitted, no file, or "
                                  "larger than 1 MiB"}});
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
