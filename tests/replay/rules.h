// Replays recorded answers of the rules that are plain functions: one JSON object whose members are
// rule names, each with an array of cases.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "backend_response.h"
#include "base/json.h"
#include "base/json_writer.h"
#include "http/url_safety.h"
#include "oauth/client_id.h"
#include "oauth/device/user_code.h"
#include "oauth/pkce.h"
#include "oauth/scope_field.h"
#include "token/resource_identifier.h"

namespace sluice::replay {

struct Failure {
    std::string rule, input, expected, actual;  // the last three as JSON
};

struct Report {
    std::size_t passed = 0;
    std::vector<Failure> failures;

    void expect(std::string_view rule, const std::string& input, const std::string& expected,
                const std::string& actual) {
        if (actual == expected) {
            ++passed;
        } else {
            failures.push_back({std::string(rule), input, expected, actual});
        }
    }
};

namespace rules {

// Each rule writes its answer to a case as JSON, in the form of the recorded one.

inline std::string as_json(std::string_view text) {
    std::string json;
    append_json_string(json, text);
    return json;
}

/// In one form, however its texts are escaped.
inline std::string as_json(const JsonValue& value) {
    std::string json;
    if (const auto text = value.string()) return as_json(*text);
    if (value.is_array()) {
        for (const JsonValue& element : value.elements()) {
            json += (json.empty() ? "[" : ",") + as_json(element);
        }
        return json.empty() ? "[]" : json + "]";
    }
    if (value.is_object()) {
        for (const auto& [key, member] : value.members()) {
            json += (json.empty() ? "{" : ",") + as_json(key) + ":" + as_json(member);
        }
        return json.empty() ? "{}" : json + "}";
    }
    value.append_to(json);
    return json;
}

inline std::string as_json(bool truth) {
    return truth ? "true" : "false";
}

inline std::string text_of(const JsonValue& item, std::string_view name) {
    return std::string(item.find_string(name).value_or(""));
}

inline std::string is_safe_url(const JsonValue& item) {
    const auto allow_localhost = item.find("allow_localhost");
    return as_json(http::is_safe_url(
        text_of(item, "url"), allow_localhost && allow_localhost->boolean().value_or(false)));
}

inline std::string validate_client_id(const JsonValue& item) {
    return as_json(oauth::is_client_id(text_of(item, "value")));
}

inline std::string parse_scope_field(const JsonValue& item) {
    const auto names = oauth::parse_scope_field(item.find("value"), "read");
    return names ? as_json(std::string_view(*names)) : "null";
}

inline std::string normalize_user_code(const JsonValue& item) {
    return as_json(std::string_view(oauth::normalize_user_code(text_of(item, "value"))));
}

inline std::string validate_code_verifier(const JsonValue& item) {
    return as_json(oauth::CodeVerifier::parse(text_of(item, "value")).has_value());
}

inline std::string s256_challenge(const JsonValue& item) {
    const auto verifier = oauth::CodeVerifier::parse(text_of(item, "verifier"));
    if (!verifier) return "null";
    return as_json(std::string_view(oauth::CodeChallenge::of(*verifier).text()));
}

inline std::string resource_allowed(const JsonValue& item) {
    return as_json(
        token::resource_allowed(text_of(item, "requested"), text_of(item, "configured")));
}

inline std::string resource_canonical(const JsonValue& item) {
    return as_json(std::string_view(token::resource_from_server_url(text_of(item, "url"))));
}

inline BackendAnswer answer_of(const JsonValue& item) {
    const auto success = item.find("success");
    return {.success = success && success->boolean().value_or(false),
            .error = item.find_string("error"),
            .data = item.find("data")};
}

inline std::string validate_list_response(const JsonValue& item) {
    const auto objects =
        validate_list_response(answer_of(item), text_of(item, "context"), item.find_string("key"));
    std::string json = R"({"data":[)";
    if (!objects) return json + R"(],"error":)" + as_json(std::string_view(objects.error())) + "}";
    for (std::size_t i = 0; i < objects->size(); ++i) {
        json += (i == 0 ? "" : ",") + as_json((*objects)[i]);
    }
    return json + R"(],"error":null})";
}

inline std::string validate_dict_response(const JsonValue& item) {
    const auto object = validate_dict_response(answer_of(item), text_of(item, "context"));
    const std::string data = object ? as_json(*object) : "null";
    const std::string error = object ? "null" : as_json(std::string_view(object.error()));
    return R"({"data":)" + data + R"(,"error":)" + error + "}";
}

}  // namespace rules

struct Rule {
    std::string_view name;
    std::string (*answer)(const JsonValue& item);
    std::string_view expected_member = "expect";
};

inline constexpr Rule known_rules[] = {
    {"is_safe_url", rules::is_safe_url},
    {"validate_client_id", rules::validate_client_id},
    {"parse_scope_field", rules::parse_scope_field},
    {"normalize_user_code", rules::normalize_user_code},
    {"validate_code_verifier", rules::validate_code_verifier},
    {"s256_challenge", rules::s256_challenge, "challenge"},
    {"resource_allowed", rules::resource_allowed},
    {"resource_canonical", rules::resource_canonical},
    {"validate_list_response", rules::validate_list_response},
    {"validate_dict_response", rules::validate_dict_response},
};

inline const Rule* find_rule(std::string_view name) {
    for (const Rule& rule : known_rules) {
        if (rule.name == name) return &rule;
    }
    return nullptr;
}

inline void replay_case(const Rule& rule, const JsonValue& item, Report& report) {
    const auto recorded = item.find(rule.expected_member);
    const std::string expected = recorded ? rules::as_json(*recorded) : "nothing recorded";
    report.expect(rule.name, rules::as_json(item), expected, rule.answer(item));
}

/// A text that is no such object, a rule of another name and a rule without a case are failures.
inline Report replay_rules(std::string_view text) {
    Report report;
    const auto document = JsonDocument::parse(text);
    if (!document || !document->root().is_object()) {
        report.failures.push_back(
            {"(file)", "", "a JSON object of rules",
             document ? "another value" : std::string(document.error().reason)});
        return report;
    }
    for (const auto& [name, cases] : document->root().members()) {
        const Rule* rule = find_rule(name);
        const auto items = cases.elements();
        if (rule == nullptr || items.empty()) {
            report.failures.push_back({std::string(name), "", "a known rule with cases",
                                       rule == nullptr ? "an unknown rule" : "no case"});
            continue;
        }
        for (const JsonValue& item : items) replay_case(*rule, item, report);
    }
    return report;
}

}  // namespace sluice::replay
