// Replays recorded answers of the device authorization grant (RFC 8628): one JSON object whose
// members are lists of cases, and the constants that both sides agree on.
#pragma once

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/json_writer.h"
#include "crypto/digest.h"
#include "oauth/device/device_authorization.h"
#include "oauth/device/device_poll.h"
#include "oauth/device/user_code.h"
#include "oauth/errors.h"
#include "oauth/grants/grant_types.h"
#include "rules.h"

namespace sluice::replay {

namespace device {

using rules::as_json;
using rules::text_of;

inline double number_of(const JsonValue& object, std::string_view name) {
    const auto member = object.find(name);
    return member ? member->number().value_or(0) : 0;
}

inline std::size_t size_of(const JsonValue& object, std::string_view name, std::size_t otherwise) {
    const auto member = object.find(name);
    return member ? static_cast<std::size_t>(member->integer().value_or(0)) : otherwise;
}

inline Duration seconds_of(double seconds) {
    return std::chrono::nanoseconds{static_cast<std::int64_t>(std::llround(seconds * 1e9))};
}

/// `separator` outlives the shape.
inline oauth::UserCodeShape shape_of(const JsonValue& object, std::string_view separator) {
    return {.groups = size_of(object, "groups", 2),
            .group_size = size_of(object, "group_size", 4),
            .separator = separator};
}

inline std::string user_code_shape(const JsonValue& item) {
    const oauth::UserCodeShape shape = shape_of(item, "-");
    if (!oauth::is_strong_enough(shape)) return as_json(false);
    SeededRandom random(7);
    const std::string code = oauth::make_user_code(random, shape);
    const bool alike = code.size() == size_of(item, "size", 0) &&
                       oauth::is_user_code(code, shape) &&
                       oauth::is_user_code(text_of(item, "example"), shape);
    return as_json(alike);
}

inline std::string normalize(const JsonValue& item) {
    const std::string separator(item.find_string("separator").value_or("-"));
    return as_json(std::string_view(
        oauth::normalize_user_code(text_of(item, "value"), shape_of(item, separator))));
}

inline std::string authorization_response(const JsonValue& item) {
    const auto given = item.find("arguments");
    if (!given) return "null";
    oauth::DeviceAuthorization authorization{
        .device_code = text_of(*given, "device_code"),
        .user_code = text_of(*given, "user_code"),
        .verification_uri = text_of(*given, "verification_uri"),
        .verification_uri_complete = std::nullopt,
        .expires_in_s = static_cast<std::int64_t>(number_of(*given, "expires_in")),
        .interval_s = static_cast<std::int64_t>(number_of(*given, "interval"))};
    if (const auto complete = given->find_string("verification_uri_complete")) {
        authorization.verification_uri_complete = std::string(*complete);
    }
    return oauth::to_json(authorization);
}

/// What a server keeps of a device code.
struct Record {
    std::string device_code, client_id;
    std::optional<oauth::DeviceStatus> status;
    double expires_at = 0, interval = 0;
    std::optional<double> last_poll_at;
};

inline std::optional<oauth::DeviceStatus> status_of(const JsonValue& object) {
    return find_by_name(oauth::device_status_names, text_of(object, "status"));
}

inline oauth::DevicePollAnswer answer(const Record* record, const JsonValue& asked) {
    oauth::DevicePoll poll;
    if (record != nullptr) {
        const double now = number_of(asked, "now");
        poll.known =
            crypto::constant_time_equal(record->device_code, text_of(asked, "device_code")) &&
            record->client_id == text_of(asked, "client_id");
        poll.left = seconds_of(record->expires_at - now);
        poll.interval = seconds_of(record->interval);
        poll.status = record->status;
        if (record->last_poll_at) poll.since_last = seconds_of(now - *record->last_poll_at);
    }
    return oauth::answer_device_poll(poll);
}

inline std::string answer_json(oauth::DevicePollAnswer answer, double interval) {
    std::string json;
    JsonWriter writer(json);
    writer.begin_object()
        .member("kind", name_of(oauth::device_poll_answer_names, answer))
        .key("retry_after");
    if (answer == oauth::DevicePollAnswer::slow_down) {
        writer.value(static_cast<std::int64_t>(interval));
    } else {
        writer.null();
    }
    writer.end_object();
    return json;
}

inline std::string poll(const JsonValue& item) {
    const auto given = item.find("record");
    if (!given || given->is_null()) return answer_json(answer(nullptr, item), 0);
    Record record{.device_code = text_of(*given, "device_code"),
                  .client_id = text_of(*given, "client_id"),
                  .status = status_of(*given),
                  .expires_at = number_of(*given, "expires_at"),
                  .interval = number_of(*given, "interval"),
                  .last_poll_at = std::nullopt};
    if (const auto last = given->find("last_poll_at")) record.last_poll_at = last->number();
    return answer_json(answer(&record, item), record.interval);
}

/// The first step that is answered otherwise, and how; or "right".
inline std::string flow(const JsonValue& item) {
    Record record{.device_code = text_of(item, "device_code"),
                  .client_id = text_of(item, "client_id"),
                  .status = std::nullopt,
                  .expires_at = number_of(item, "lifetime"),
                  .interval = number_of(item, "interval"),
                  .last_poll_at = std::nullopt};
    const auto steps = item.find("steps");
    if (!steps || steps->elements().empty()) return "no step";
    for (const JsonValue& step : steps->elements()) {
        record.status = status_of(step);
        const oauth::DevicePollAnswer given = answer(&record, step);
        const auto expected = step.find("expect");
        const std::string json = answer_json(given, record.interval);
        if (!expected || as_json(*expected) != json) return as_json(step) + " -> " + json;
        if (given != oauth::DevicePollAnswer::invalid_grant) {
            record.last_poll_at = number_of(step, "now");
        }
    }
    return "right";
}

/// The members of "constants", as they are here.
inline std::string constants() {
    SeededRandom random(7);
    const std::string device_code = oauth::make_device_code(random);
    const bool hex = std::ranges::all_of(
        device_code, [](char c) { return std::string_view("0123456789abcdef").contains(c); });
    std::string json;
    JsonWriter writer(json);
    writer.begin_object()
        .member("grant_type", to_text(oauth::GrantType::device_code))
        .member("alphabet", oauth::user_code_alphabet)
        .key("statuses")
        .begin_array();
    for (const auto& [name, status] : oauth::device_status_names) writer.value(name);
    writer.end_array().key("decisions").begin_array();
    for (const auto& [name, answer] : oauth::device_poll_answer_names) writer.value(name);
    writer.end_array()
        .key("device_code")
        .begin_object()
        .member("form", hex ? "hex" : "another")
        .member("size", device_code.size())
        .member("random_bits", device_code.size() * 4)
        .end_object()
        .key("user_code")
        .begin_object()
        .member("groups", oauth::UserCodeShape{}.groups)
        .member("group_size", oauth::UserCodeShape{}.group_size)
        .member("separator", oauth::UserCodeShape{}.separator)
        .member("bits_min", 20)
        .end_object()
        .end_object();
    return json;
}

/// The status of an answer that is an error; 0 where none has that name.
inline unsigned http_status_of(std::string_view name) {
    using oauth::ErrorCode;
    for (const ErrorCode code :
         {ErrorCode::authorization_pending, ErrorCode::slow_down, ErrorCode::device_denied,
          ErrorCode::expired_token, ErrorCode::invalid_grant}) {
        if (oauth::to_text(code) == name) return http::code(oauth::status_of(code));
    }
    return 0;
}

}  // namespace device

inline constexpr Rule device_rules[] = {
    {"user_code_shape", device::user_code_shape, "accepted"},
    {"normalize_user_code", device::normalize},
    {"normalize_other_shapes", device::normalize},
    {"authorization_response", device::authorization_response},
    {"poll", device::poll},
};

inline void replay_flows(const JsonValue& flows, Report& report) {
    for (const JsonValue& item : flows.elements()) {
        const std::string outcome = device::flow(item);
        if (outcome == "right") {
            ++report.passed;
        } else {
            report.failures.push_back({"flow", rules::as_json(item), "right", outcome});
        }
    }
}

inline void replay_http_statuses(const JsonValue& statuses, Report& report) {
    statuses.for_each_member([&](std::string_view name, const JsonValue& recorded) {
        if (name == "approved") return;
        const std::string expected = recorded.string()
                                         ? std::string(recorded.string()->substr(0, 3))
                                         : rules::as_json(recorded);
        const std::string actual = std::to_string(device::http_status_of(name));
        if (actual == expected) {
            ++report.passed;
        } else {
            report.failures.push_back({"http", std::string(name), expected, actual});
        }
    });
}

/// A text that is no such object, an unknown member and a list without cases are failures.
inline Report replay_device(std::string_view text) {
    Report report;
    const auto document = JsonDocument::parse(text);
    if (!document || !document->root().is_object()) {
        report.failures.push_back({"(file)", "", "a JSON object of cases", "another text"});
        return report;
    }
    for (const auto& [name, cases] : document->root().members()) {
        if (name == "about" || name == "order") continue;  // words for people
        const auto rule = std::ranges::find(device_rules, name, &Rule::name);
        if (name == "constants") {
            const std::string expected = rules::as_json(cases);
            const std::string actual = device::constants();
            if (actual == expected) {
                ++report.passed;
            } else {
                report.failures.push_back({"constants", "", expected, actual});
            }
        } else if (name == "http") {
            replay_http_statuses(cases, report);
        } else if (name == "flow" && !cases.elements().empty()) {
            replay_flows(cases, report);
        } else if (rule != std::end(device_rules) && !cases.elements().empty()) {
            for (const JsonValue& item : cases.elements()) replay_case(*rule, item, report);
        } else {
            report.failures.push_back({std::string(name), "", "known cases", "none"});
        }
    }
    return report;
}

}  // namespace sluice::replay
