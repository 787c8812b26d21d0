// rules_replay FILE...: replays recorded answers of the plain rules, prints each that differs, and
// ends with "N passed, N failed". Exits with 1 where one failed, a file cannot be read, or no case
// was found.
#include "replay_files.h"
#include "rules.h"

int main(int argc, char** argv) {
    return sluice::replay::replay_files(argc, argv, "rules_replay", sluice::replay::replay_rules);
}
