# SPDX-License-Identifier: MIT
"""Programs of calls that block (targets/blocking.h), alone and sampled."""
import json
import subprocess
import time

from harness import CPROF, Process, attach, record, remove_profile, show_status

PROFILE = "b.prof"
LONGER = 1.05       # than without cprof
TRIES = 3
# The kernel ends the time-outs of sockets at its ticks: what is so much
# longer than asked for hangs on when it began, and is compared where the
# waits are longer.
COARSE = 1.15
# A signal that comes between the work and the call is sent again.
UNTIMED_AFTER_WORK = ("pause",)


class Calls:
    """One of the programs, which tries `count` calls."""

    def __init__(self, tap, program, count):
        self.tap = tap
        self.program = program
        self.count = count
        self.skipped = {}

    def results(self, process, seconds, problems):
        """Name -> (rounds, EINTRs, failures, seconds)."""
        status = process.wait(seconds)
        if status != 0:
            problems.append("%s\n%s" % (show_status(status), process.err()))
            return {}
        found = {}
        for line in process.out().splitlines():
            name, *rest = line.split()
            if rest[0] == "skip":
                self.skipped[name] = " ".join(rest[1:])
                continue
            rounds, interrupted, failed, took = map(int, rest)
            found[name] = (rounds, interrupted, failed, took / 1e9)
        if len(found) + len(self.skipped) != self.count:
            problems.append("%d calls of %d" % (len(found), self.count))
        return found

    def start(self, how, arguments, options, after_s=0.05):
        command = [self.program, *map(str, arguments)]
        if how == "launched":
            return record([*options, "-o", PROFILE], command), None
        target = Process(command)
        time.sleep(after_s)
        # The calls run in its children; attach to them all.
        with open("/proc/%d/task/%d/children" %
                  (target.pid, target.pid)) as file:
            pids = file.read().split()
        return target, attach(",".join([str(target.pid)] + pids),
                              [*options, "-o", PROFILE])

    def compare(self, how, milliseconds, rounds, rate, work_us=0, timed=True):
        """What is late by other work than ours may be so now and then."""
        for tries in range(TRIES):
            problems, late = self.once(how, milliseconds, rounds, rate,
                                       work_us)
            if problems or not late or not timed:
                break
            self.tap.note("try %d: %s" % (tries + 1, "; ".join(late)))
        self.tap.check("%s at %d Hz, %d ms%s: no EINTR%s" %
                       (how, rate, milliseconds,
                        " after %d us of work" % work_us if work_us else "",
                        ", time-outs within 5 %" if timed else ""),
                       problems + (late if timed else []))

    def asleep(self, milliseconds):
        """Each sleeps in its one call for long when we come."""
        for tries in range(TRIES):
            problems, late = self.once("attached", milliseconds, 1, 1000, 0,
                                       milliseconds / 2000)
            if problems or not late:
                break
            self.tap.note("try %d: %s" % (tries + 1, "; ".join(late)))
        self.tap.check("attached in the middle of calls of %d ms, with frame "
                       "pointers: each time-out within 5 %%" % milliseconds,
                       problems + late)

    def once(self, how, milliseconds, rounds, rate, work_us, after_s=0.05):
        problems = []
        arguments = (milliseconds, rounds, work_us)
        nominal = milliseconds * rounds / 1000
        patience = 60 + 2 * nominal
        # At the same time, so that what else goes on here delays both.
        untouched = Process([self.program, *map(str, arguments)], "plain")
        # At the rate that was asked for, not at what a budget allows.
        target, cprof = self.start(how, arguments, [
            "-q", "-F", str(rate), "--max-overhead", "off"], after_s)
        traced = self.results(target, patience, problems)
        plain = self.results(untouched, patience, problems)
        if cprof and cprof.wait() != 0:
            problems.append("cprof: %s\n%s" % (show_status(cprof.status),
                                               cprof.err()))
        self.tell_stops(nominal)
        if not remove_profile(PROFILE):
            problems.append("there is no profile")
        # The call that the first stop hits starts again, with its time.
        allowed = milliseconds / 1000 if how == "attached" and \
            rounds > 1 else 0
        untimed = UNTIMED_AFTER_WORK if work_us else ()
        untimed += tuple(name for name, found in plain.items()
                         if found[3] > COARSE * nominal)
        return self.judge(traced, plain, nominal, allowed, untimed, problems)

    def tell_stops(self, nominal):
        """How often a stop met one of them: else this proves little."""
        done = subprocess.run([CPROF, "inspect", "--json", PROFILE],
                              text=True, capture_output=True, check=False)
        run = json.loads(done.stdout)["runs"][0] if not done.returncode \
            else {}
        self.tap.note("%d stops/s; %d calls were started again" %
                      (run.get("stops", 0) / nominal,
                       run.get("losses", {}).get("calls_restarted", 0)))

    def judge(self, traced, plain, nominal, allowed, untimed, problems):
        late, worst = [], ("", 0)
        for name, (count, interrupted, failed, took) in traced.items():
            longer = took / max(nominal, plain.get(name, (0, 0, 0, 0))[3])
            if name not in untimed:
                worst = max(worst, (name, longer), key=lambda one: one[1])
            if interrupted:
                problems.append("%s: %d EINTRs in %d calls" %
                                (name, interrupted, count))
            if failed:
                problems.append("%s: %d of %d calls failed" %
                                (name, failed, count))
            if name not in untimed and \
                    took - allowed > took / longer * LONGER:
                late.append("%s: %.3f s became %.3f s" %
                            (name, took / longer, took))
        self.tap.note("%d calls; longest: %s, %.1f %% of without cprof" %
                      (sum(one[0] for one in traced.values()), worst[0],
                       100 * worst[1]))
        return problems, late

    def tell_skipped(self):
        for name, why in sorted(self.skipped.items()):
            self.tap.skip("no EINTR from " + name, why)
