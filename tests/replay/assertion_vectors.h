// Replays recorded answers to client assertions (RFC 7523): cases of steps that share a memory of
// used ids, each step an assertion, a time and whether it is right to accept it.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/json.h"
#include "crypto/jwk_set.h"
#include "http/form.h"
#include "http/request_builder.h"
#include "oauth/clients/client_assertion.h"
#include "oauth/clients/client_credentials.h"
#include "rules.h"
#include "storage/memory_documents.h"

namespace sluice::replay {

namespace assertion {

using rules::as_json;
using rules::text_of;

struct Case {
    std::optional<crypto::JwkSet> keys;  // nothing: the client has none
    std::array<std::string, 2> audiences;
    storage::MemoryDocuments used{1, 1000};
};

inline std::optional<crypto::JwkSet> keys_of(const JsonValue& item) {
    const auto json = item.find("jwks");
    if (!json) return std::nullopt;
    auto set = crypto::JwkSet::parse(*json);
    return set ? std::optional(*std::move(set)) : std::nullopt;
}

/// What a client sends at an endpoint; nothing where it is refused as it is read.
inline std::optional<oauth::ClientCredentials> read(const JsonValue& step) {
    std::string body = "client_assertion_type=";
    http::append_form_encoded(body, text_of(step, "type"));
    http::append_form_parameter(body, "client_assertion", text_of(step, "assertion"));
    http::append_form_parameter(body, "client_id", text_of(step, "client"));
    http::Form form;
    if (!form.parse(body)) return std::nullopt;
    http::RequestBuilder builder(http::Method::post, "/token");
    auto credentials = oauth::read_client_credentials(builder.request(), form);
    if (!credentials || !credentials->assertion) return std::nullopt;
    return *std::move(credentials);
}

/// Whether the step's client is authenticated by it, which uses its id up.
inline bool accepts(Case& of, const JsonValue& step) {
    const auto credentials = read(step);
    const auto now = step.find("now");
    if (!credentials || !now || !of.keys) return false;
    const oauth::ClientAssertion& shown = *credentials->assertion;
    const double at = now->number().value_or(0);
    if (!shown.check_claims(of.audiences, at) || !of.keys->verify(shown.jws())) return false;
    const MonotonicTime time{
        std::chrono::duration_cast<Duration>(std::chrono::duration<double>(at))};
    const std::string key = shown.used_key();
    if (of.used.find(key, time) != nullptr) return false;
    of.used.put(key, "{}", shown.usable_for(at), time);
    return true;
}

/// What is right; nothing where either answer is.
inline std::optional<bool> verdict_of(const JsonValue& item, const JsonValue& step) {
    if (const auto verdict = step.find("verdict")) return verdict->boolean();
    if (item.find("free") || step.find("free")) return std::nullopt;
    const auto reference = step.find("reference");
    const auto accepted = reference ? reference->find("accepted") : std::nullopt;
    return accepted ? accepted->boolean() : std::nullopt;
}

inline void replay_case(const JsonValue& root, const JsonValue& item, Report& report) {
    const auto steps = item.find("steps");
    Case of{.keys = keys_of(item),
            .audiences = {text_of(root, "token_endpoint"), text_of(root, "issuer")}};
    const std::string name = text_of(item, "group") + ": " + text_of(item, "name");
    if (!steps || steps->elements().empty()) {
        report.failures.push_back({name, "", "steps", "none"});
        return;
    }
    for (const JsonValue& step : steps->elements()) {
        const bool accepted = accepts(of, step);
        const bool expected = verdict_of(item, step).value_or(accepted);
        if (accepted == expected) {
            ++report.passed;
        } else {
            report.failures.push_back({name, as_json(step), as_json(expected), as_json(accepted)});
        }
    }
}

}  // namespace assertion

inline Report replay_assertions(std::string_view text) {
    Report report;
    const auto document = JsonDocument::parse(text);
    const auto cases = document ? document->root().find("cases") : std::nullopt;
    if (!cases || cases->elements().empty()) {
        report.failures.push_back({"file", "", "a JSON object with an array cases", "none"});
        return report;
    }
    for (const JsonValue& item : cases->elements()) {
        assertion::replay_case(document->root(), item, report);
    }
    return report;
}

}  // namespace sluice::replay
