// Table partitions by expiry: made before they are needed, dropped when all in them is over.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "storage/postgres/blocking_connection.h"

namespace sluice::storage::postgres {

/// Tokens that expire in [from, to), in seconds since 1970. Its table is named after them.
struct Partition {
    std::int64_t from;
    std::int64_t to;

    friend bool operator==(const Partition&, const Partition&) = default;
};

/// What is lacking between `now` and `until`, in pieces that end at multiples of `width`; what
/// stands is sorted, and may have been made with another width.
std::vector<Partition> partitions_to_add(const std::vector<Partition>& standing, std::int64_t now,
                                         std::int64_t until, std::int64_t width);

struct PartitionPlan {
    std::string_view table;
    std::int64_t width;  // seconds
    std::int64_t ahead;  // seconds from now that have to be covered
};

/// By the database's clock: a box whose own jumps drops nothing. After an error the connection is
/// of no use.
std::expected<void, std::string> keep_partitions(BlockingConnection& connection,
                                                 const PartitionPlan& plan);

}  // namespace sluice::storage::postgres
