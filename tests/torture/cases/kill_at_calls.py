# SPDX-License-Identifier: MIT
"""kill -9 at the system calls of a short recording, injected by strace.

strace traces cprof, or its sampler and the symbolizer, never the program:
that can have one tracer only, and it is the sampler.
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
NEVER_STARTED = 125
OF_EACH = 6                 # kills at each kind of call
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
    return ("-o", "/dev/null", "-e", "trace=" + call, "-e",
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
        self.process = Process(command, "rec",
                               env=dict(os.environ, LD_PRELOAD=stopper))
        self.follow_sampler(options)

    def follow_sampler(self, options):
        sampler = []

        def stopped():
            sampler[:] = [pid for pid in children(self.process.pid)
                          if state(pid) == "T"]
            return sampler
        if not wait_until(stopped, 5):
            return
        self.tracer = Process(strace("-f", *options, "-p", str(sampler[0])),
                              "strace")

        def traced():
            try:
                return status_fields(sampler[0],
                                     sampler[0])["TracerPid"] != "0"
            except OSError:
                return True
        wait_until(traced, 5)
        kill(sampler[0], signal.SIGCONT)

    def end(self):
        """Problems."""
        problems = []
        self.killed = False
        status = self.process.wait(20)
        # Released just before, it may still be on its way to its program.
        wait_until(lambda: self.page.started or not orphans(), 5)
        if self.page.started:
            problems += not_held(self.page.pid)
            if status is not None and os.WIFSIGNALED(status):
                self.killed = True
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
            if status == NEVER_STARTED << 8:
                self.killed = True
        if self.page.started and (os.path.exists(PROFILE) or
                                  os.path.exists(PROFILE + ".partial")):
            problems += readable(PROFILE)
        elif self.page.started:
            problems.append("no profile")
        self.killed |= bool(re.search("killed by signal 9",
                                      self.process.err()))
        if problems:
            problems.append("stderr: " + self.process.err())
        self.page.close()
        remove_profile(PROFILE)
        return problems

    def counters(self):
        if self.page.counters() != (3 * STEPS, 3 * ((STEPS + 7) // 8), 0):
            return ["counters %s" % (self.page.counters(),)]
        return []


def count_calls(who):
    trial = Trial(who, ("-o", LOG))
    problems = trial.end()
    if problems:
        tap.check("%s under strace" % who, problems)
        return {}
    counts = collections.Counter()
    with open(LOG, errors="replace") as log:
        for line in log:
            found = re.match(r"(\d+ +)?(\w+)\(", line)
            if found:
                counts[found.group(2)] += 1
    del counts["execve"]        # of strace itself
    return counts


def moments(count):
    """Which of `count` equal calls to die at; later ones rarer."""
    most = int(OF_EACH * FACTOR)
    if count <= most:
        return range(1, count + 1)
    ratio = count ** (1 / (most - 1))
    return sorted({max(1, round(ratio ** i)) for i in range(most)})


def sweep(who):
    counts = count_calls(who)
    problems = []
    tried = 0
    for call, count in sorted(counts.items()):
        for number in moments(count):
            tried += 1
            found = Trial(who, kill_at(call, number)).end()
            problems += ["%s %d: %s" % (call, number, text)
                         for text in found]
    tap.check("%s killed at %d of its %d calls, of %d kinds: nobody was "
              "harmed" % (who, tried, sum(counts.values()), len(counts)),
              problems)


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


for one in ("cprof", "sampler"):
    sweep(one)
for one in ("cprof", "sampler"):
    losses(one)
tap.finish()
