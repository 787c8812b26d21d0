// Request builder: a request made in process, for calls that cross no wire and for tests.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"

namespace sluice::http {

/// Owns the text of the request it builds.
///   RequestBuilder post(Method::post, "/token");
///   post.field("Content-Type", "application/x-www-form-urlencoded").body("grant_type=...");
///   handle(post.request(), response);
class RequestBuilder {
public:
    /// `target` is in origin form ("/path?query") with a path that is in normal form already.
    RequestBuilder(Method method, std::string_view target);

    RequestBuilder& field(std::string_view name, std::string_view value);
    RequestBuilder& body(std::string_view text);
    RequestBuilder& peer(std::string_view address);

    /// Valid while the builder lives and is not changed.
    const Request& request() const { return request_; }

private:
    std::string_view keep(std::string_view text);

    std::vector<std::unique_ptr<std::string>> texts_;
    Request request_;
};

}  // namespace sluice::http
