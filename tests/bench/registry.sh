#!/bin/sh
# SPDX-License-Identifier: MIT
# Time and memory of `cprof registry` over 10,000 profiles (COUNT=N: so
# many), with the page cache warm and cold.  Bound: list within 0.5 s, warm.
# The peer of cprof is what any program must do: open each file, read its
# first and last 8 kB, close it.
. "$(dirname "$0")/lib.sh"

need make "$PYTHON"
tool=$BUILD/obj/tools/make_run
make -s "$tool" || cannot "make_run cannot be built"
COUNT=${COUNT:-10000}

cat >"$tmp/measure.py" <<'END'
import os
import subprocess
import sys
import time

DIRECTORY, CPROF = sys.argv[1:3]
BOUND_S = 0.5
COMMANDS = [["list"], ["list", "--json"], ["summary"],
            ["list", "--name", "service-01", "--since", "1h"]]


def paths():
    return [os.path.join(DIRECTORY, name) for name in os.listdir(DIRECTORY)]


def evict():
    """Drop the pages of all files; entries of the directory stay known."""
    for path in paths():
        with open(path, "rb") as file:
            os.fsync(file.fileno())
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def run(words):
    start = time.monotonic()
    child = subprocess.Popen([CPROF, "registry"] + words,
                             stdout=subprocess.DEVNULL,
                             env={**os.environ, "CPROF_OUTPUT_DIR": DIRECTORY})
    _, status, usage = os.wait4(child.pid, 0)
    if status:
        sys.exit("failed: cprof registry %s" % " ".join(words))
    return (time.monotonic() - start, usage.ru_utime + usage.ru_stime,
            usage.ru_maxrss / 1e3)


def peer():
    start = time.monotonic()
    for path in paths():
        fd = os.open(path, os.O_RDONLY)
        size = os.fstat(fd).st_size
        os.pread(fd, 8192, 0)
        os.pread(fd, 8192, max(size - 8192, 0))
        os.close(fd)
    return time.monotonic() - start


count = len(paths())
size = sum(os.path.getsize(path) for path in paths())
print("%d profiles of %.1f kB" % (count, size / count / 1e3))
peer()
best = min(peer() for _ in range(5))
print("only opened and read, by Python: %.3f s" % best)
for words in COMMANDS:
    wall, cpu, megabytes = min(run(words) for _ in range(5))
    print("%s, warm: %.3f s (%.2f of the bound), %.3f s CPU, %.0f MB" %
          (" ".join(words), wall, wall / BOUND_S, cpu, megabytes))
evict()
print("only opened and read, cold: %.3f s" % peer())
evict()
print("list, cold: %.3f s wall, %.3f s CPU" % run(["list"])[:2])
END

mkdir "$tmp/profiles"
"$tool" --many "$tmp/profiles" "$COUNT"
"$PYTHON" "$tmp/measure.py" "$tmp/profiles" "$CPROF"
