// Finding the endpoint of a request.
#include "tests/support/endpoints.h"

#include "http/error_response.h"

namespace sluice::http {
namespace {

io::Task<void> answer_unrouted(Exchange& exchange, RouteMatch match) {
    Response& response = exchange.response();
    if (!match.allow.empty()) response.add_field("Allow", match.allow);
    switch (match.outcome) {
        case RouteMatch::Outcome::options:
            response.set_status(Status::no_content);
            break;
        case RouteMatch::Outcome::method_not_allowed:
            write_error(response, {Status::method_not_allowed,
                                   "The method is not allowed here; see the Allow field."});
            break;
        default:
            write_error(response, {Status::not_found, "There is nothing at this path."});
    }
    co_return;
}

}  // namespace

std::uint32_t Endpoints::keep(Streaming handler) {
    handlers_.push_back(std::move(handler));
    return static_cast<std::uint32_t>(handlers_.size() - 1);
}

void Endpoints::add(Method method, std::string_view path, Streaming handler) {
    router_.add(method, path, keep(std::move(handler)));
}

void Endpoints::add_plain(Method method, std::string_view path, Plain handler) {
    add(method, path, [plain = std::move(handler)](Exchange& exchange) {
        return plain(exchange.request(), exchange.response());
    });
}

void Endpoints::add_prefix(Method method, std::string_view prefix, Streaming handler) {
    router_.add_prefix(method, prefix, keep(std::move(handler)));
}

io::Task<void> Endpoints::serve(Exchange& exchange) {
    const Request& request = exchange.request();
    const RouteMatch match = router_.match(request.method(), request.path());
    if (match.outcome == RouteMatch::Outcome::found) return handlers_[match.handler](exchange);
    return answer_unrouted(exchange, match);
}

}  // namespace sluice::http
