#include "oauth/storage_error.h"

namespace sluice::oauth {
namespace {

constexpr Seconds away_retry{2};
constexpr Seconds overloaded_retry{1};

}  // namespace

Error storage_error(storage::StoreError error) {
    const bool away = error == storage::StoreError::unavailable;
    return {ErrorCode::busy,
            away ? "Storage is temporarily unavailable." : "Storage is temporarily overloaded.",
            Challenge::none, away ? away_retry : overloaded_retry};
}

}  // namespace sluice::oauth
