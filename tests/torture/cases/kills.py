# SPDX-License-Identifier: MIT
"""kill -9 of each of cprof's processes, at random times.

Nothing may happen to the program: its counters, output and status are as
without cprof, it is never left stopped or traced, and what was recorded
can be read.
"""
import os
import random
import signal
import time

from harness import (SEED, Page, Process, attach, build, comm, family,
                     helper, kill, need_tracing, not_held, readable, reap,
                     record, remove_profile, setup, show_status, state,
                     trials, wait_until)

STEPS = 60
STATUS = 37
PROFILE = "k.prof"
NEVER_STARTED = 125

tap = setup()
need_tracing()
witness = build("witness")
tap.note("TORTURE_SEED=%d" % SEED)


def plain():
    page = Page()
    process = Process([witness, page.path, str(STEPS), str(STATUS)], "plain")
    before = time.monotonic()
    status = process.wait()
    facts = (status, process.out(), page.counters())
    page.close()
    return facts, time.monotonic() - before


truth, seconds = plain()


def same_as_truth(status, process, page):
    problems = []
    if status != truth[0]:
        problems.append("%s instead of %s" % (show_status(status),
                                              show_status(truth[0])))
    if process.out() != truth[1]:
        problems.append("output %r" % process.out())
    if page.counters() != truth[2]:
        problems.append("counters %s instead of %s" % (page.counters(),
                                                       truth[2]))
    return problems


def helpers_gone(pids):
    """The others of cprof's processes end by themselves."""
    wait_until(lambda: not any(state(pid) not in ("", "Z") for pid in pids),
               10)
    return ["%d (%s) lives on" % (pid, comm(pid)) for pid in pids
            if state(pid) not in ("", "Z")]


def find_victim(cprof, who):
    return cprof if who == "cprof" else helper(cprof, who)


def wait_for_victim(cprof, who):
    """The symbolizer comes late and does not stay."""
    if who != "symbolizer":
        return find_victim(cprof, who)
    found = []

    def look():
        found.append(helper(cprof, who))
        return found[-1] or state(cprof) in ("", "Z")
    wait_until(look, 5)
    return found[-1]


def launched(who):
    """One trial; None when there was nobody to kill, else problems."""
    page = Page()
    process = record(["-o", PROFILE],
                     [witness, page.path, str(STEPS), str(STATUS)])
    time.sleep(random.uniform(0, 0.001 if who == "symbolizer" else
                              seconds * 1.3))
    victim = wait_for_victim(process.pid, who)
    if victim:
        others = [pid for pid in family(process.pid)
                  if comm(pid).startswith("cprof")]
        kill(victim, signal.SIGKILL)
    problems = []
    status = process.wait()
    started = page.started
    if who == "cprof" and victim and started:
        if not os.WIFSIGNALED(status):      # it was about to end
            problems += [] if status == truth[0] else [show_status(status)]
        else:
            problems += not_held(page.pid)
            try:
                status = reap(page.pid)
            except ChildProcessError:       # cprof had reaped it
                status = truth[0]
        problems += same_as_truth(status, process, page)
    elif started:
        problems += same_as_truth(status, process, page)
    elif who != "cprof" and status != NEVER_STARTED << 8:
        problems.append("not started, and " + show_status(status))
    if victim:
        problems += helpers_gone(others)
    if started:
        problems += readable(PROFILE)
    if problems:
        problems.append("stderr: " + process.err())
    page.close()
    remove_profile(PROFILE)
    return problems if victim else None


def attached(who):
    page = Page()
    target = Process([witness, page.path, str(STEPS * 3), str(STATUS)])
    process = attach(target.pid, ["-o", PROFILE, "-d", "60ms"])
    time.sleep(random.uniform(0, 0.12))
    victim = wait_for_victim(process.pid, who)
    if victim:
        others = [pid for pid in family(process.pid)
                  if comm(pid).startswith("cprof")]
        kill(victim, signal.SIGKILL)
    process.wait()
    problems = not_held(target.pid)
    if victim:
        problems += helpers_gone(others)
    status = target.wait()
    if status != truth[0]:
        problems.append("target: " + show_status(status))
    if page.counters() != tuple(3 * n for n in truth[2]):
        # A signal every eighth step, rounded up in each of the three.
        if page.steps != 9 * STEPS or page.interrupted or \
                page.signals != 3 * ((3 * STEPS + 7) // 8):
            problems.append("counters %s" % (page.counters(),))
    if os.path.exists(PROFILE) or os.path.exists(PROFILE + ".partial"):
        problems += readable(PROFILE)
    if problems:
        problems.append("stderr: " + process.err())
    page.close()
    remove_profile(PROFILE)
    return problems if victim else None


def sweep(name, trial, who, wanted):
    """Until `wanted` were killed; twice as many tries at the most."""
    killed = 0
    problems = []
    for i in range(wanted * 3):
        found = trial(who)
        if found is None:
            continue
        killed += 1
        problems += ["trial %d: %s" % (i, text) for text in found]
        if killed == wanted or len(problems) > 10:
            break
    if not killed:
        problems.append("there never was one to kill")
    tap.check("%s: %s killed %d times, nobody was harmed" %
              (name, who, killed), problems)


for one in ("cprof", "sampler"):
    sweep("launched", launched, one, trials(60))
sweep("launched", launched, "symbolizer", trials(20))
for one in ("cprof", "sampler"):
    sweep("attached", attached, one, trials(25))
sweep("attached", attached, "symbolizer", trials(10))
tap.finish()
