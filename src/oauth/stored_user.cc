#include "oauth/stored_user.h"

#include "base/json.h"
#include "base/json_writer.h"

namespace sluice::oauth {

std::string StoredUser::to_json() const {
    std::string text;
    JsonWriter json(text);
    json.begin_object()
        .member("password_hash", std::string_view(password_hash.text()))
        .member("name", std::string_view(name))
        .member("email", std::string_view(email))
        .end_object();
    return text;
}

std::optional<StoredUser> StoredUser::parse(std::string_view json) {
    const auto document = JsonDocument::parse(json);
    if (!document) return std::nullopt;
    const JsonValue root = document->root();
    auto hash = crypto::PasswordHash::parse(root.find_string("password_hash").value_or(""));
    if (!hash) return std::nullopt;
    return StoredUser{*std::move(hash), std::string(root.find_string("name").value_or("")),
                      std::string(root.find_string("email").value_or(""))};
}

}  // namespace sluice::oauth
