// A disk that says that it has synced, and has not: preloaded into a server to see that a test would find it out.
int fsync(int descriptor) {
    (void)descriptor;
    return 0;
}

int fdatasync(int descriptor) {
    (void)descriptor;
    return 0;
}
