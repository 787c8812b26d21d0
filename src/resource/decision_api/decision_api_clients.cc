// How a client stands with the friction of every resource, and forgiving it.
#include <optional>

#include "base/check.h"
#include "base/json_writer.h"
#include "http/error_response.h"
#include "http/form.h"
#include "http/uri.h"
#include "resource/decision_api/decision_api.h"

namespace sluice::resource {
namespace {

/// Which client of which resources a request is about.
struct Subject {
    std::string client_id;
    std::string subject;
    const ProtectedResource* resource = nullptr;  // null: every one that rights are over
    token::ResourceRights rights{};

    bool covers(const ProtectedResource& other) const {
        return other.settings().friction != nullptr && is_over(rights, other) &&
               (resource == nullptr || resource == &other);
    }
    CallerKey key(const ProtectedResource& of) const {
        return CallerKey::of(of.settings().issuer, client_id, subject);
    }
};

/// Nothing, and an answer, where the request names no client or no resource.
std::optional<Subject> read_subject(http::Exchange& exchange, const DecisionService& service,
                                    token::ResourceRights rights) {
    const auto refuse = [&exchange](std::string_view error, std::string_view description,
                                    http::Status status = http::Status::bad_request) {
        http::write_error(exchange.response(), status, error, description);
        return std::nullopt;
    };
    http::Form query;
    if (const auto parsed = query.parse(exchange.request().query()); !parsed) {
        return refuse("invalid_request", parsed.error().description);
    }
    Subject subject;
    std::string_view path = exchange.request().path();
    path.remove_prefix(DecisionApi::clients_path.size());
    if (path.starts_with('/')) path.remove_prefix(1);
    if (!http::append_percent_decoded(subject.client_id, path)) {
        return refuse("invalid_request", "the client_id is not valid percent-encoding");
    }
    if (subject.client_id.empty()) subject.client_id = query.get("client_id").value_or("");
    if (subject.client_id.empty()) return refuse("invalid_request", "client_id is missing");
    subject.subject = query.get("subject").value_or(subject.client_id);
    if (const auto name = query.get("resource")) {
        subject.resource = service.find_resource(*name, rights);
        if (subject.resource == nullptr) {
            return refuse("unknown_resource", "unknown resource");
        }
        if (!is_over(rights, *subject.resource)) {
            return refuse("access_denied",
                          "the friction of this resource is not for this caller: its introspect "
                          "does not name the resource",
                          http::Status::forbidden);
        }
    }
    subject.rights = std::move(rights);
    return subject;
}

void begin_listing(http::Response& response, JsonWriter& json, const Subject& subject) {
    response.set_status(http::Status::ok);
    response.add_field("Content-Type", "application/json");
    response.add_field("Cache-Control", "no-store");
    json.begin_object()
        .member("client_id", std::string_view(subject.client_id))
        .member("subject", std::string_view(subject.subject))
        .key("resources")
        .begin_array();
}

void write_standing(JsonWriter& json, const ResourceSettings& settings,
                    const std::vector<friction::Decision>& standing) {
    CHECK(standing.size() == settings.friction->tools().size());
    json.begin_object()
        .member("resource", settings.identifier.text())
        .member("path", std::string_view(settings.path))
        .member("budget", standing.front().budget);
    json.key("tools").begin_object();
    const auto tools = settings.friction->tools();
    for (std::size_t i = 0; i < standing.size(); ++i) {
        const friction::Decision& met = standing[i];
        json.key(tools[i].name).begin_object();
        json.member("level", friction::level_name(met.level))
            .member("value", met.friction)
            .member("cost", met.cost)
            .member("current_rate", met.current_rate)
            .member("target_rate", met.target_rate)
            .member("effective_target", met.effective_target)
            .member("allowed", met.allowed)
            .member("retry_after_seconds", met.retry_after_seconds);
        json.end_object();
    }
    json.end_object().end_object();
}

}  // namespace

io::Task<void> DecisionApi::show_client(http::Exchange& exchange, token::ResourceRights rights) {
    const auto subject = read_subject(exchange, service_, std::move(rights));
    if (!subject) co_return;
    const DecisionParts& parts = service_.parts();
    http::Response& response = exchange.response();
    JsonWriter json(response.body());
    begin_listing(response, json, *subject);
    bool known = false;
    for (const auto& resource : service_.gateway().resources()) {
        if (!subject->covers(*resource)) continue;
        const CallerKey key = subject->key(*resource);
        const auto look = [index = resource->index(), key, now = parts.shard.now()](
                              const Guard& guard) { return guard.standing(index, key, now); };
        const auto standing =
            co_await parts.guards.call(parts.shard, key.owner(parts.guards.count()), look);
        if (standing.empty()) continue;
        known = true;
        write_standing(json, resource->settings(), standing);
    }
    json.end_array().end_object();
    if (known) co_return;
    response.clear();
    http::write_error(response, http::Status::not_found, "unknown_client",
                      "no calls are recorded for this client and subject");
}

io::Task<void> DecisionApi::forgive_client(http::Exchange& exchange, token::ResourceRights rights) {
    const auto subject = read_subject(exchange, service_, std::move(rights));
    if (!subject) co_return;
    const DecisionParts& parts = service_.parts();
    http::Response& response = exchange.response();
    JsonWriter json(response.body());
    begin_listing(response, json, *subject);
    for (const auto& resource : service_.gateway().resources()) {
        if (!subject->covers(*resource)) continue;
        const CallerKey key = subject->key(*resource);
        const auto forgive = [index = resource->index(), key](Guard& guard) {
            return guard.forgive(index, key);
        };
        if (!co_await parts.guards.call(parts.shard, key.owner(parts.guards.count()), forgive)) {
            continue;
        }
        json.value(resource->settings().identifier.text());
        parts.observer.on_forgiven({.resource = resource->settings().path,
                                    .client_id = subject->client_id,
                                    .subject = subject->subject,
                                    .request_id = exchange.request().id()});
    }
    json.end_array().end_object();
}

}  // namespace sluice::resource
