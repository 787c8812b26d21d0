// Upstream request: what Sluice sends to an upstream.
#pragma once

#include <string>
#include <string_view>

#include "http/method.h"

namespace sluice::http {

/// Reused like Response: clear() keeps the capacity. Host, Content-Length and Connection are the
/// client's affair.
class OutgoingRequest {
public:
    /// CHECKs that `target` starts with '/' and holds only visible ASCII.
    void set(Method method, std::string_view target);
    Method method() const { return method_; }
    std::string_view target() const { return target_; }

    /// CHECKs like Response::add_field.
    void add_field(std::string_view name, std::string_view value);
    /// "Name: value\r\n" each.
    std::string_view fields_text() const { return fields_; }

    std::string& body() { return body_; }
    const std::string& body() const { return body_; }

    void clear();

private:
    Method method_ = Method::get;
    std::string target_ = "/";
    std::string fields_;
    std::string body_;
};

}  // namespace sluice::http
