#!/bin/sh
# SPDX-License-Identifier: MIT
# Time and memory of the default report of 1,000,000 samples, nearly every
# one of them with a stack of its own, which is the hardest.  Bounds: 0.3 s
# and 200 MB.
. "$(dirname "$0")/lib.sh"

need make "$PYTHON"
tool=$BUILD/obj/tools/make_profile
make -s "$tool" || cannot "make_profile cannot be built"

cat >"$tmp/measure.py" <<'END'
import os
import resource
import subprocess
import sys
import time

best = None
for _ in range(5):
    start = time.monotonic()
    child = subprocess.Popen(sys.argv[2:], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.monotonic() - start
    if status:
        sys.exit("failed: %s" % " ".join(sys.argv[2:]))
    cpu = usage.ru_utime + usage.ru_stime
    if best is None or wall < best[0]:
        best = (wall, cpu, usage.ru_maxrss)
wall, cpu, kilobytes = best
print("%s: %.3f s wall (%.2f of the bound), %.3f s CPU, %.0f MB "
      "(%.2f of the bound)" % (sys.argv[1], wall, wall / 0.3, cpu,
                               kilobytes / 1e3, kilobytes / 2e5))
END

"$tool" random "$tmp/random.prof" 1000000
"$PYTHON" "$tmp/measure.py" "1,000,000 samples, 1,300,000 stacks" \
	"$CPROF" report --no-pager "$tmp/random.prof"
