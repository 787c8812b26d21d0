#include "oauth/storage_error.h"

namespace sluice::oauth {
namespace {

constexpr Seconds away_retry{2};
constexpr Seconds overloaded_retry{1};

}  // namespace

Error storage_error(storage::StoreError error) {
    const bool away = error == storage::StoreError::unavailable;
    return {ErrorCode::busy,
            away ? "The storage of this server does not answer at the moment."
                 : "The storage of this server has too much to do at the moment.",
            Challenge::none, away ? away_retry : overloaded_retry};
}

}  // namespace sluice::oauth
