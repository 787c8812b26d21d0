// assertion_replay FILE...: replays recorded answers to client assertions, prints each that
// differs, and ends with "N passed, N failed". Exits with 1 where one failed, a file cannot be
// read, or no case was found.
#include "assertion_vectors.h"
#include "replay_files.h"

int main(int argc, char** argv) {
    return sluice::replay::replay_files(argc, argv, "assertion_replay",
                                        sluice::replay::replay_assertions);
}
