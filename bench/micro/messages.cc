// Reading requests, forms and JSON-RPC, and writing answers.
#include <benchmark/benchmark.h>

#include <string>
#include <string_view>

#include "base/check.h"
#include "http/form.h"
#include "http/message.h"
#include "http/request_parser.h"
#include "http/writer.h"
#include "resource/mcp/json_rpc.h"

namespace sluice::bench {
namespace {

constexpr std::string_view introspection_body =
    "token=sat_Zm9vYmFyMe_kOBGmhzb0PFSg7FLYqdPgCVxXBrMOQ6qT4bPuSH3Dg";
constexpr std::string_view token_body =
    "grant_type=authorization_code&code=sac_Zm9vYmFyMe_kOBGmhzb0PFSg7FLYqdPgCVxXBrMOQ6qT4bPuSH3Dg"
    "&redirect_uri=http%3A%2F%2F127.0.0.1%3A33418%2Fcallback&client_id=notes-agent"
    "&code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    "&resource=https%3A%2F%2Fmcp.example.com%2Fmcp";
constexpr std::string_view tool_call_body =
    R"({"jsonrpc":"2.0","id":17,"method":"tools/call","params":{"name":"search_notes",)"
    R"("arguments":{"query":"meeting with the infrastructure team","limit":20,)"
    R"("tags":["work","2026"],"include_archived":false},)"
    R"("_meta":{"progressToken":"4d2c"}}})";

std::string introspection_request() {
    return "POST /introspect HTTP/1.1\r\nHost: auth\r\n"
           "Authorization: Basic YmVuY2g6YmVuY2gtc2VjcmV0LTAxMjM0NTY=\r\n"
           "Content-Type: application/x-www-form-urlencoded\r\n"
           "Content-Length: " +
           std::to_string(introspection_body.size()) + "\r\n\r\n" + std::string(introspection_body);
}

std::string tool_call_request() {
    return "POST /mcp HTTP/1.1\r\nHost: mcp.example.com\r\n"
           "User-Agent: notes-agent/1.4\r\nAccept: application/json, text/event-stream\r\n"
           "Authorization: Bearer sat_Zm9vYmFyMe_kOBGmhzb0PFSg7FLYqdPgCVxXBrMOQ6qT4bPuSH3Dg\r\n"
           "MCP-Protocol-Version: 2025-11-25\r\n"
           "Mcp-Session-Id: 7f3b6d3e-54d7-4f0c-9a5e-2a7b8c1d0e9f\r\n"
           "Content-Type: application/json\r\n"
           "Content-Length: " +
           std::to_string(tool_call_body.size()) + "\r\n\r\n" + std::string(tool_call_body);
}

void parse(benchmark::State& state, const std::string& bytes) {
    http::RequestParser parser;
    for (auto _ : state) {
        parser.append(bytes);
        const auto progress = parser.advance();
        CHECK(progress && *progress == http::RequestParser::Progress::complete);
        benchmark::DoNotOptimize(parser.request().body());
        parser.next_request();
    }
    state.counters["bytes"] = static_cast<double>(bytes.size());
}

void parse_introspection_request(benchmark::State& state) {
    parse(state, introspection_request());
}
BENCHMARK(parse_introspection_request);

void parse_tool_call_request(benchmark::State& state) {
    parse(state, tool_call_request());
}
BENCHMARK(parse_tool_call_request);

void read_form(benchmark::State& state, std::string_view body) {
    http::Form form;
    for (auto _ : state) {
        CHECK(form.parse(body).has_value());
        benchmark::DoNotOptimize(form.parameters().size());
    }
    state.counters["bytes"] = static_cast<double>(body.size());
}

void parse_introspection_form(benchmark::State& state) {
    read_form(state, introspection_body);
}
BENCHMARK(parse_introspection_form);

void parse_token_form(benchmark::State& state) {
    read_form(state, token_body);
}
BENCHMARK(parse_token_form);

void parse_json_rpc_tool_call(benchmark::State& state) {
    for (auto _ : state) {
        const auto posted = resource::PostedBody::parse(tool_call_body);
        CHECK(posted && posted->messages().front().name == "search_notes");
    }
    state.counters["bytes"] = static_cast<double>(tool_call_body.size());
}
BENCHMARK(parse_json_rpc_tool_call);

void write_response(benchmark::State& state) {
    http::Response response;
    std::string out;
    for (auto _ : state) {
        response.clear();
        response.add_field("Content-Type", "application/json");
        response.add_field("Cache-Control", "no-store");
        response.body() +=
            R"({"active":true,"scope":"read write","client_id":"bench-client",)"
            R"("token_type":"Bearer","sub":"bench-client","iss":"https://auth.example.com",)"
            R"("exp":1790003600,"iat":1790000000})";
        out.clear();
        http::append_response(out, response, {.date = "Sat, 21 Nov 2026 12:00:00 GMT"});
        benchmark::DoNotOptimize(out.data());
    }
    state.counters["bytes"] = static_cast<double>(out.size());
}
BENCHMARK(write_response);

}  // namespace
}  // namespace sluice::bench
