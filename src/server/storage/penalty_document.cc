#include "server/storage/penalty_document.h"

#include <algorithm>
#include <cmath>

#include "base/json.h"
#include "base/json_writer.h"
#include "crypto/base64url.h"
#include "crypto/digest.h"

namespace sluice::server {
namespace {

constexpr std::size_t path_size_max = 400;  // of the 512 bytes of a key

double seconds(auto duration) {
    return std::chrono::duration<double>(duration).count();
}

}  // namespace

std::string penalty_resource(std::string_view path) {
    if (path.size() <= path_size_max && !path.contains(' ')) return std::string(path);
    return crypto::base64url(crypto::as_text(crypto::sha256(path)));
}

std::string penalty_key(std::string_view resource_path, const resource::CallerKey& caller) {
    return penalty_resource(resource_path) + ' ' + crypto::base64url(caller.text());
}

std::optional<PenaltyName> parse_penalty_key(std::string_view key) {
    const std::size_t space = key.rfind(' ');
    if (space == key.npos) return std::nullopt;
    const auto digest = crypto::decode_base64url(key.substr(space + 1));
    const auto caller = digest ? resource::CallerKey::from_text(*digest) : std::nullopt;
    if (!caller) return std::nullopt;
    return PenaltyName{key.substr(0, space), *caller};
}

std::string penalty_value(const friction::Penalty& penalty, const friction::FrictionConfig& config,
                          const ClockPair& now) {
    const double age = seconds(now.monotonic.time_since_epoch()) - penalty.last_call.count();
    std::string text;
    JsonWriter json(text);
    json.begin_object().member("last_call", seconds(now.wall.time_since_epoch()) - age);
    json.key("tools").begin_object();
    for (const friction::Penalty::Tool& tool : penalty.tools) {
        json.member(config.tools()[tool.id.index()].name, tool.friction);
    }
    json.end_object().end_object();
    return text;
}

std::optional<friction::Penalty> parse_penalty(std::string_view value,
                                               const friction::FrictionConfig& config,
                                               const ClockPair& now) {
    const auto document = JsonDocument::parse(value);
    if (!document) return std::nullopt;
    const auto last_call = document->root().find("last_call");
    const auto tools = document->root().find("tools");
    if (!last_call || !last_call->number() || !tools) return std::nullopt;
    const double age = std::max(seconds(now.wall.time_since_epoch()) - *last_call->number(), 0.0);
    friction::Penalty penalty;
    penalty.last_call = friction::Moment(seconds(now.monotonic.time_since_epoch()) - age);
    tools->for_each_member([&](std::string_view tool, const JsonValue& friction) {
        const friction::ToolId id = config.tool(tool);
        const auto number = friction.number();
        if (!id.is_listed() || !number || !(*number > 0 && *number <= 1)) return;
        penalty.tools.push_back({id, *number});
    });
    return penalty;
}

}  // namespace sluice::server
