# SPDX-License-Identifier: MIT
"""Calls that move many bytes at once: mended, or counted."""
import json
import os
import random
import shutil
import subprocess
import time

from harness import (CPROF, Process, attach, build, children, comm, kill,
                     need_tracing, not_held, readable, record, remove_profile,
                     setup, show_status, trials)
from ways import ATTACHED, LAUNCHED, PROFILE, attached, figures, plain

RATE = ("-F", "1000", "--max-overhead", "off")
MS = 250
SOURCES = ("read", "pread", "readv", "large", "random", "getrandom")
OTHERS = ("pipe", "nonblocking", "socket", "vector", "message", "sendfile",
          "file", "datagrams", "waitall")
KILLS = 6
CALLS = 16      # the first stops, and what follows them

tap = setup()
need_tracing()
transfers = build("transfers")


def losses():
    done = subprocess.run([CPROF, "inspect", "--json", PROFILE], text=True,
                          capture_output=True, check=False)
    if done.returncode:
        return {}
    return json.loads(done.stdout)["runs"][0]["losses"]


def once(how, mode):
    """(problems, figures of the program, cut by what cprof says)"""
    command = [transfers, mode, str(MS)]
    if how == LAUNCHED:
        process = record(["-o", PROFILE, *RATE], command)
        status, said = process.wait(60), figures(process.err())
        problems = []
    else:
        run = attached(command, RATE, 60)
        status, said, problems = run.status, run.figures, run.problems
    if status != 13 << 8:
        problems.append("%s: %s" % (how, show_status(status)))
    problems += readable(PROFILE)
    counted = losses().get("transfers_cut", -1)
    remove_profile(PROFILE)
    return problems, said, counted


def mended(mode):
    problems = []
    for how in (LAUNCHED, ATTACHED):
        found, said, counted = once(how, mode)
        problems += found
        if said.get("cut_short") != 0 or not said.get("transfers"):
            problems.append("%s: %s" % (how, said))
        if counted != 0:
            problems.append("%s: cprof counts %d" % (how, counted))
        tap.note("%s: %d transfers" % (mode, said.get("transfers", 0)))
    tap.check("%s: from a source without state, no call ends early" % mode,
              problems)


def counted_as_seen(mode):
    problems = []
    for how in (LAUNCHED, ATTACHED):
        found, said, counted = once(how, mode)
        problems += found
        seen = said.get("cut_short", -1)
        # Without waiting, what there is no room for is put later.
        if mode == "nonblocking":
            seen = 0
        # The last may be of either side, and of a stop at its very end.
        if abs(counted - seen) > 2 + seen / 10:
            problems.append("%s: the program saw %d, cprof counts %d" %
                            (how, seen, counted))
        tap.note("%s, %s: %d of %d were cut short, and %d counted" %
                 (mode, how, said.get("cut_short", -1),
                  said.get("transfers", -1), counted))
    tap.check("%s: no byte is lost, and what a stop cut short is counted" %
              mode, problems)


def killed():
    """What a call had done when cprof was killed is all that may be seen."""
    process = Process([transfers, "large", str(400 * KILLS)])
    problems = []
    for _ in range(trials(KILLS)):
        cprof = attach(process.pid, ["-q", "-o", PROFILE, *RATE])
        time.sleep(random.uniform(0.05, 0.2))
        for child in children(cprof.pid):
            if comm(child) == "cprof-sampler":
                kill(child, 9)
        cprof.wait(20)
        problems += not_held(process.pid)
        remove_profile(PROFILE)
    status = process.wait(60)
    said = figures(process.err())
    if status != 13 << 8:
        problems.append("%s\n%s" % (show_status(status), process.out()))
    if said.get("cut_short", 99) > KILLS:
        problems.append("%s" % said)
    tap.check("%d times the sampler was killed while reads were made again: "
              "%d of %d ended early" % (trials(KILLS),
                                        said.get("cut_short", -1),
                                        said.get("transfers", -1)), problems)


def killed_at_calls():
    """By strace, which follows cprof and its helpers, not the program."""
    name = "killed at each of %d calls of ptrace: one read ends early at the " \
        "most" % trials(CALLS)
    if not shutil.which("strace"):
        tap.skip(name, "strace is not installed")
        return
    problems = []
    again = cut = 0
    for number in range(1, trials(CALLS) + 1):
        process = Process([transfers, "getrandom", "400"])
        strace = Process(
            ["strace", "-f", "-q", "-o", "ptraced", "-e", "trace=ptrace",
             "-e", "inject=ptrace:signal=KILL:when=%d" % number, CPROF,
             "record", "-q", "-o", PROFILE, "-p", str(process.pid), *RATE],
            "strace")
        strace.wait(20)
        problems += not_held(process.pid)
        status = process.wait(20)
        said = figures(process.err())
        cut += said.get("cut_short", 0)
        if status != 13 << 8 or said.get("cut_short", 9) > 1:
            problems.append("%d: %s, %s" % (number, show_status(status),
                                            said))
        with open("ptraced", errors="replace") as log:
            again += "PTRACE_SYSCALL" in log.read()
        remove_profile(PROFILE)
    if not again:
        problems.append("no read was made again")
    tap.check(name, problems)
    tap.note("%d reads ended early, all of them when cprof died; some were "
             "made again in %d trials" % (cut, again))


def blocks_of_dd():
    """What started it: 0+20 records of 64 MiB."""
    command = ["dd", "if=/dev/zero", "of=/dev/null", "bs=64M", "count=20"]
    truth = plain(command).err.splitlines()[:2]
    process = record(["-q", "-o", PROFILE], command)
    status = process.wait(60)
    said = process.err().splitlines()[:2]
    problems = readable(PROFILE)
    if status != 0 or said != truth:
        problems.append("%s: %s" % (show_status(status), said))
    remove_profile(PROFILE)
    tap.check("dd with blocks of 64 MiB copies all of them", problems)


for one in SOURCES:
    mended(one)
for one in OTHERS:
    counted_as_seen(one)
blocks_of_dd()
killed()
killed_at_calls()
tap.finish()
