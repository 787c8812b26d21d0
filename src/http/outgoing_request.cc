// Filling a request to an upstream.
#include "http/outgoing_request.h"

#include <algorithm>

#include "base/check.h"

namespace sluice::http {

void OutgoingRequest::set(Method method, std::string_view target) {
    CHECK(target.starts_with('/') &&
              std::ranges::all_of(target, [](char c) { return c > 0x20 && c < 0x7f; }),
          target);
    method_ = method;
    target_ = target;
}

void OutgoingRequest::clear() {
    method_ = Method::get;
    target_ = "/";
    fields_.clear();
    body_.clear();
}

}  // namespace sluice::http
