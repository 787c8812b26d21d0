// device_replay FILE...: replays recorded answers of the device grant, prints each that differs,
// and ends with "N passed, N failed". Exits with 1 where one failed, a file cannot be read, or no
// case was found.
#include "device_vectors.h"
#include "replay_files.h"

int main(int argc, char** argv) {
    return sluice::replay::replay_files(argc, argv, "device_replay", sluice::replay::replay_device);
}
