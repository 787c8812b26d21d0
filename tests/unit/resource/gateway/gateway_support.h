// A gateway on simulated shards, an MCP server behind it that answers as told, and its clients.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ascii.h"
#include "http/client.h"
#include "http/server.h"
#include "resource/gateway/gateway.h"
#include "tests/support/byte_peer.h"
#include "tests/support/simulation.h"
#include "tests/unit/resource/support.h"

namespace sluice::resource {

inline const io::Address gateway_address = *io::Address::parse("127.0.0.1:8080");
inline const io::Address upstream_address = *io::Address::parse("127.0.0.1:9000");
inline const io::Address raw_address = *io::Address::parse("127.0.0.1:9001");

using Fields = std::vector<std::pair<std::string, std::string>>;

inline std::string rpc(std::string_view method, std::string_view params,
                       std::string_view id = "1") {
    return fmt::format(R"({{"jsonrpc":"2.0","id":{},"method":"{}","params":{}}})", id, method,
                       params);
}
inline std::string tool_call(std::string_view tool, std::string_view id = "1") {
    return rpc("tools/call", fmt::format(R"({{"name":"{}","arguments":{{}}}})", tool), id);
}

/// Remembers what it was sent; `answer` answers.
struct FakeUpstream : http::Service {
    struct Seen {
        std::string method;
        std::string target;
        std::string fields;  // "name: value\n" each, names in lower case
        std::string body;
    };

    std::function<io::Task<void>(http::Exchange&)> answer = json_result;
    std::vector<Seen> seen;
    int left = 0;  // exchanges that the gateway gave up
    Duration left_after{};

    io::Task<void> serve(http::Exchange& exchange) override {
        const http::Request& request = exchange.request();
        Seen& now = seen.emplace_back();
        now = {std::string(request.method_text()), std::string(request.target()), "",
               std::string(request.body())};
        for (const http::Field& field : request.fields()) {
            now.fields += fmt::format("{}: {}\n", to_lower(field.name), field.value);
        }
        co_await answer(exchange);
        if (exchange.cancelled()) ++left;
    }

    static io::Task<void> json_result(http::Exchange& exchange) {
        exchange.response().add_field("Content-Type", "application/json");
        exchange.response().body() = R"({"jsonrpc":"2.0","id":1,"result":{"content":[]}})";
        co_return;
    }
    /// Always the same answer.
    static std::function<io::Task<void>(http::Exchange&)> fixed(int status, std::string type,
                                                                std::string body,
                                                                Fields more = {}) {
        return [=](http::Exchange& exchange) -> io::Task<void> {
            exchange.response().set_status(static_cast<http::Status>(status));
            if (!type.empty()) exchange.response().add_field("Content-Type", type);
            for (const auto& [name, value] : more) exchange.response().add_field(name, value);
            exchange.response().body() = body;
            co_return;
        };
    }
};

/// Everything a gateway reports, in words.
struct Report : Observer {
    std::vector<std::string> friction;
    std::vector<std::string> justifications;  // one for each of them
    std::vector<std::string> refusals;
    std::vector<std::string> details;  // one for each of them
    std::vector<std::string> lists;
    std::vector<std::string> counted;  // tools without friction of their own

    void on_counted(const CountedEvent& event) override { counted.emplace_back(event.tool_name); }
    void on_friction(const FrictionEvent& event) override {
        friction.push_back(fmt::format("{} {} {} {} {}", event.client_id, event.subject,
                                       event.tool_name, event.decision.allowed ? "allowed" : "held",
                                       event.acted_on ? "acted" : ""));
        justifications.emplace_back(event.justification);
    }
    void on_refusal(const RefusalEvent& event) override {
        refusals.push_back(fmt::format("{} {} {}", event.status, event.code, event.tool_name));
        details.emplace_back(event.detail);
    }
    void on_tools_listed(const ListEvent& event) override {
        lists.push_back(fmt::format("{} of {}", event.after, event.before));
    }
};

struct Ask {
    std::string body{};
    Fields fields{};
    std::string token = "reader";
    http::Method method = http::Method::post;
    std::string path = "/mcp";
};

struct Answer {
    int status = 0;
    std::map<std::string, std::string> fields;  // names in lower case
    std::string body;
    bool complete = false;

    std::string field(const std::string& name) const {
        const auto found = fields.find(name);
        return found == fields.end() ? "" : found->second;
    }
};

/// What `client` of alice's has for the session that the MCP server calls `id`.
std::string session_of(std::string_view id, std::string_view client = "pub");
/// And back; empty where it is none of alice's.
std::string upstream_session_of(std::string_view sealed);

/// Declared ahead of everything a test's coroutines refer to. Tokens: "reader", "writer", "second"
/// (a writer of another client), "other" (for another resource), "useless" (no scope); "broken"
/// cannot be verified; all else is inactive.
class World {
public:
    explicit World(unsigned shards = 1, std::uint64_t seed = 1,
                   simulation::FaultRates faults = simulation::FaultRates::harmless());

    Settings settings;
    FakeUpstream upstream;
    Report report;
    bool connections_break = false;
    bool has_secret = true;                  // the server's own has come out of the store
    bool revoked = false;                    // no token is active any more
    std::optional<std::int64_t> expires_at;  // of the token "reader"; seconds since 1970
    Duration drain_timeout = std::chrono::seconds{5};
    std::function<io::Task<void>(io::Shard&, int fd)> raw;  // serves connections to raw_address

    /// Runs `scenario` as a client until it ends, then everything else until it has ended too.
    void play(simulation::Simulation::Client scenario);
    /// One request, one answer.
    Answer answer_to(Ask question);

    /// To be awaited in a scenario: asks over a connection of its own. Status 0 where no answer
    /// came, which is a failure unless `connections_break`.
    io::Task<Answer> ask(io::Shard& shard, Ask question);

    simulation::Simulation& sim() { return sim_; }

private:
    io::Task<void> run_shard(io::Shard& shard, io::Event& stop);
    io::Task<void> run_raw(io::Shard& shard, io::CancelScope& scope);

    io::Sharded<Guard> guards_;
    std::vector<std::unique_ptr<Guard>> owned_;
    simulation::Simulation sim_;
};

}  // namespace sluice::resource
