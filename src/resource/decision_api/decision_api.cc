#include "resource/decision_api/decision_api.h"

#include "http/error_response.h"
#include "resource/decision/friction_result.h"
#include "resource/decision_api/decision_response.h"

namespace sluice::resource {
namespace {

using Purpose = DecisionService::Purpose;

/// Why nothing is decided about what a question names; nothing where it is.
struct Fault {
    http::Status status;
    std::string_view code;
    std::string_view words;
};

std::optional<Fault> find_fault(const ProtectedResource* resource,
                                const token::ResourceRights& rights) {
    using http::Status;
    if (resource == nullptr) {
        return Fault{Status::bad_request, "unknown_resource", "unknown resource"};
    }
    if (is_over(rights, *resource)) return std::nullopt;
    return Fault{Status::forbidden, "access_denied",
                 "decisions about this resource are not for this caller: its introspect does not "
                 "name the resource"};
}

void refuse(http::Exchange& exchange, http::Status status, std::string_view error,
            std::string_view description) {
    http::write_error(exchange.response(), status, error, description);
}

DecisionResponse::Verb verb_of(Purpose purpose) {
    return purpose == Purpose::record ? DecisionResponse::Verb::recorded
                                      : DecisionResponse::Verb::allowed;
}

}  // namespace

void DecisionApi::begin_answer(http::Response& response) const {
    response.set_status(http::Status::ok);
    response.add_fields(fields_);
    response.body().clear();
}

io::Task<void> DecisionApi::decide(http::Exchange& exchange, token::ResourceRights rights) {
    return answer(exchange, std::move(rights), Purpose::decide);
}

io::Task<void> DecisionApi::record(http::Exchange& exchange, token::ResourceRights rights) {
    return answer(exchange, std::move(rights), Purpose::record);
}

io::Task<void> DecisionApi::answer(http::Exchange& exchange, token::ResourceRights rights,
                                   Purpose purpose) {
    const std::string_view body = exchange.request().body();
    if (body.size() > body_bytes_max) {
        co_return refuse(exchange, http::Status::content_too_large, "invalid_request",
                         "the body exceeds 1 MiB");
    }
    const auto document = JsonDocument::parse_carried(body);
    if (!document) {
        co_return refuse(exchange, http::Status::bad_request, "invalid_request",
                         document.error().reason);
    }
    const JsonValue root = document->root();
    if (root.is_array()) co_return co_await answer_batch(exchange, root, rights, purpose);
    const auto list = root.find("decisions");
    if (!list) {
        const auto request = read_decision_request(root);
        if (!request) {
            co_return refuse(exchange, http::Status::bad_request, "invalid_request",
                             request.error());
        }
        const ProtectedResource* const resource = service_.find_resource(request->resource, rights);
        if (const auto fault = find_fault(resource, rights)) {
            co_return refuse(exchange, fault->status, fault->code, fault->words);
        }
        begin_answer(exchange.response());
        co_return co_await append_answer(exchange, *resource, *request, purpose);
    }
    if (!list->is_array()) {
        co_return refuse(exchange, http::Status::bad_request, "invalid_request",
                         "decisions must be an array");
    }
    std::string& text = exchange.response().body();
    co_await answer_batch(exchange, *list, rights, purpose);
    if (exchange.response().status() == http::Status::ok) {
        text.insert(0, R"({"decisions":)");
        text += '}';
    }
}

io::Task<void> DecisionApi::answer_batch(http::Exchange& exchange, JsonValue questions,
                                         const token::ResourceRights& rights, Purpose purpose) {
    std::vector<JsonValue> list;
    questions.for_each_element([&list](const JsonValue& question) {
        list.push_back(question);
        return list.size() <= batch_size_max;
    });
    if (list.size() > batch_size_max) {
        co_return refuse(exchange, http::Status::bad_request, "invalid_request",
                         "a batch has at most 100 entries");
    }
    begin_answer(exchange.response());
    std::string& text = exchange.response().body();
    text += '[';
    for (const JsonValue& question : list) {
        if (text.size() > 1) text += ',';
        const auto request = read_decision_request(question);
        const ProtectedResource* const resource =
            request ? service_.find_resource(request->resource, rights) : nullptr;
        const auto fault =
            request ? find_fault(resource, rights)
                    : Fault{http::Status::bad_request, "invalid_request", request.error()};
        if (!fault) {
            co_await append_answer(exchange, *resource, *request, purpose);
            continue;
        }
        append_decision_response(text, {.verb = verb_of(purpose),
                                        .allowed = false,
                                        .status = http::code(fault->status),
                                        .reason = fault->code,
                                        .message = fault->words});
    }
    text += ']';
}

io::Task<void> DecisionApi::append_answer(http::Exchange& exchange,
                                          const ProtectedResource& resource,
                                          const DecisionRequest& request, Purpose purpose) {
    const auto caller = service_.lease_caller();
    const Verdict verdict =
        co_await service_.judge({resource, request, exchange, purpose}, *caller);
    DecisionResponse answer = answer_of(verdict, *caller);
    answer.verb = verb_of(purpose);
    std::string& text = exchange.response().body();
    if (verdict.allowed() || verdict.denial) co_return append_decision_response(text, answer);
    const FrictionText message = friction_text(request.tool, verdict.decision);
    answer.message = view(message);
    append_decision_response(text, answer);
}

}  // namespace sluice::resource
