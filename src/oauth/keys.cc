// Making the process's keys.
#include "oauth/keys.h"

#include <span>
#include <string>

namespace sluice::oauth {
namespace {

Secret random_key(Random& random) {
    std::string bytes(32, '\0');
    random.fill(std::as_writable_bytes(std::span(bytes)));
    return Secret(std::move(bytes));
}

}  // namespace

Keys Keys::generate(Random& random) {
    Keys keys;
    keys.form = random_key(random);
    keys.successor = random_key(random);
    keys.owner_seed = random.next_u64();
    return keys;
}

}  // namespace sluice::oauth
