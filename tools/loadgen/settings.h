// Everything that the command line says.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "http/uri.h"

namespace sluice::loadgen {

struct Credentials {
    std::string id;
    std::string secret;
};

enum class ScenarioKind : std::uint8_t {
    get,
    post,
    introspect,
    token,
    authorize_to_token,
    refresh,
    decision,
    tools_call,
    idle_streams,
    mix,
};

struct MixPart {
    ScenarioKind kind;
    double weight;
};

struct RequestSettings {
    std::vector<std::pair<std::string, std::string>> fields;
    std::optional<std::string> body;
    std::optional<std::string> path;
    std::optional<std::string> method;
    std::optional<int> expect_status;
    std::optional<std::string> expect_text;
};

struct OauthSettings {
    Credentials client;                 // for client_credentials
    std::optional<Credentials> caller;  // for introspection and decisions; else `client`
    std::string scope;
    std::string resource;
    std::uint64_t tokens = 1000;
    std::string token_file;             // tokens that exist already, one a line
    std::string public_client = "pub";  // for the authorization code flow
    std::string redirect_uri = "http://127.0.0.1:7777/cb";
    std::string flow_scope;
    Credentials user;             // who signs in
    bool stay_signed_in = false;  // one sign-in for each virtual user, not for each flow
    std::string tool = "list_notes";
    std::string arguments = "{}";  // JSON
};

struct TlsSettings {
    std::string ca_file;    // empty: the system's store
    bool insecure = false;  // believe any certificate
    bool resume = false;    // resume sessions; else every handshake is a full one
};

struct Settings {
    ScenarioKind scenario = ScenarioKind::get;
    std::string scenario_name;
    std::vector<MixPart> mix;
    std::optional<http::HttpUrl> url;
    std::string unix_socket;  // connect to this path, whatever host the URL names
    RequestSettings request;
    OauthSettings oauth;
    TlsSettings tls;

    unsigned connections = 64;
    unsigned threads = 1;
    unsigned depth = 1;
    bool new_connections = false;
    std::optional<double> rate;
    bool random_arrivals = false;
    std::uint64_t units = 0;
    Duration warm_up = std::chrono::seconds{1};
    Duration duration = std::chrono::seconds{10};
    Duration timeout = std::chrono::seconds{5};
    std::vector<unsigned> cores;
    bool busy_poll = false;  // threads never sleep
    std::vector<int> server_pids;
    bool with_children = false;

    std::string label;
    std::string json_file;
    std::string html_file;
    std::string compare_file;
    double errors_max = 0;             // a count, or
    bool errors_max_is_share = false;  // a share of all units of work
    bool quiet = false;
    std::vector<std::string> command;  // as given
};

}  // namespace sluice::loadgen
