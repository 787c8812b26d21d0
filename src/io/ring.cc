#include "io/ring.h"

#include <cstring>

#include "base/check.h"

namespace sluice::io {

void ReceivedBuffer::detach() {
    if (lender_ == nullptr) return;
    char* const copy = new char[bytes_.size()];
    std::memcpy(copy, bytes_.data(), bytes_.size());
    bytes_ = {copy, bytes_.size()};
    std::exchange(lender_, nullptr)->recycle(id_);
}

Operation::~Operation() {
    CHECK(!in_flight_, "an operation was dropped before it completed");
}

void Operation::started() {
    CHECK(!in_flight_, "an operation was started twice");
    in_flight_ = true;
}

void Operation::complete(Completion completion) {
    CHECK(in_flight_, "a completion of nothing that was started");
    in_flight_ = completion.more;
    on_completion(std::move(completion));
}

}  // namespace sluice::io
