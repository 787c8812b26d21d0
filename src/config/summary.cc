#include "config/summary.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <chrono>
#include <string_view>

namespace sluice::config {
namespace {

std::string count(std::size_t number, std::string_view thing) {
    return fmt::format("{} {}{}", number, thing, number == 1 ? "" : "s");
}

std::string_view word(oauth::Registration registration) {
    switch (registration) {
        case oauth::Registration::open:
            return "open";
        case oauth::Registration::token:
            return "by token";
        case oauth::Registration::closed:
            return "closed";
    }
    return "";
}

std::string kept(const StorageConfig& storage) {
    switch (storage.engine) {
        case StorageConfig::Engine::memory:
            return "  keeps everything in memory: a restart forgets it\n";
        case StorageConfig::Engine::sqlite:
            return fmt::format("  keeps everything in {} (SQLite), its key in {}\n", storage.path,
                               storage.key_file.empty() ? "the configuration" : storage.key_file);
        case StorageConfig::Engine::postgres:
            return fmt::format("  keeps everything in PostgreSQL{}\n",
                               storage.plain_tokens ? ", tokens in plain text" : "");
    }
    return "";
}

}  // namespace

std::string summarise(const Config& config) {
    std::vector<std::string> addresses;
    const ServerConfig& server = config.server();
    for (const auto& address : server.listen) {
        const bool tls = server.listens_with_tls() && address.family() != AF_UNIX;
        addresses.push_back(address.text() + (tls ? " (TLS)" : ""));
    }
    if (server.tls) {
        for (const auto& address : server.tls->listen)
            addresses.push_back(address.text() + " (TLS)");
    }
    std::string out = fmt::format("  listens on {}, reached at {}\n", fmt::join(addresses, ", "),
                                  config.server().public_url);
    if (server.tls) {
        for (const std::string& odd :
             oddities(*server.tls, server.tls->identities, server.public_url,
                      std::chrono::system_clock::now())) {
            out += fmt::format("    warning: {}\n", odd);
        }
    }
    out += kept(config.storage());
    if (const auto& auth = config.auth()) {
        out += fmt::format("  authorization server {}: {}, {}, {}, registration {}\n", auth->issuer,
                           count(auth->scopes.size(), "scope"), count(auth->users.size(), "user"),
                           count(auth->clients.size(), "client"), word(auth->registration));
    }
    for (const resource::ResourceSettings& resource : config.gateway().resources) {
        std::string verified = "tokens verified here";
        if (resource.introspection) {
            verified = "tokens verified at " + resource.introspection->endpoint;
        } else if (resource.jwt) {
            verified = "JWTs of " + resource.jwt->issuer;
        }
        const std::string friction =
            resource.friction ? "friction on " + count(resource.friction->tools().size(), "tool")
                              : "no friction";
        out += fmt::format("  resource {} -> {}: {}, {}, {}\n", resource.identifier.text(),
                           resource.upstream.empty() ? "asks for decisions" : resource.upstream,
                           verified, count(resource.rules.size(), "access rule"), friction);
        if (!resource.friction) continue;
        for (const friction::Problem& odd : resource.friction->warnings()) {
            out += fmt::format("    warning: friction.{}: {}\n", odd.key, odd.text);
        }
    }
    return out;
}

}  // namespace sluice::config
