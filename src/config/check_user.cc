// The rules of [[auth.user]].
#include "config/check.h"
#include "config/checks.h"

namespace sluice::config {

crypto::PasswordHash check_password(const RawSecret& password, const Setting<std::string>& hash,
                                    const Environment& environment, Problems& problems) {
    const Secret plain = resolve_secret(password, environment, problems);
    if (password.given() && hash.given) {
        problems.add(hash.place, "stands beside a password; keep one of them");
    } else if (!password.given() && !hash.given) {
        problems.add(hash.place, "is missing: `sluice hash-password` makes the line");
    } else if (password.given()) {
        return crypto::PasswordHash::of_known(plain.reveal());
    } else if (auto parsed = crypto::PasswordHash::parse(*hash)) {
        return *std::move(parsed);
    } else {
        problems.add(hash.place, "is not a password hash; `sluice hash-password` makes the line");
    }
    return crypto::PasswordHash::of_nobody();
}

oauth::UserSetting check_user(const RawUser& raw, const Environment& environment,
                              Problems& problems) {
    check_given(raw.username, "the name to sign in with", problems);
    oauth::UserSetting user{
        .username = check_line(raw.username, problems),
        .password_hash = check_password(raw.password, raw.password_hash, environment, problems)};
    user.name = raw.name->empty() ? user.username : check_line(raw.name, problems);
    user.email = check_line(raw.email, problems);
    for (const Attribute& attribute : raw.attributes) {
        for (const Setting<std::string>& value : attribute.values) {
            user.attributes.push_back({attribute.name, check_line(value, problems)});
        }
    }
    return user;
}

}  // namespace sluice::config
