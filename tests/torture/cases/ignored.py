# SPDX-License-Identifier: MIT
"""Signals that a program ignores are not seen by it when it is traced.

The kernel tells nobody of them; a thread that is traced wakes up, and some
calls would answer with EINTR.  They are made again, and their time-outs end.
"""
from harness import build, need_tracing, setup, trials
from ways import ATTACHED, LAUNCHED, check_same

COUNT, WAIT_MS = trials(80), 20
# From one signal to the next, and by how much sums may be longer: a call
# that is made again begins anew, and ends with a signal after its time.
STORMS = ((30000, 1.6), (3000, 1.5))

tap = setup()
need_tracing()
ignored = build("ignored")
for every_us, longer in STORMS:
    runs = check_same(
        tap, "%d waits of %d ms, and each %g ms a signal that is ignored: "
        "none is interrupted" % (COUNT, WAIT_MS, every_us / 1000),
        [ignored, str(COUNT), str(every_us)], (), (LAUNCHED, ATTACHED))
    truth = runs[0].figures["ms"]
    problems = []
    for run in runs[1:]:
        took = run.figures.get("ms", 1e9)
        tap.note("%.0f ms, without cprof %.0f" % (took, truth))
        if took > truth * longer:
            problems.append("%.0f ms instead of %.0f" % (took, truth))
    tap.check("and all end in time", problems)
tap.finish()
