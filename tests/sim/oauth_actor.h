// People and clients who talk to a simulated Sluice over connections of their own.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tests/sim/sluice_world.h"
#include "tests/support/http_peer.h"

namespace sluice::simulation {

using Form = std::map<std::string, std::string>;

std::string encode(const Form& form);
/// A string member of a flat JSON object, or "".
std::string json_string(std::string_view json, std::string_view name);

/// One request over a connection of its own, which lands on any shard. Status 0 where no whole
/// answer came.
io::Task<HttpAnswer> ask_once(io::Shard& shard, std::string request);

/// All of them at once, each on a connection of its own; the answers in the same order.
io::Task<std::vector<HttpAnswer>> ask_in_parallel(io::Shard& shard,
                                                  std::vector<std::string> requests);

std::string form_post(std::string_view target, const Form& form, std::string_view cookie = {});
std::string token_request(const Form& form);
std::string refresh_request(std::string_view refresh_token);
std::string code_request(std::string_view code);
std::string introspect_request(std::string_view token);
std::string revoke_request(std::string_view token);
std::string tool_call(std::string_view access_token, std::string_view tool, std::uint64_t id);

/// Alice signs in and allows; gives the code, or "" where a connection broke on the way.
io::Task<std::string> get_code(io::Shard& shard);

struct DeviceCodes {
    std::string device_code;
    std::string user_code;
};
/// "tv" asks for codes; both are "" where a connection broke.
io::Task<DeviceCodes> get_device_codes(io::Shard& shard);
std::string device_poll_request(std::string_view device_code);
/// Alice signs in at /device and presses a button, "allow" or "deny", many times at once, each on a
/// connection of its own; gives what the presses were answered.
io::Task<std::vector<HttpAnswer>> decide_device(io::Shard& shard, std::string user_code,
                                                std::vector<std::string> actions);

struct Tokens {
    std::string access;
    std::string refresh;
    explicit operator bool() const { return !access.empty(); }
};
Tokens tokens_of(const HttpAnswer& answer);
/// The whole way. Asks again where a connection breaks; in the end it has tokens.
io::Task<Tokens> sign_in(io::Shard& shard);

/// 1: active, 0: not, -1: no answer came.
io::Task<int> is_active(io::Shard& shard, std::string token);

}  // namespace sluice::simulation
