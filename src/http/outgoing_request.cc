// Filling a request to an upstream.
#include "http/outgoing_request.h"

#include <algorithm>

#include "base/check.h"
#include "http/fields.h"

namespace sluice::http {

void OutgoingRequest::set(Method method, std::string_view target) {
    CHECK(target.starts_with('/') &&
              std::ranges::all_of(target, [](char c) { return c > 0x20 && c < 0x7f; }),
          target);
    method_ = method;
    target_ = target;
}

void OutgoingRequest::add_field(std::string_view name, std::string_view value) {
    CHECK(is_token(name), name);
    CHECK(is_field_value(value), name);
    CHECK(!is_framing_field(name), name);
    fields_.append(name).append(": ").append(value).append("\r\n");
}

void OutgoingRequest::clear() {
    method_ = Method::get;
    target_ = "/";
    fields_.clear();
    body_.clear();
}

}  // namespace sluice::http
