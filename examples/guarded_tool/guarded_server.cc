// guarded_server LISTEN RESOURCE ISSUER: an MCP server over HTTP that is its own resource server.
// It verifies access tokens at a Sluice (RFC 7662, as client "rs" with the secret of the
// environment's RS_SECRET), and guards one tool by friction.
//   guarded_server 127.0.0.1:9000 http://127.0.0.1:9000/mcp http://127.0.0.1:8080
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <set>
#include <string>

#include "base/json_writer.h"
#include "friction/guarded.h"
#include "http/client.h"
#include "http/server.h"
#include "io/runtime.h"
#include "io/worker_pool.h"
#include "resource/tokens/bearer.h"
#include "resource/metadata/challenge.h"
#include "resource/decision/friction_result.h"
#include "resource/decision/guard.h"
#include "resource/mcp/json_rpc.h"
#include "resource/tokens/remote_verifier.h"

using namespace sluice;

namespace {

struct Settings {
    io::Address listen;
    token::ResourceIdentifier resource;
    std::string issuer;
    resource::IntrospectionSettings introspection;
};

void answer_text(std::string& out, std::string_view id, std::string_view text) {
    JsonWriter json(out);
    json.begin_object().member("jsonrpc", "2.0").key("id").raw(id);
    json.key("result").begin_object().key("content").begin_array();
    json.begin_object().member("type", "text").member("text", text).end_object();
    json.end_array().end_object().end_object();
}

/// What the server does with a request whose token it has verified.
class Tools {
public:
    /// caller  The token's issuer, client and subject in one text.
    void call(std::string_view caller, const resource::Message& message, std::string& out) {
        if (message.name != "delete_note") {
            count_.record(caller, message.name);
            return answer_text(out, message.id, "nothing to see here");
        }
        if (const auto deleted = delete_note_(caller)) {
            return answer_text(out, message.id, "deleted, " + std::to_string(*deleted) + " left");
        } else {
            resource::append_friction_answer(out, message.id, deleted.error(),
                                             resource::Era::sessions);
        }
    }

private:
    int notes_ = 1000;
    friction::ToolGuard count_{*friction::validate({.tools = {{"delete_note", 0.05}}})};
    friction::FrictionControlled<std::function<int()>> delete_note_{count_, "delete_note",
                                                                    [this] { return --notes_; }};
};

class Service final : public http::Service {
public:
    Service(const Settings& settings, resource::Verifier& verifier, Tools& tools)
        : settings_(settings), verifier_(verifier), tools_(tools) {}

    io::Task<void> serve(http::Exchange& exchange) override {
        const auto token = resource::find_bearer(exchange.request());
        if (!token) co_return challenge(exchange.response(), "");
        token::TokenInfo info;
        const auto known = co_await verifier_.verify(*token, "a peer", &exchange.scope(), info);
        if (!known && known.error().fault == resource::TokenFault::unavailable) {
            co_return exchange.response().set_status(http::Status::service_unavailable);
        }
        const auto now = numeric_date(SystemClock().wall());
        if (!known || !resource::check_claims(info, settings_.resource, settings_.issuer, now)) {
            co_return challenge(exchange.response(), "invalid_token");
        }
        const auto posted = resource::PostedBody::parse(exchange.request().body());
        if (!posted || posted->is_batch() || !posted->messages()[0].is_tool_call()) {
            co_return exchange.response().set_status(http::Status::bad_request);
        }
        exchange.response().add_field("Content-Type", "application/json");
        const auto caller = resource::CallerKey::of(settings_.issuer, info);
        tools_.call(caller.text(), posted->messages()[0], exchange.response().body());
    }

private:
    static void challenge(http::Response& response, std::string_view error) {
        response.set_status(http::Status::unauthorized);
        response.add_field("WWW-Authenticate", resource::challenge_text({.error = error}));
    }

    const Settings& settings_;
    resource::Verifier& verifier_;
    Tools& tools_;
};

io::Task<void> run(const Settings& settings, io::WorkerPool& workers, io::Shard& shard,
                   io::Event& stop) {
    http::Client client(shard, workers);
    resource::RemoteVerifier verifier(shard, client, settings.introspection);
    Tools tools;
    Service service(settings, verifier, tools);
    http::Server server(shard, {}, service);
    if (const auto address = server.listen(settings.listen); !address) {
        std::cerr << settings.listen.text() << ": " << address.error().text() << std::endl;
        std::exit(1);
    }
    std::cout << "listening" << std::endl;
    co_await server.run(stop, std::chrono::seconds{1});
    co_await verifier.close();
    co_await client.close();
}

int serve(const Settings& settings) {
    sigset_t signals;
    sigemptyset(&signals);
    for (const int signal : {SIGTERM, SIGINT}) sigaddset(&signals, signal);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);

    SystemClock clock;
    auto runtime = io::Runtime::create(1, {}, clock);
    auto wakers = io::make_wakers(1);
    if (!runtime || !wakers) {
        std::cerr << (runtime ? wakers.error() : runtime.error()) << '\n';
        return 1;
    }
    io::WorkerPool workers(*std::move(wakers), 16);
    (*runtime)->start(
        [&](io::Shard& shard, io::Event& stop) { return run(settings, workers, shard, stop); });
    int signal = 0;
    sigwait(&signals, &signal);
    (*runtime)->request_stop();
    (*runtime)->join();
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    const char* const secret = std::getenv("RS_SECRET");
    const auto listen = argc == 4 ? io::Address::parse(argv[1]) : std::nullopt;
    if (!listen || secret == nullptr) {
        std::cerr << "usage: RS_SECRET=... guarded_server LISTEN RESOURCE ISSUER\n";
        return 2;
    }
    auto resource = token::ResourceIdentifier::parse(argv[2]);
    if (!resource) {
        std::cerr << argv[2] << " is no resource identifier\n";
        return 2;
    }
    const std::string issuer = argv[3];
    return serve(
        {*listen,
         *std::move(resource),
         issuer,
         {.endpoint = issuer + "/introspect", .client_id = "rs", .client_secret = Secret(secret)}});
}
