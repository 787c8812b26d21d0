// Page cache: how SQLite is set up in this process, before it is used for the first time.
#pragma once

namespace sluice::storage::sqlite {

/// SQLite's own page cache, but for one thing: where a page of an index is split, the numbers of
/// its neighbours are swapped by way of a number far behind the database's end. The cache takes
/// that for a page it holds, and looks through all of its pages at each commit for what stands
/// behind the end. The cache that this installs remembers better. Without statistics of memory,
/// too, which take a lock for each allocation. Without effect where SQLite is in use already.
void set_up_library();

}  // namespace sluice::storage::sqlite
