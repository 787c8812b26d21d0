// Storage errors as OAuth answers: what a client is told where storage gives no answer.
#pragma once

#include <type_traits>
#include <utility>

#include "oauth/errors.h"
#include "storage/store.h"

namespace sluice::oauth {

/// 503 and when to try again: nothing was promised, and trying again does no harm.
Error storage_error(storage::StoreError error);

/// The value, or storage_error().
template <class T>
Result<T> stored(storage::StoreResult<T> result) {
    if (!result) return failure(storage_error(result.error()));
    if constexpr (std::is_void_v<T>) {
        return {};
    } else {
        return *std::move(result);
    }
}

}  // namespace sluice::oauth
