// The rules of [[auth.user]].
#include "config/check.h"
#include "config/checks.h"
#include "crypto/password_hash.h"

namespace sluice::config {

std::string check_password_hash(const RawSecret& password, const Setting<std::string>& hash,
                                Problems& problems) {
    if (password.given() && hash.given) {
        problems.add(hash.place, "stands beside a password; keep one of them");
    } else if (!password.given() && !hash.given) {
        problems.add(hash.place, "is missing: `sluice hash-password` makes the line");
    } else if (hash.given && !crypto::PasswordHash::parse(*hash)) {
        problems.add(hash.place, "is no password hash; `sluice hash-password` makes the line");
    }
    return *hash;
}

UserConfig check_user(const RawUser& raw, const Environment& environment, Problems& problems) {
    UserConfig user;
    check_given(raw.username, "the name to sign in with", problems);
    user.username = check_line(raw.username, problems);
    user.password = resolve_secret(raw.password, environment, problems);
    user.password_hash = check_password_hash(raw.password, raw.password_hash, problems);
    user.name = raw.name->empty() ? user.username : check_line(raw.name, problems);
    user.email = check_line(raw.email, problems);
    for (const Entry& entry : raw.attributes) {
        user.attributes.emplace_back(entry.name, check_line(entry.text, problems));
    }
    return user;
}

}  // namespace sluice::config
