#include "resource/gateway/upstream_answer.h"

#include "base/ascii.h"
#include "http/media_type.h"

namespace sluice::resource {

bool is_events(const http::ResponseHead& head) {
    return http::is_media_type(head.field("Content-Type").value_or(""), "text/event-stream");
}

bool is_json(const http::ResponseHead& head) {
    return http::is_media_type(head.field("Content-Type").value_or(""), "application/json");
}

bool is_not_for_clients(http::Status status) {
    const int code = http::code(status);
    return code == 401 || code == 407 || (code >= 300 && code < 400);
}

bool succeeds(http::Status status) {
    return http::code(status) >= 200 && http::code(status) < 300;
}

bool refuses(http::Status status) {
    return http::code(status) >= 400 && http::code(status) < 500;
}

bool is_no_answer(const http::ResponseHead& head) {
    const http::Status status = head.status();
    if (http::code(status) >= 500) return !is_json(head);
    if (!succeeds(status) || status == http::Status::accepted) return false;
    return (!is_json(head) && !is_events(head)) ||
           parse_decimal(head.field("Content-Length").value_or("")) == 0U;
}

}  // namespace sluice::resource
