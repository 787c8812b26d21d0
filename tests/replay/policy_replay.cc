// policy_replay FILE...: replays recorded decisions of the reference's policy engine, prints each
// that differs, and ends with "N passed, N failed". Exits with 1 where one failed, a file cannot be
// read, or no case was found.
#include "policy_vectors.h"
#include "replay_files.h"

int main(int argc, char** argv) {
    return sluice::replay::replay_files(argc, argv, "policy_replay", sluice::replay::replay_policy);
}
