// A request at a protected resource, step by step.
#pragma once

#include "io/task.h"
#include "resource/origin.h"
#include "resource/visit.h"

namespace sluice::resource {

/// Answers the request of `visit`, whatever it is.
io::Task<void> serve(Visit& visit, const OriginRule& origins);

}  // namespace sluice::resource
