// A disk that can be told to fail: SQLite's writes and this program's syncs go through here.
#pragma once

namespace handin::test {

enum class DiskCall { write, sync };

// From now on every such call fails with this errno; 0: as the disk does it. The n-th from now is
// the first to fail.
void fail_disk(DiskCall call, int error, int after = 0);
// Syncs return at once: for tests with thousands of commits.
void skip_syncs(bool skip);
// Since the start of the program.
long disk_calls(DiskCall call);

// Whatever happens, the disk is well again at the end.
class DiskTrouble {
 public:
    DiskTrouble(DiskCall call, int error, int after = 0) : call_(call) {
        fail_disk(call, error, after);
    }
    ~DiskTrouble() { fail_disk(call_, 0); }
    DiskTrouble(const DiskTrouble&) = delete;
    DiskTrouble& operator=(const DiskTrouble&) = delete;

 private:
    DiskCall call_;
};

}  // namespace handin::test
