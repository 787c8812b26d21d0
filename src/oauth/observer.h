// Events of the authorization server (audit log, metrics) as they happen. Never a secret.
#pragma once

#include <cstdint>
#include <string_view>

namespace sluice::oauth {

enum class EventKind : std::uint8_t {
    tokens_issued,       // detail: the grant type
    request_refused,     // detail: the error code that was answered
    login_succeeded,     //
    login_failed,        // detail: "wrong_password", "slowed", "busy"
    consent_given,       //
    consent_denied,      //
    grant_revoked,       // by its client at /revoke
    account_dropped,     // from the configuration, or its password changed there
    refresh_repeated,    // a rotation again inside its window: the same successor went out
    replay_detected,     // a code or refresh token again: its grant died. detail: which of the two
    client_registered,   //
    device_code_issued,  //
    assertion_refused,   // of private_key_jwt. detail: why
};

/// Stable names for log lines.
constexpr std::string_view to_text(EventKind kind) {
    switch (kind) {
        case EventKind::tokens_issued:
            return "tokens_issued";
        case EventKind::request_refused:
            return "request_refused";
        case EventKind::login_succeeded:
            return "login_succeeded";
        case EventKind::login_failed:
            return "login_failed";
        case EventKind::consent_given:
            return "consent_given";
        case EventKind::consent_denied:
            return "consent_denied";
        case EventKind::grant_revoked:
            return "grant_revoked";
        case EventKind::account_dropped:
            return "account_dropped";
        case EventKind::refresh_repeated:
            return "refresh_repeated";
        case EventKind::replay_detected:
            return "replay_detected";
        case EventKind::client_registered:
            return "client_registered";
        case EventKind::device_code_issued:
            return "device_code_issued";
        case EventKind::assertion_refused:
            return "assertion_refused";
    }
    return {};
}

/// Views are valid during the call only; empty where not known. What a request claims and nobody
/// has verified (an unknown client_id) is not passed on; of request_refused, the client may be a
/// known one that the request only claims to come from.
struct Event {
    EventKind kind;
    std::string_view client_id;
    std::string_view username;
    std::string_view scope;
    std::string_view resource;
    std::string_view detail;
    std::string_view address;      // of the peer
    std::uint64_t request_id = 0;  // 0: an event that belongs to no request
};

/// Told on the shard where it happens; must not block.
class Observer {
public:
    virtual ~Observer() = default;
    virtual void on_event(const Event&) {}
};

}  // namespace sluice::oauth
