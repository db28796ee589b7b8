# SPDX-License-Identifier: MIT
"""Threads: exec from any of them, storms, a first one that has gone."""
import os
import subprocess
import time

from harness import (CPROF, Process, attach, build, helper, need_tracing,
                     readable, remove_profile, setup, show_status, state,
                     trials, wait_until)
from ways import (ATTACHED, LAUNCHED, MIDWAY, PROFILE, START, attached,
                  check_same, figures, launched, plain, same, traced)

RATE = ("-F", "1000", "--max-overhead", "off")
EXECS = trials(1000)
STORM = trials(100000)
GROWTH_MAX_KB = 4096        # of the sampler, from the first tenth on

tap = setup()
need_tracing()
threads = build("threads")


def exec_sweep(mode, count, ways):
    runs = check_same(tap, "%s: %d execs from a thread that is not the first"
                      % (mode, count), [threads, mode, str(count)], RATE,
                      ways, 120)
    if runs[0].status != 23 << 8:
        tap.check("%s without cprof" % mode, [show_status(runs[0].status)])


def size(pid):
    """Memory (kB) and number of descriptors."""
    with open("/proc/%d/status" % pid) as file:
        lines = dict(line.split(":", 1) for line in file)
    return (int(lines["VmRSS"].split()[0]),
            len(os.listdir("/proc/%d/fd" % pid)))


def storm():
    """The sampler's size after a tenth, and at the end, of the threads."""
    command = [threads, "storm", str(STORM)]
    truth = plain(command, 120)
    target = Process(command, "target",
                     env=dict(os.environ, TORTURE_START=START))
    cprof = attach(target.pid, ["-o", PROFILE, *RATE])
    problems = []
    if not wait_until(lambda: traced(target.pid)):
        problems.append("it was not attached to")
    sampler = helper(cprof.pid, "sampler")
    first_descriptors = size(sampler)[1]
    with open(START, "w"):
        pass
    begun = time.monotonic()
    samples = []
    while state(target.pid) not in ("", "Z"):
        try:
            samples.append((time.monotonic() - begun, *size(sampler)))
        except (OSError, KeyError):
            break
        time.sleep(0.05)
    status = target.wait(120)
    cprof.wait(60)
    os.unlink(START)
    out, rate = target.out(), figures(target.err())
    if (status, out) != (truth.status, truth.out):
        problems.append("%s, %r instead of %r" % (show_status(status), out,
                                                  truth.out))
    problems += readable(PROFILE)
    remove_profile(PROFILE)
    tap.note("%s; %.0f threads/s, %.0f without cprof" % (
        cprof.err().splitlines()[0] if cprof.err() else "", rate.get(
            "threads_per_s", 0), truth.figures["threads_per_s"]))
    tap.check("%d threads come and go" % STORM, problems)
    late = [sample for sample in samples if sample[0] > samples[-1][0] / 10]
    grown = late[-1][1] - late[0][1]
    most = max(sample[2] for sample in samples)
    last = samples[-1][2]
    tap.note("sampler: %d kB after a tenth of the time, %d at the end; "
             "descriptors %d at first, %d at the most, %d at the end" %
             (late[0][1], late[-1][1], first_descriptors, most, last))
    problems = []
    if grown > GROWTH_MAX_KB:
        problems.append("%d kB more" % grown)
    # The makers and what they have in the making.
    if last > first_descriptors + 100:
        problems.append("%d descriptors more" % (last - first_descriptors))
    tap.check("the sampler does not grow with them", problems)


def attach_in_storm():
    """Threads are made faster than they can be listed."""
    command = [threads, "storm", str(STORM // 2)]
    problems = []
    truth = plain(command, 120)
    rounds = 0
    target = Process(command, "target")
    while state(target.pid) not in ("", "Z") and rounds < 50:
        cprof = attach(target.pid, ["-o", PROFILE, "-d", "20ms", *RATE])
        status = cprof.wait(20)
        # The last one may come too late.
        if status != 0 and "exited" not in cprof.err() and \
                "no process" not in cprof.err():
            problems.append("cprof: %s, %s" % (show_status(status),
                                               cprof.err()))
        rounds += 1
        remove_profile(PROFILE)
    status = target.wait(120)
    if (status, target.out()) != (truth.status, truth.out):
        problems.append("%s, it wrote %r" % (show_status(status),
                                             target.out()))
    tap.check("attached to and let go %d times while %d threads come and go" %
              (rounds, STORM // 2), problems)


def report(path):
    done = subprocess.run([CPROF, "report", path], capture_output=True,
                          text=True, check=False)
    return done.stdout + done.stderr


def leaderless():
    check_same(tap, "the first thread ends, the others go on",
               [threads, "leaderless", "600"], RATE)
    check_same(tap, "the first thread ends, another one execs",
               [threads, "leaderless-exec"], RATE)
    check_same(tap, "the first thread ends, another one execs, children are "
               "not followed", [threads, "leaderless-exec"],
               (*RATE, "--no-follow"))
    # Attached to when the first one is gone already.
    target = Process([threads, "leaderless", "1500"], "target")
    wait_until(lambda: state(target.pid) == "Z")
    cprof = attach(target.pid, ["-o", PROFILE, *RATE])
    status = target.wait()
    problems = []
    if status != 17 << 8:
        problems.append(show_status(status))
    ended = cprof.wait(20)
    if ended != 0:
        problems.append("cprof: %s; %s" % (show_status(ended), cprof.err()))
    text = report(PROFILE)
    if "outlive" not in text or "work" not in text:
        problems.append("the report does not tell of its threads:\n" + text)
    remove_profile(PROFILE)
    tap.check("attached to when its first thread had ended", problems)


def untraced():
    command = [threads, "untraced", "4000"]
    truth = plain(command)
    for way in (LAUNCHED, ATTACHED):
        run = (launched if way == LAUNCHED else attached)(command, list(RATE),
                                                          60)
        problems = same(run, truth)
        text = report(PROFILE)
        remove_profile(PROFILE)
        if "untraced_work" not in text:
            problems.append("not in the report:\n" + text)
        tap.check("%s: a thread that hides (CLONE_UNTRACED) is found" % way,
                  problems)


exec_sweep("exec", EXECS, (LAUNCHED, ATTACHED))
exec_sweep("busy-exec", EXECS // 4, (LAUNCHED, ATTACHED, MIDWAY))
storm()
attach_in_storm()
leaderless()
untraced()
tap.finish()
