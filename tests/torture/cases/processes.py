# SPDX-License-Identifier: MIT
"""Processes: forks of all kinds, and how each of them ended."""
from harness import build, need_tracing, setup, trials
from ways import ATTACHED, LAUNCHED, MIDWAY, check_same

RATE = ("-F", "1000", "--max-overhead", "off")
BOTH = (LAUNCHED, ATTACHED)

tap = setup()
need_tracing()
processes = build("processes")


def sweep(mode, count, what, ways=BOTH, options=RATE):
    count = trials(count)
    runs = check_same(tap, "%d %s" % (count, what),
                      [processes, mode, str(count)], options, ways, 120)
    if runs[0].status != 0:
        tap.check("without cprof: " + what, [runs[0].out])
    return runs


forks = sweep("fork", 20000, "forks, each with its own exit status")
tap.note("%.0f forks/s, %.0f with cprof" %
         tuple(run.figures.get("forks_per_s", 0) for run in forks[:2]))
sweep("fork", 5000, "forks that are not followed", BOTH,
      (*RATE, "--no-follow"))
sweep("vfork", 1000, "vforks and spawns that exec", (*BOTH, MIDWAY))
sweep("newborn", 2000, "children killed newborn", (*BOTH, MIDWAY))
sweep("shared", 2000, "processes that share memory, with SIGCHLD, another "
      "signal or none at their end")
sweep("shared", 1000, "processes that share memory and are not followed",
      BOTH, (*RATE, "--no-follow"))
sweep("untraced", 1000, "processes that hide (CLONE_UNTRACED)")
check_same(tap, "a vfork whose child does not exec for a while",
           [processes, "slow-vfork", "600"], RATE, (*BOTH, MIDWAY))
tap.finish()
