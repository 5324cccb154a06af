"""`python -m scripts.proofs PART ...`; without a part, the list of them."""

from __future__ import annotations

import sys

from scripts.parts import Part, run_part

PARTS = {
    "check-all": Part("check_all", "check every picture of a folder against the schema of the result"),
    "crash-scan": Part("crash_scan", "a scan that is killed 100 times"),
    "crash-import": Part("crash_import", "an import that is killed at random moments"),
    "soak-import": Part("soak_import", "10,000 photos imported in bounded memory"),
    "hostile-tree": Part("hostile_tree", "everything that can be wrong with an archive"),
    "fuzz-api": Part("fuzz_api", "thousands of odd requests to the service"),
    "fuzz-containers": Part("fuzz_containers", "damaged zips and tars by the thousand"),
    "fuzz-photos": Part("fuzz_photos", "damaged photos by the hundred"),
    "install-trial": Part("install_trial", "try.sh and test.sh in bare Debian and Ubuntu, as root and as a user"),
    "try-versions": Part("try_versions", "the tests with the newest and with the lowest versions"),
}

if __name__ == "__main__":
    sys.exit(run_part("scripts.proofs", PARTS, sys.argv[1:]))
