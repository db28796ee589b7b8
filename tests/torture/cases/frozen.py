# SPDX-License-Identifier: MIT
"""Processes that stand still, with cprof or without it; other clocks.

A laptop that sleeps, a container that is paused, a debugger's user who
stops everything: whoever goes on finds the recording going on.
"""
import json
import os
import signal
import subprocess
import time

from harness import (CPROF, TMP, TOP, Process, attach, build, children, comm,
                     family, kill, need_tracing, not_held, readable, record,
                     remove_profile, setup, show_status, state, wait_until)

PROFILE = os.path.join(TMP, "f.prof")
STILL_S = 1.2
FREEZER = "/sys/fs/cgroup/freezer"
UNIFIED = ("/sys/fs/cgroup/unified", "/sys/fs/cgroup")
RATE = ["-F", "1000", "--max-overhead", "off"]

tap = setup()
need_tracing()
gaps = build("gaps")
TURNS, TURN_MS = 20, 10
LIB = os.path.join(os.environ.get("CPROF_OBJ") or
                   os.path.join(TOP, "build/obj"), "libcprof.a")
COMMAND = [gaps, "2", "2500"]


class Group:
    """Processes that are frozen together."""

    def __init__(self):
        name = "cprof-torture-%d" % os.getpid()
        self.file = None
        for root, file in [(FREEZER, "freezer.state")] + \
                [(root, "cgroup.freeze") for root in UNIFIED]:
            self.folder = os.path.join(root, name)
            try:
                os.mkdir(self.folder)
            except OSError:
                continue
            if os.path.exists(os.path.join(self.folder, file)):
                self.file = file
                return
            os.rmdir(self.folder)

    def write(self, file, text):
        with open(os.path.join(self.folder, file), "w") as out:
            out.write(text)

    def add(self, pid):
        self.write("cgroup.procs", str(pid))

    def freeze(self):
        self.write(self.file, "FROZEN" if "state" in self.file else "1")

    def thaw(self):
        self.write(self.file, "THAWED" if "state" in self.file else "0")

    def close(self):
        def gone():
            try:
                os.rmdir(self.folder)
            except OSError:
                return False
            return True
        wait_until(gone, 5)


def judge(name, process, speaker=None, whole=True):
    """All of them ended as if nothing had been."""
    status = process.wait()
    problems = []
    if speaker:
        if status != 0:
            problems.append("cprof: " + show_status(status))
        status = speaker.wait()
    if status != 7 << 8:
        problems.append("program: " + show_status(status))
    problems += readable(PROFILE)
    if whole and not os.path.exists(PROFILE):
        problems.append("the recording did not go on")
    if problems:
        problems.append("cprof says: " + process.err())
    remove_profile(PROFILE)
    tap.check(name, problems)


def started():
    process = record(["-o", PROFILE, *RATE], COMMAND)
    wait_until(lambda: len(family(process.pid)) >= 3)
    time.sleep(0.4)
    return process


def all_stopped(order):
    """SIGSTOP for each, SIGCONT for each, one right after the other."""
    process = started()
    everybody = sorted(family(process.pid), reverse=order == "children first")
    for pid in everybody:
        kill(pid, signal.SIGSTOP)
    time.sleep(STILL_S)
    for pid in everybody:
        kill(pid, signal.SIGCONT)
    judge("cprof and the program are stopped for %.1f s, %s" %
          (STILL_S, order), process)


def all_frozen():
    group = Group()
    name = "cprof and the program are frozen for %.1f s" % STILL_S
    if not group.file:
        tap.skip(name, "no freezer here")
        return
    process = Process([CPROF, "record", "-o", PROFILE, *RATE, "--", *COMMAND],
                      "rec", preexec_fn=lambda: group.add(0))
    time.sleep(0.6)
    group.freeze()
    time.sleep(STILL_S)
    group.thaw()
    judge(name, process)
    group.close()


