# SPDX-License-Identifier: MIT
"""Very many threads, processes, descriptors; ids that are used again."""
import os
import resource
import shutil
import time

from harness import (CPROF, TMP, Process, build, need_tracing, readable,
                     remove_profile, setup, show_status)
from ways import ATTACHED, LAUNCHED, check_same, figures, plain

PROFILE = os.path.join(TMP, "m.prof")
THREADS, PROCESSES, FORKS = 10000, 3000, 3000
ATTACHED_THREADS = 2000
SMALLEST_PID_MAX = 400
WRAP = ("mount -t proc proc /proc; "
        "echo %d >/proc/sys/kernel/pid_max || exit 77; exec \"$@\"" %
        SMALLEST_PID_MAX)

tap = setup()
need_tracing()
many = build("many")


def at_once(mode, count, what, way):
    """As many as there may be, with and without cprof."""
    truth = plain([many, mode, str(count)])
    if truth.status != 27 << 8 or not truth.out.startswith(str(count)):
        tap.skip(what, "there may not be so many here: " + truth.out.strip())
        return
    begun = time.monotonic()
    check_same(tap, what, [many, mode, str(count)], (), (way,), 120)
    tap.note("%.1f s with and without cprof" % (time.monotonic() - begun))


def few_descriptors():
    """The sampler wants two for each thread, and may have 64 in all."""
    def prepare():
        resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    check_same(tap, "300 threads, and 64 descriptors in a process",
               [many, "descriptors", "300"], (), (LAUNCHED, ATTACHED),
               preexec_fn=prepare)


def ids_again():
    """cprof and the program in a namespace with %d ids."""
    name = "ids of processes are used again and again"
    inside = ["unshare", "-pfm", "sh", "-c", WRAP, "sh"]
    program = [many, "forks", str(FORKS)]
    if not shutil.which("unshare"):
        tap.skip(name, "unshare is not installed")
        return
    truth = Process(inside + program, "truth")
    if truth.wait(60) != 27 << 8:
        tap.skip(name, "no namespace with few ids is to be had here")
        return
    process = Process(inside + [CPROF, "record", "-o", PROFILE, "-F", "1000",
                                "--max-overhead", "off", "--", *program],
                      "rec")
    status = process.wait(60)
    problems = readable(PROFILE)
    if status != 27 << 8:
        problems.append(show_status(status))
    if process.out() != truth.out():
        problems.append("%s instead of %s" % (process.out(), truth.out()))
    wraps = figures(process.err()).get("wraps", 0)
    if wraps < 2:
        problems.append("the ids began anew %d times" % wraps)
    if problems:
        problems.append(process.err())
    remove_profile(PROFILE)
    tap.check("%s (%d times)" % (name, wraps), problems)


at_once("threads", THREADS, "10,000 threads at once", LAUNCHED)
at_once("threads", ATTACHED_THREADS, "2,000 threads at once", ATTACHED)
at_once("processes", PROCESSES, "3,000 processes at once", LAUNCHED)
few_descriptors()
ids_again()
tap.finish()
