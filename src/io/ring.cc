#include "io/ring.h"

#include "base/check.h"

namespace sluice::io {

Operation::~Operation() {
    CHECK(!in_flight_, "an operation was dropped before it completed");
}

void Operation::started() {
    CHECK(!in_flight_, "an operation was started twice");
    in_flight_ = true;
}

void Operation::complete(Completion completion) {
    in_flight_ = completion.more;
    on_completion(std::move(completion));
}

}  // namespace sluice::io