def program_frozen(leave):
    """As `docker pause` does; cprof stays outside, and may leave."""
    group = Group()
    name = "the program is frozen for %.1f s%s" % (
        STILL_S, ", and cprof leaves meanwhile" if leave else "")
    if not group.file:
        tap.skip(name, "no freezer here")
        return
    target = Process(COMMAND, "target", preexec_fn=lambda: group.add(0))
    process = attach(target.pid, ["-o", PROFILE, *RATE,
                                  "-d", "800ms" if leave else "1m"])
    time.sleep(0.5)
    group.freeze()
    begun = time.monotonic()
    problems = []
    if leave:
        status = process.wait(20)
        took = time.monotonic() - begun
        if status != 0:
            problems.append("cprof: %s, %s" % (show_status(status),
                                               process.err()))
        if took > 5:
            problems.append("cprof needed %.1f s to leave" % took)
        problems += readable(PROFILE)
        group.thaw()
        problems += not_held(target.pid)
        if target.wait() != 7 << 8:
            problems.append("program: " + show_status(target.status))
        remove_profile(PROFILE)
        tap.check("%s (it took %.1f s)" % (name, took), problems)
    else:
        time.sleep(STILL_S)
        group.thaw()
        judge(name, process, target)
    group.close()


def attach_to_frozen():
    """Nobody waits for ever for what does not move."""
    group = Group()
    name = "a frozen program is attached to"
    if not group.file:
        tap.skip(name, "no freezer here")
        return
    target = Process(COMMAND, "target", preexec_fn=lambda: group.add(0))
    time.sleep(0.3)
    group.freeze()
    begun = time.monotonic()
    process = attach(target.pid, ["-o", PROFILE, *RATE, "-d", "500ms"])
    status = process.wait(20)
    took = time.monotonic() - begun
    problems = [] if took < 10 else ["cprof needed %.1f s" % took]
    if status not in (0, 125 << 8):
        problems.append("cprof: " + show_status(status))
    group.thaw()
    problems += not_held(target.pid)
    if target.wait() != 7 << 8:
        problems.append("program: " + show_status(target.status))
    remove_profile(PROFILE)
    tap.check("%s: %s (%.1f s)" % (name, show_status(status), took), problems)
    group.close()


def turns(path):
    """Of the region of that name: (number, milliseconds)"""
    done = subprocess.run([CPROF, "report", "--by", "region", "--json", path],
                          capture_output=True, text=True, check=False)
    for region in json.loads(done.stdout or "{}").get("rows", []):
        if region["name"] == "turn":
            return region["calls"], region["total_ns"] / 1e6
    return 0, 0


def other_clocks(name, ahead):
    """Times of regions are read from the program's memory."""
    if not os.path.exists(LIB):
        tap.skip(name, "no " + LIB)
        return
    command = ["unshare", "-T", "-f", "--monotonic", str(ahead),
               "--boottime", str(ahead), clocks, str(TURNS), str(TURN_MS)]
    alone = Process(command, "alone")
    if alone.wait() != 7 << 8:
        tap.skip(name, "no time namespace is to be had here")
        return
    process = record(["-o", PROFILE], command)
    status = process.wait()
    problems = [] if status == 7 << 8 else [show_status(status)]
    problems += readable(PROFILE)
    count, ms = turns(PROFILE)
    if count != TURNS or not 0.9 * TURNS * TURN_MS < ms:
        problems.append("%d regions, %.0f ms in all" % (count, ms))
    if problems:
        problems.append("cprof says: " + process.err())
    remove_profile(PROFILE)
    tap.check("%s: %d regions, %.0f ms" % (name, count, ms), problems)


def memory_of_others():
    """A read of it does not return: the program goes on without cprof."""
    name = "the sampler waits for memory that nobody provides"
    provided = build("provided")
    if Process([provided], "alone").wait() == 77 << 8:
        tap.skip(name, "userfaultfd is not allowed here")
        return
    target = Process([provided], "target")
    process = attach(target.pid, ["-o", PROFILE, *RATE, "-d", "500ms"])
    if target.wait() != 9 << 8:
        target_problems = ["program: " + show_status(target.status)]
    else:
        target_problems = []
    status = process.wait(20)
    problems = target_problems + readable(PROFILE)
    if status not in (0, 125 << 8):
        problems.append("cprof: " + show_status(status))
    # It was let go, or the recording says what is missing.
    if status == 0 and "missed" not in process.err():
        problems.append("nobody was told: " + process.err())
    remove_profile(PROFILE)
    tap.check("%s (%s)" % (name, show_status(status)), problems)


for how in ("parents first", "children first"):
    all_stopped(how)
all_frozen()
program_frozen(False)
program_frozen(True)
attach_to_frozen()
memory_of_others()
clocks = build("clocks", "-I" + os.path.join(TOP, "lib/mark"), LIB) \
    if os.path.exists(LIB) else None
other_clocks("a program whose clocks are a day ahead", 86400)
other_clocks("a program whose clocks are a minute behind", -60)
tap.finish()
