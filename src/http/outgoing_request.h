// Upstream request: what Sluice sends to an upstream.
#pragma once

#include <string>
#include <string_view>

#include "http/field_list.h"
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

    /// CHECKs like FieldList::add.
    void add_field(std::string_view name, std::string_view value) { fields_.add(name, value); }
    const FieldList& fields() const { return fields_; }

    std::string& body() { return body_; }
    const std::string& body() const { return body_; }

    void clear();

private:
    Method method_ = Method::get;
    std::string target_ = "/";
    FieldList fields_;
    std::string body_;
};

}  // namespace sluice::http
