#include "loadgen/scenarios/single_request.h"

#include "http/fields.h"

namespace sluice::loadgen {

SingleRequest::SingleRequest(SingleRequestParts parts)
    : name_(std::move(parts.name)),
      request_(std::move(parts.request)),
      expectation_(std::move(parts.expectation)),
      tokens_(parts.tokens),
      random_(parts.seed) {}

OperationId SingleRequest::begin(unsigned, std::string& out) {
    SlotValues values;
    if (request_.needs_token()) {
        tokens_->read(random_.below(tokens_->size()), token_);
        values.token = token_;
    }
    values.number = ++number_;
    values.random = random_.next();
    request_.write(out, values);
    return 0;
}

Verdict SingleRequest::on_answer(unsigned, OperationId, const Answer& answer, std::string&) {
    return expectation_.check(answer);
}

Verdict TokenCollector::on_answer(unsigned user, OperationId operation, const Answer& answer,
                                  std::string& out) {
    const Verdict verdict = SingleRequest::on_answer(user, operation, answer, out);
    if (verdict.kind == Verdict::Kind::failed) return verdict;
    const std::string_view token = json_text_member(answer.body, "access_token");
    if (token.empty()) return Verdict::failed(Failure::content);
    tokens_.add(token);
    return verdict;
}

Verdict EventStream::on_answer(unsigned user, OperationId operation, const Answer& answer,
                               std::string& out) {
    const Verdict verdict = SingleRequest::on_answer(user, operation, answer, out);
    if (verdict.kind == Verdict::Kind::failed) return verdict;
    const auto type = http::find_field(answer.fields, "content-type");
    if (!type || !type->starts_with("text/event-stream")) return Verdict::failed(Failure::content);
    return verdict;
}

std::string_view json_text_member(std::string_view json, std::string_view name) {
    for (std::size_t at = json.find(name); at != std::string_view::npos;
         at = json.find(name, at + 1)) {
        if (at == 0 || json[at - 1] != '"') continue;
        std::string_view rest = json.substr(at + name.size());
        if (!rest.starts_with('"')) continue;
        rest.remove_prefix(1);
        rest.remove_prefix(std::min(rest.find_first_not_of(" \t\r\n"), rest.size()));
        if (!rest.starts_with(':')) continue;
        rest.remove_prefix(1);
        rest.remove_prefix(std::min(rest.find_first_not_of(" \t\r\n"), rest.size()));
        if (!rest.starts_with('"')) continue;
        rest.remove_prefix(1);
        const std::size_t end = rest.find_first_of("\"\\");
        if (end == std::string_view::npos || rest[end] == '\\') return {};
        return rest.substr(0, end);
    }
    return {};
}

}  // namespace sluice::loadgen
