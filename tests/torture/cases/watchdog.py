# SPDX-License-Identifier: MIT
"""A sampler that stands still: stopped, or in a call that does not return.

The program goes on within 250 ms, with its own exit status, and cprof says
what happened.  One that is only slow, or whose program stands still for
reasons of its own, is left alone.
"""
import contextlib
import os
import signal
import time

from harness import (Process, attach, build, helper, kill, need_tracing,
                     not_held, readable, record, remove_profile, setup,
                     show_status, state, trials, wait_until)
from ways import figures, plain

HELD_MAX_MS = 250
MS = 1500
PROFILE = "d.prof"
RATE = ["-F", "1000", "--max-overhead", "off"]
SAYS = "the sampler did not answer"

tap = setup()
need_tracing()
gaps = build("gaps")
hang = build("hang", "-shared", "-fPIC", "-ldl")
COMMAND = [gaps, "1", str(MS)]


def one_cpu():
    """In a child: it and its own share what was the last CPU of ours."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


@contextlib.contextmanager
def full_machine():
    """Meanwhile, five more want each CPU."""
    crowd = Process([gaps, str(5 * os.cpu_count()), "100000"], "crowd")
    try:
        yield
    finally:
        kill(crowd.pid, signal.SIGKILL)
        crowd.wait()


def start(way, environment, prepare):
    """cprof and the program, recording."""
    how = {"env": environment, "preexec_fn": prepare}
    if way == "launched":
        process = record(["-o", PROFILE, *RATE], COMMAND, **how)
        return process, program_of(process.pid), process
    target = Process(COMMAND, "target", preexec_fn=prepare)
    process = attach(target.pid, ["-o", PROFILE, *RATE], **how)
    return process, target.pid, target


def awaited(look, what, seconds=20):
    """What `look` finds, which may take a busy machine some time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = look()
        if found:
            return found
        time.sleep(0.002)
    raise TimeoutError("no %s in %d s" % (what, seconds))


def program_of(cprof):
    def look():
        for line in os.popen("pgrep -P %d -x gaps" % cprof):
            return int(line)
        return 0

    return awaited(look, "program")


def sampler_of(cprof):
    return awaited(lambda: helper(cprof, "sampler"), "sampler")


def stop_it(sampler):
    kill(sampler, signal.SIGSTOP)


def hang_by_itself(_):
    """See targets/hang.c."""
    time.sleep(0.2)


def hanging(how):
    return dict(os.environ, LD_PRELOAD=hang, HANG=how)


def stall(way, how, noise_ms, environment, prepare):
    """One trial: (problems, the longest time that the program stood)."""
    process, target, speaker = start(way, environment, prepare)
    sampler = sampler_of(process.pid)
    time.sleep(0.4)
    how(sampler)
    for _ in range(10):     # whoever was not stopped is now
        time.sleep(0.02)
        kill(target, signal.SIGUSR1)
    wait_until(lambda: state(sampler) in ("", "Z"), 3)
    problems = [] if state(sampler) in ("", "Z") else \
        ["the sampler is still there"]
    kill(sampler, signal.SIGCONT)
    problems += not_held(target) if way == "attached" else []
    status = process.wait()
    if way == "attached":
        if status != 125 << 8:
            problems.append("cprof: " + show_status(status))
        status = speaker.wait()
    if status != 7 << 8:
        problems.append("program: " + show_status(status))
    found = figures(speaker.err())
    gap = found.get("gap_us", 0) / 1000
    if gap > HELD_MAX_MS + noise_ms:
        problems.append("it stood still for %.0f ms" % gap)
    if SAYS not in process.err():
        problems.append("cprof said: " + process.err())
    problems += readable(PROFILE)
    remove_profile(PROFILE)
    return problems, gap


def noise(prepare):
    return plain(COMMAND, preexec_fn=prepare).figures["gap_us"] / 1000


def stalls(name, way, how, count, environment=None, prepare=None):
    problems, seen = [], []
    for _ in range(count):
        for _ in range(2):      # a machine at work may be the cause, once
            noise_ms = noise(prepare)
            found, gap = stall(way, how, noise_ms, environment, prepare)
            seen.append(gap)
            if not found:
                break
            tap.note("%s, %s: %s" % (way, name, "; ".join(found)))
        problems += found
    tap.check("%s, %s: the program goes on within %d ms (%s ms seen)" %
              (way, name, HELD_MAX_MS, ", ".join("%.0f" % g for g in seen)),
              problems)


def no_false_alarm(name, disturb, seconds=1.2):
    process = record(["-o", PROFILE, *RATE], COMMAND)
    target = program_of(process.pid)
    sampler = sampler_of(process.pid)
    time.sleep(0.2)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        disturb(process.pid, target, sampler)
    status = process.wait()
    problems = [] if status == 7 << 8 else [show_status(status)]
    if SAYS in process.err():
        problems.append(process.err())
    if not os.path.exists(PROFILE):
        problems.append("no profile: " + process.err())
    remove_profile(PROFILE)
    tap.check("left alone: " + name, problems)


def signals(_, target, __):
    kill(target, signal.SIGUSR1)


def short_breaks(_, __, sampler):
    kill(sampler, signal.SIGSTOP)
    time.sleep(0.06)
    kill(sampler, signal.SIGCONT)
    time.sleep(0.03)


def all_stand_still(cprof, target, sampler):
    """As a machine, or a group in the freezer, that is suspended."""
    for pid in (cprof, sampler, target):
        kill(pid, signal.SIGSTOP)
    time.sleep(0.4)
    for pid in (target, sampler, cprof):
        kill(pid, signal.SIGCONT)
    time.sleep(0.2)


def job_stops(_, target, __):
    """cprof stops with its program: it is to be continued, too."""
    kill(target, signal.SIGSTOP)
    time.sleep(0.3)
    kill(target, signal.SIGCONT)
    time.sleep(0.2)


for each in ("launched", "attached"):
    stalls("sampler stopped", each, stop_it, trials(2))
    stalls("the copy of a stack hangs", each, hang_by_itself, 1,
           hanging("copy"))
    stalls("a read hangs", each, hang_by_itself, 1, hanging("read"))
    stalls("an endless loop", each, hang_by_itself, 1, hanging("loop"))
    # Where it may, the sampler is real-time: nobody else would get the CPU.
    stalls("an endless loop on the only CPU", each, hang_by_itself, 1,
           hanging("loop"), one_cpu)
    with full_machine():
        stalls("sampler stopped, on a full machine", each, stop_it, trials(1))
        stalls("a loop, on a full machine", each, hang_by_itself, 1,
               hanging("loop"))
no_false_alarm("a program with many signals", signals)
no_false_alarm("a sampler that gets no CPU for 60 ms at a time",
               short_breaks)
no_false_alarm("a machine that stands still", all_stand_still)
no_false_alarm("a program stopped by job control", job_stops)
tap.finish()
