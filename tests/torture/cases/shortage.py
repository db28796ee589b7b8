# SPDX-License-Identifier: MIT
"""Memory that is not to be had, and disks that are full or slow.

cprof's own processes fail, never the program: it comes to its end, with its
own status, and what was recorded until then can be read.
"""
import os
import random
import shutil
import signal
import subprocess
import time

from harness import (CPROF, SEED, TMP, Process, attach, build, children, comm,
                     helper, kill, need_tracing, not_held, readable, record,
                     remove_profile, setup, show_status, trials, wait_until)
from ways import figures

PROFILE = os.path.join(TMP, "s.prof")
RATE = ["-F", "1000", "--max-overhead", "off"]
NO_RECORDING = 125
HELD_MAX_MS = 250
TOLD = "memory was refused"
SHORT = "i=0; while [ $i -lt 30000 ]; do i=$((i+1)); done; echo done; exit 7"
ROOM = 3 << 19       # for cprof, and not for its sampler
GROUPS = "/sys/fs/cgroup/memory"

tap = setup()
need_tracing()
failing = build("failing", "-shared", "-fPIC", "-ldl")
gaps = build("gaps")
tap.note("TORTURE_SEED=%d" % SEED)


def without(who, **settings):
    """The environment in which `who` of cprof's lacks something."""
    return dict(os.environ, LD_PRELOAD=failing, FAIL_IN=who,
                **{key: str(value) for key, value in settings.items()})


def one(environment):
    """(problems, did the program start, was all of it recorded, did
    anything fail)"""
    process = record(["-o", PROFILE, *RATE], ["sh", "-c", SHORT],
                     env=environment)
    status = process.wait(40)
    ran = process.out() == "done\n"
    problems = []
    if status == NO_RECORDING << 8 and not process.out():
        pass    # said before the program started
    elif status != 7 << 8 or not ran:
        problems.append("%s, it wrote %r" % (show_status(status),
                                             process.out()))
    whole = os.path.exists(PROFILE)
    if ran and (whole or os.path.exists(PROFILE + ".partial")):
        problems += readable(PROFILE)
    elif ran and "complete" not in process.err():
        # It failed before there was anything to keep.
        if "cprof: " not in process.err():
            problems.append("there is no file, and nobody was told")
    if problems:
        problems.append("cprof says: " + process.err())
    wait_until(lambda: not os.path.exists(PROFILE + ".partial"), 0)
    remove_profile(PROFILE)
    return problems, ran, whole, TOLD in process.err()


def sweep(who, what, settings):
    """One trial for each of `settings`."""
    problems, started, wholes, refused = [], 0, 0, 0
    for setting in settings:
        found, ran, whole, failed = one(without(who, **setting))
        problems += ["%s: %s" % (setting, text) for text in found]
        started += ran
        wholes += whole
        refused += failed
        if len(problems) > 10:
            break
    if refused < len(settings) / 4:
        problems.append("memory was refused %d times only" % refused)
    tap.check("%s: %s (%d trials; memory was refused in %d, it started in %d, "
              "all was recorded in %d)" % (who, what, len(settings), refused,
                                           started, wholes), problems)


def moments(first, last, count):
    """Some of them all, more of the early ones."""
    found = {first}
    while len(found) < count:
        found.add(int(first * (last / first) ** random.random()))
    return sorted(found)


def attached_to():
    """The program was there before, and is there afterwards."""
    problems = []
    for who, every in (("cprof-sampler", 1000), ("cprof-symbols", 1000),
                       ("cprof-sampler", 300)):
        target = Process([gaps, "1", "900"], "target")
        cprof = attach(target.pid, ["-o", PROFILE, *RATE, "-d", "400ms"],
                       env=without(who, FAIL_EVERY=every))
        cprof.wait(30)
        problems += not_held(target.pid)
        if target.wait() != 7 << 8:
            problems.append(show_status(target.status))
        if os.path.exists(PROFILE) or os.path.exists(PROFILE + ".partial"):
            problems += readable(PROFILE)
        remove_profile(PROFILE)
    tap.check("attached: each 1,000th and 300th allocation fails", problems)


def slow_disk():
    """Writes of half a second, and signals that wait for the sampler."""
    process = record(["-o", PROFILE, *RATE], [gaps, "1", "2500"],
                     env=without("cprof-sampler", SLOW_MS=500))
    target = []

    def there():
        target[:] = [pid for pid in children(process.pid)
                     if comm(pid) == "gaps"]
        return target
    wait_until(there)
    time.sleep(0.3)     # it has its handler
    until = time.monotonic() + 2
    while time.monotonic() < until:
        kill(target[0], signal.SIGUSR1)
        time.sleep(0.005)
    status = process.wait()
    gap = figures(process.err()).get("gap_us", 1e9) / 1000
    problems = [] if status == 7 << 8 else [show_status(status)]
    if gap > HELD_MAX_MS:
        problems.append("it stood still for %.0f ms" % gap)
    problems += readable(PROFILE)
    whole = os.path.exists(PROFILE)
    remove_profile(PROFILE)
    tap.check("each write takes 0.5 s, and signals come: it stood still for "
              "%.0f ms (all was recorded: %s)" % (gap, whole), problems)


