#include "loadgen/scenarios/refresh.h"

#include "base/check.h"
#include "http/form.h"
#include "loadgen/scenarios/requests.h"
#include "loadgen/scenarios/single_request.h"

namespace sluice::loadgen {

Refresh::Refresh(const Settings& settings, std::vector<std::string> tokens)
    : tokens_(std::move(tokens)) {
    RequestParts parts;
    parts.method = "POST";
    parts.target = target_under(*settings.url, "/token");
    parts.host = settings.url->authority();
    parts.fields = {{"Content-Type", "application/x-www-form-urlencoded"}};
    parts.body = "grant_type=refresh_token&refresh_token={{token}}";
    http::append_form_parameter(parts.body, "client_id", settings.oauth.public_client);
    parts.has_body = true;
    parts.close = settings.new_connections;
    auto compiled = RequestTemplate::compile(parts);
    CHECK(compiled.has_value(), "the request of refresh has a slot that does not exist");
    request_ = *std::move(compiled);
}

OperationId Refresh::begin(unsigned user, std::string& out) {
    request_.write(out, {.token = tokens_[user]});
    return 0;
}

Verdict Refresh::on_answer(unsigned user, OperationId, const Answer& answer, std::string&) {
    const Verdict verdict = Expectation{.status = 200, .text = "\"access_token\":"}.check(answer);
    if (verdict.kind == Verdict::Kind::failed) return verdict;
    const std::string_view next = json_text_member(answer.body, "refresh_token");
    if (next.empty()) return Verdict::failed(Failure::content);
    tokens_[user].assign(next);
    return verdict;
}

}  // namespace sluice::loadgen
