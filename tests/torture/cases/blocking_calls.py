# SPDX-License-Identifier: MIT
"""21 blocking calls: nobody sees an EINTR, no time-out gets longer."""
import time

from harness import (Process, attach, build, need_tracing, record,
                     remove_profile, setup, show_status, trials)

PROFILE = "b.prof"
CALLS = 21
LONGER = 1.05       # than without cprof

tap = setup()
need_tracing()
blocking = build("blocking", "-lrt", "-Wno-missing-field-initializers")


def results(process, problems):
    """Name -> (rounds, EINTRs, failures, seconds)."""
    status = process.wait(30)
    if status != 0:
        problems.append("%s\n%s" % (show_status(status), process.err()))
    found = {}
    for line in process.out().splitlines():
        name, *numbers = line.split()
        rounds, interrupted, failed, took = map(int, numbers)
        found[name] = (rounds, interrupted, failed, took / 1e9)
    if len(found) != CALLS:
        problems.append("%d calls of %d" % (len(found), CALLS))
    return found


def start(how, milliseconds, rounds, rate):
    command = [blocking, str(milliseconds), str(rounds)]
    if how == "launched":
        return record(["-q", "-F", str(rate), "-o", PROFILE], command), None
    target = Process(command)
    time.sleep(0.05)
    # The calls run in its children; attach to them all.
    pids = open("/proc/%d/task/%d/children" %
                (target.pid, target.pid)).read().split()
    return target, attach(",".join([str(target.pid)] + pids),
                          ["-q", "-F", str(rate), "-o", PROFILE])


def compare(how, milliseconds, rounds, rate, timed=True):
    problems = []
    # At the same time, so that what else goes on here delays both.
    untouched = Process([blocking, str(milliseconds), str(rounds)], "plain")
    target, cprof = start(how, milliseconds, rounds, rate)
    traced = results(target, problems)
    plain = results(untouched, problems)
    if cprof and cprof.wait() != 0:
        problems.append("cprof: %s\n%s" % (show_status(cprof.status),
                                           cprof.err()))
    # The call that the first stop hits starts again, with its whole time.
    allowed = milliseconds / 1000 if how == "attached" else 0
    total = 0
    worst = ("", 0)
    for name, (count, interrupted, failed, took) in sorted(traced.items()):
        total += count
        nominal = milliseconds * rounds / 1000
        longer = took / max(nominal, plain.get(name, (0, 0, 0, 0))[3])
        worst = max(worst, (name, longer), key=lambda one: one[1])
        if interrupted:
            problems.append("%s: %d EINTRs in %d calls" %
                            (name, interrupted, count))
        if failed:
            problems.append("%s: %d of %d calls failed" %
                            (name, failed, count))
        if timed and took - allowed > took / longer * LONGER:
            problems.append("%s: %.3f s became %.3f s" %
                            (name, took / longer, took))
    if not remove_profile(PROFILE):
        problems.append("there is no profile")
    tap.note("%d calls; longest: %s, %.1f %% of without cprof" %
             (total, worst[0], 100 * worst[1]))
    tap.check("%s at %d Hz, %d ms: no EINTR%s" %
              (how, rate, milliseconds,
               ", time-outs within 5 %" if timed else ""), problems)


more = trials(1)
for way in ("launched", "attached"):
    compare(way, 20, 100 * more, 1000)
    compare(way, 250, 8 * more, 1000)
compare("launched", 20, 100 * more, 99)
# As many stops as can be, to meet calls that begin at that moment.
compare("launched", 3, 600 * more, 5000, timed=False)
tap.finish()
