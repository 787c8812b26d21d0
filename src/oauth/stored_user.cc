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

bool is_stored_username(std::string_view username) {
    constexpr std::size_t size_max = 200;
    if (username.empty() || username.size() > size_max) return false;
    // Whatever is odd about a text does not come through as it is.
    std::string json;
    append_json_string(json, username);
    return json.size() == username.size() + 2 && json.substr(1, username.size()) == username &&
           !username.contains('\x7f');
}

}  // namespace sluice::oauth