FULL = """
mount -t tmpfs -o size=%dk none small || exit 77
"$0" record -o small/x.prof -F 5000 --max-overhead off -- sh -c "$1"
status=$?
ls small >&2
for file in small/*; do "$0" inspect $file >/dev/null || status=99; done
exit $status
"""


def full_disk():
    """A small tmpfs of its own."""
    name = "a disk of %d kB is full"
    os.mkdir("small")
    for size in (4, 16, 32, 64):
        process = Process(["unshare", "-rm", "sh", "-c", FULL % size, CPROF,
                           SHORT.replace("30000", "400000")], "full")
        status = process.wait(60)
        if status == 77 << 8 or "unshare" in process.err():
            tap.skip(name % size, "no file system may be mounted here")
            continue
        started = "done" in process.out()
        problems = []
        if started and status != 7 << 8 or \
                not started and status != NO_RECORDING << 8:
            problems.append(show_status(status))
        if "x.prof" in process.err() and "No space left" not in process.err() \
                and "complete" in process.err():
            problems.append("nobody was told why")
        if problems:
            problems.append(process.err())
        tap.check(name % size + (": it runs" if started else
                                 ": it does not start"), problems)
    os.rmdir("small")


def nowhere():
    """What is no place for a profile is said before the program starts."""
    os.mkfifo("fifo")
    problems = []
    for path in ("/dev/full", "fifo"):
        done = subprocess.run([CPROF, "record", "-o", path, "--", "echo",
                               "started"], capture_output=True, text=True,
                              timeout=20, check=False)
        if done.returncode != NO_RECORDING or done.stdout:
            problems.append("%s: %d, %s%s" % (path, done.returncode,
                                              done.stdout, done.stderr))
    os.unlink("fifo")
    tap.check("/dev/full and a FIFO are no place for a profile", problems)


def group_is_full():
    """A group of processes that has room for the program, and no more."""
    name = "where memory is short, it is the sampler that goes"
    folder = os.path.join(GROUPS, "cprof-torture-%d" % os.getpid())
    try:
        os.mkdir(folder)
        with open(folder + "/memory.limit_in_bytes", "w") as file:
            file.write("256M")
    except OSError as error:
        tap.skip(name, "no memory group can be made here: %s" % error)
        return
    # Two of the same size: neither has nearly all.
    hungry = ("import mmap, os, time\n"
              "child = os.fork()\n"
              "m = mmap.mmap(-1, 40 << 20, mmap.MAP_PRIVATE |"
              " mmap.MAP_ANONYMOUS)\n"
              "for i in range(0, 26 << 20, 4096): m[i] = 1\n"
              "time.sleep(0.3)\n"
              "for i in range(26 << 20, 28 << 20, 4096):\n"
              "    m[i] = 1\n    time.sleep(0.0005)\n"
              "raise SystemExit(7 if not child or os.waitpid(child, 0)[1] =="
              " 7 << 8 else 1)\n")

    def join():
        with open(folder + "/cgroup.procs", "w") as file:
            file.write("0")
    command = ["/usr/bin/python3", "-S", "-c", hungry]
    alone = Process(command, "alone", preexec_fn=join)
    if alone.wait() != 7 << 8:
        tap.skip(name, "the program has no room by itself")
    else:
        with open(folder + "/memory.max_usage_in_bytes") as file:
            most = int(file.read())
        with open(folder + "/memory.limit_in_bytes", "w") as file:
            file.write(str(most + ROOM))
        tap.note("by itself it takes %.1f MB" % (most / 1048576))
        process = record(["-o", PROFILE, *RATE], command, preexec_fn=join)
        status = process.wait()
        gone = "the sampler" in process.err()
        # What is left of cprof may still be too much.
        problems = [] if status == 7 << 8 or gone else [show_status(status)]
        problems += readable(PROFILE)
        if problems:
            problems.append(process.err())
        with open(folder + "/memory.max_usage_in_bytes") as file:
            tap.note("with cprof %.1f MB" % (int(file.read()) / 1048576))
        tap.note(process.err().strip())
        remove_profile(PROFILE)
        tap.check("%s (it %s; the program: %s)" % (
            name, "did" if gone else "need not", show_status(status)),
            problems)
    wait_until(lambda: not open(folder + "/cgroup.procs").read(), 5)
    os.rmdir(folder)


sweep("cprof", "one allocation fails",
      [{"FAIL_AT": at} for at in range(1, trials(60))])
sweep("cprof", "all allocations fail from some moment on",
      [{"FAIL_AT": -at} for at in range(1, trials(60), 3)])
sweep("cprof-sampler", "one allocation fails",
      [{"FAIL_AT": at} for at in moments(1, 20000, trials(25))])
sweep("cprof-sampler", "all allocations fail from some moment on",
      [{"FAIL_AT": -at} for at in moments(1, 20000, trials(15))])
sweep("cprof-sampler", "each so-manieth fails",
      [{"FAIL_EVERY": every} for every in (30, 100, 200)])
sweep("cprof-symbols", "one allocation, or all, or each 1,000th fails",
      [{"FAIL_AT": at} for at in moments(1, 20000, trials(10))] +
      [{"FAIL_AT": -at} for at in moments(1, 20000, trials(5))] +
      [{"FAIL_EVERY": 1000}])
attached_to()
slow_disk()
full_disk()
nowhere()
group_is_full()
tap.finish()
