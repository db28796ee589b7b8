# SPDX-License-Identifier: MIT
"""kill -9 at the system calls of a short recording, injected by strace.

strace traces one of cprof's three processes, never the program: that can have
one tracer only, and it is the sampler.  Of calls that are made often, a quick
check takes some; with TORTURE_FACTOR, each is taken.
"""
import collections
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time

from harness import (CPROF, FACTOR, TMP, Page, Process, build, children,
                     comm, helper, kill, need_tracing, not_held,
                     readable, reap, record, remove_profile, setup,
                     show_status, state, status_fields, wait_until)

STEPS, STATUS = 20, 37
PROFILE = "c.prof"
LOG = os.path.join(TMP, "calls")
STOPPED = os.path.join(TMP, "stopped")
EACH_OF_FIRST = 6           # of each kind of call ...
LATER = 1.6                 # ... and then each so many times as late
HIT = 0.7                   # of the kills; runs differ a little
LOST_MAX_S = 1

tap = setup()
need_tracing()
if not shutil.which("strace"):
    print("1..0 # SKIP strace is not installed")
    sys.exit(0)
witness = build("witness")
gaps = build("gaps")
stopper = build("wait_start", "-shared", "-fPIC", "-ldl")


def strace(*options):
    return ["strace", "-q", *options]


def kill_at(call, number):
    return ("-o", LOG, "-e", "trace=" + call, "-e",
            "inject=%s:signal=KILL:when=%d" % (call, number))


def orphans():
    return [pid for pid in children(os.getpid())
            if state(pid) not in ("", "Z") and comm(pid) != "strace"]


class Trial:
    """One recording of the witness, one of cprof's processes under strace."""

    def __init__(self, who, options):
        self.page = Page()
        self.tracer = None
        words = [witness, self.page.path, str(STEPS), str(STATUS)]
        command = [CPROF, "record", "-o", PROFILE, "--", *words]
        if who == "cprof":
            self.process = Process(strace(*options) + command, "rec")
            return
        if os.path.exists(STOPPED):
            os.unlink(STOPPED)
        self.process = Process(command, "rec", env=dict(
            os.environ, LD_PRELOAD=stopper, STOP_AT=who, STOP_ONCE=STOPPED))
        self.follow(self.stopped_one(who), options)

    def stopped_one(self, who):
        """The process that waits for its tracer; 0 when none does."""
        found = []

        def stopped():
            # The sampler has no name yet.
            ones = children(self.process.pid) if who == "sampler" else \
                [helper(self.process.pid, who)]
            found[:] = [pid for pid in ones if pid and state(pid) == "T"]
            return found or state(self.process.pid) in ("", "Z")
        wait_until(stopped, 10)
        return found[0] if found else 0

    def follow(self, pid, options):
        if not pid:
            return
        self.tracer = Process(strace("-f", *options, "-p", str(pid)),
                              "strace")

        def traced():
            try:
                return status_fields(pid, pid)["TracerPid"] != "0"
            except OSError:
                return True
        wait_until(traced, 5)
        kill(pid, signal.SIGCONT)

    def end(self):
        """Problems."""
        problems = []
        status = self.process.wait(20)
        # Released just before, it may still be on its way to its program.
        wait_until(lambda: self.page.started or not orphans(), 5)
        if self.page.started:
            problems += not_held(self.page.pid)
            if status is not None and os.WIFSIGNALED(status):
                try:
                    status = reap(self.page.pid)
                except ChildProcessError:   # cprof had reaped it
                    status = STATUS << 8
            if status != STATUS << 8:
                problems.append("the program: " + show_status(status))
            problems += self.counters()
        elif status is None:
            problems.append("it did not end")
        if self.tracer:
            self.tracer.wait(10)
        if self.page.started and (os.path.exists(PROFILE) or
                                  os.path.exists(PROFILE + ".partial")):
            problems += readable(PROFILE)
        elif self.page.started:
            problems.append("no profile")
        if problems:
            problems.append("stderr: " + self.process.err())
        self.page.close()
        remove_profile(PROFILE)
        return problems

    def counters(self):
        if self.page.counters() != (3 * STEPS, 3 * ((STEPS + 7) // 8), 0):
            return ["counters %s" % (self.page.counters(),)]
        return []


def logged():
    with open(LOG, errors="replace") as log:
        return log.readlines()


def count_calls(who):
    """How often each is made, by the thread that makes it most often.

    strace counts each thread's calls by themselves.
    """
    problems = Trial(who, ("-o", LOG)).end()
    if problems:
        tap.check("%s under strace" % who, problems)
        return {}
    threads = collections.defaultdict(collections.Counter)
    for line in logged():
        found = re.match(r"(\d+ +)?(\w+)\(", line)
        if found:
            threads[found.group(1)][found.group(2)] += 1
    counts = collections.Counter()
    for one in threads.values():
        counts |= one
    del counts["execve"]        # of strace itself
    return counts


def moments(count):
    """Which of `count` equal calls to die at."""
    if FACTOR > 1 or count <= EACH_OF_FIRST:
        return range(1, count + 1)
    few, last = list(range(1, EACH_OF_FIRST + 1)), EACH_OF_FIRST
    while last * LATER < count:
        last *= LATER
        few.append(round(last))
    return few + [count]


def sweep(who):
    counts = count_calls(who)
    problems = []
    tried = hit = 0
    for call, count in sorted(counts.items()):
        for number in moments(count):
            tried += 1
            found = Trial(who, kill_at(call, number)).end()
            hit += any("killed by SIGKILL" in line for line in logged())
            problems += ["%s %d: %s" % (call, number, text)
                         for text in found]
    if hit < HIT * tried:
        problems.append("killed in %d of %d trials only" % (hit, tried))
    tap.check("%s killed %d times at system calls (of %d kinds): nobody was "
              "harmed" % (who, hit, len(counts)), problems)
    tap.note("%d trials; up to %d calls of one kind by one thread" %
             (tried, max(counts.values(), default=0)))


def recorded_s():
    """How much time the profile at hand is about."""
    path = PROFILE if os.path.exists(PROFILE) else PROFILE + ".partial"
    done = subprocess.run([CPROF, "report", "--json", path], text=True,
                          capture_output=True, check=False)
    return json.loads(done.stdout)["profile"]["wall_ns"] / 1e9


def losses(who):
    """Of 3 s that were recorded, less than the last one is missing."""
    problems, seen = [], []
    for _ in range(2 if FACTOR > 1 else 1):
        process = record(["-o", PROFILE], [gaps, "1", "4000"])
        wait_until(lambda: helper(process.pid, "sampler"))
        before = time.monotonic()
        time.sleep(2.9)
        victim = process.pid if who == "cprof" else helper(process.pid, who)
        lasted = time.monotonic() - before
        kill(victim, signal.SIGKILL)
        process.wait()
        wait_until(lambda: not any(comm(pid) == "gaps" for pid in
                                   children(os.getpid())), 5)
        there = recorded_s()
        seen.append(lasted - there)
        if lasted - there > LOST_MAX_S + 0.2:
            problems.append("%.2f of %.2f s are there" % (there, lasted))
        remove_profile(PROFILE)
    tap.check("%s killed: at most %d s of samples are lost (%s s)" %
              (who, LOST_MAX_S, ", ".join("%.2f" % s for s in seen)),
              problems)


for one in ("cprof", "sampler", "symbolizer"):
    sweep(one)
for one in ("cprof", "sampler"):
    losses(one)
tap.finish()
