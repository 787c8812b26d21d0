#include "storage/postgres/new_tokens.h"

#include <initializer_list>

#include "base/check.h"

namespace sluice::storage::postgres {

void add_new_tokens(Arguments& arguments, const NewTokens& tokens, std::int64_t now, bool plain) {
    const AccessToken& access = tokens.access;
    arguments.number(static_cast<std::int64_t>(tokens.tag.value()))
        .text(crypto::as_text(access.digest))
        .text(tokens.claims.client_id)
        .text(tokens.claims.username)
        .text(access.scope)
        .text(access.resource)
        .number(access.issued_at)
        .number(access.expires_at);
    if (tokens.refresh) {
        arguments.text(crypto::as_text(tokens.refresh->digest));
    } else {
        arguments.null();
    }
    arguments.text(tokens.claims.scope)
        .text(tokens.claims.resource)
        .number(tokens.refresh ? tokens.refresh->issued_at : 0)
        .number(tokens.refresh ? tokens.refresh->expires_at : 0)
        .number(now);
    const auto text = [&](bool there, std::string_view value) {
        if (plain && there) {
            arguments.text(value);
        } else {
            arguments.null();
        }
    };
    text(true, access.text);
    text(tokens.refresh.has_value(), tokens.refresh ? tokens.refresh->text : "");
}

void GrantArrays::add(const NewTokens& tokens, bool plain) {
    const AccessToken& access = tokens.access;
    const RefreshToken* const refresh = tokens.refresh ? &*tokens.refresh : nullptr;
    tag_.number(static_cast<std::int64_t>(tokens.tag.value()));
    access_digest_.text(crypto::as_text(access.digest));
    client_id_.text(tokens.claims.client_id);
    username_.text(tokens.claims.username);
    access_scope_.text(access.scope);
    access_resource_.text(access.resource);
    access_issued_at_.number(access.issued_at);
    access_expires_at_.number(access.expires_at);
    grant_scope_.text(tokens.claims.scope);
    grant_resource_.text(tokens.claims.resource);
    refresh_issued_at_.number(refresh != nullptr ? refresh->issued_at : 0);
    refresh_expires_at_.number(refresh != nullptr ? refresh->expires_at : 0);
    if (refresh != nullptr) {
        refresh_digest_.text(crypto::as_text(refresh->digest));
    } else {
        refresh_digest_.null();
    }
    const auto text = [plain](ArrayBuilder& array, bool there, std::string_view value) {
        if (plain && there) {
            array.text(value);
        } else {
            array.null();
        }
    };
    text(access_text_, true, access.text);
    text(refresh_text_, refresh != nullptr, refresh != nullptr ? refresh->text : "");
}

void GrantArrays::fill(Arguments& arguments, std::span<Call* const> calls, std::int64_t now,
                       bool plain) {
    const std::initializer_list<ArrayBuilder*> before_now = {&tag_,
                                                             &access_digest_,
                                                             &client_id_,
                                                             &username_,
                                                             &access_scope_,
                                                             &access_resource_,
                                                             &access_issued_at_,
                                                             &access_expires_at_,
                                                             &refresh_digest_,
                                                             &grant_scope_,
                                                             &grant_resource_,
                                                             &refresh_issued_at_,
                                                             &refresh_expires_at_};
    const std::initializer_list<ArrayBuilder*> after_now = {&access_text_, &refresh_text_};
    for (ArrayBuilder* array : before_now) array->clear();
    for (ArrayBuilder* array : after_now) array->clear();
    for (const Call* call : calls) add(*call->grant, plain);
    for (const ArrayBuilder* array : before_now) CHECK(array->count() == calls.size());
    for (const ArrayBuilder* array : after_now) CHECK(array->count() == calls.size());
    for (ArrayBuilder* array : before_now) arguments.text(array->finish());
    arguments.number(now);
    for (ArrayBuilder* array : after_now) arguments.text(array->finish());
}

}  // namespace sluice::storage::postgres
