// Building requests in process.
#include "http/request_builder.h"

#include "base/ascii.h"
#include "base/check.h"
#include "http/fields.h"

namespace sluice::http {

RequestBuilder::RequestBuilder(Method method, std::string_view target) {
    CHECK(target.starts_with('/'), target);
    request_.method_ = method;
    request_.target_ = keep(target);
    const std::size_t question = request_.target_.find('?');
    request_.path_ = request_.target_.substr(0, question);
    if (question != std::string_view::npos) request_.query_ = request_.target_.substr(question + 1);
}

RequestBuilder& RequestBuilder::field(std::string_view name, std::string_view value) {
    CHECK(is_token(name) && is_field_value(value), name);
    request_.fields_.push_back({keep(name), keep(value)});
    if (equal_ignoring_case(name, "host")) request_.host_ = request_.fields_.back().value;
    return *this;
}

RequestBuilder& RequestBuilder::body(std::string_view text) {
    request_.body_ = keep(text);
    return *this;
}

RequestBuilder& RequestBuilder::peer(std::string_view address) {
    request_.peer_ = keep(address);
    return *this;
}

std::string_view RequestBuilder::keep(std::string_view text) {
    return *texts_.emplace_back(std::make_unique<std::string>(text));
}

}  // namespace sluice::http
