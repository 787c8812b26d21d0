#include "server/hash_password.h"

#include <fmt/format.h>

#include <cstdio>

#include "base/random.h"
#include "crypto/password_hash.h"
#include "server/password_input.h"

namespace sluice::server {

int hash_password() {
    const auto password = read_new_password();
    if (!password) {
        fmt::print(stderr, "sluice: {}\n", password.error());
        return 1;
    }
    SystemRandom random;
    fmt::print("password_hash = \"{}\"\n",
               crypto::PasswordHash::make(password->reveal(), random).text());
    return 0;
}

}  // namespace sluice::server
