# SPDX-License-Identifier: MIT
"""Storms of threads and processes: the cost is told as it is.

Each start stops the program twice, whatever the rate, so that it runs at a
fraction of its speed.  The estimate may neither hide that nor be more than
the machine has.  How much it is off is printed; on a machine with other work
to do, only the bounds hold.

Where all share a CPU, what the sampler uses of it is the program's.
"""
import json
import os
import subprocess
import time

from harness import (CPROF, Process, build, need_tracing, readable, record,
                     remove_profile, setup, show_status)

PROFILE = "c.prof"
# Of what the program lost in time; at least this much must be told.
TOLD_MIN = 0.1
# Frames, so that unwinding a stop takes far longer than the stop itself.
DEEP = 1000
# The CPU may be idle before the program starts and after it has ended.
OWN_MIN = 0.9

tap = setup()
need_tracing()
threads = build("threads")
processes = build("processes")
deep = build("deep")


def timed(process):
    start = time.monotonic()
    status = process.wait(60)
    return time.monotonic() - start, status


def totals():
    done = subprocess.run([CPROF, "report", "--json", PROFILE], text=True,
                          capture_output=True, check=True)
    return json.loads(done.stdout)["profile"]


def storm(name, command):
    plain_s = min(timed(Process(command, "plain"))[0] for _ in range(3))
    traced_s, status = timed(record(["-q", "-o", PROFILE], command))
    problems = [] if status == 0 else [show_status(status)]
    problems += readable(PROFILE)
    found = totals()
    remove_profile(PROFILE)
    cost_s, cpu_s = found["cost_ns"] / 1e9, found["cpu_ns"] / 1e9
    lost_s = traced_s - plain_s
    tap.note("%s: %.2f s became %.2f s with %.2f s of CPU time; cost told: "
             "%.2f s" % (name, plain_s, traced_s, cpu_s, cost_s))
    if cost_s > os.cpu_count() * found["wall_ns"] / 1e9:
        problems.append("%.2f s lost in %.2f s on %d CPUs" %
                        (cost_s, found["wall_ns"] / 1e9, os.cpu_count()))
    if cost_s < TOLD_MIN * lost_s:
        problems.append("%.2f s told of %.2f s" % (cost_s, lost_s))
    tap.check(name + ": the cost is told, and no more than there was",
              problems)


def end_of_run():
    done = subprocess.run([CPROF, "inspect", "--json", PROFILE], text=True,
                          capture_output=True, check=True)
    return json.loads(done.stdout)["runs"][0]


def pinned():
    """Long unwinding on the program's only CPU; others may well be idle."""
    cpu = max(os.sched_getaffinity(0))
    process = record(["-q", "--max-overhead", "off", "-o", PROFILE],
                     [deep, str(DEEP), "2000"],
                     preexec_fn=lambda: os.sched_setaffinity(0, {cpu}))
    process.wait(60)
    problems = readable(PROFILE)
    end = end_of_run()
    remove_profile(PROFILE)
    cost_s, own_s = end["cost_ns"] / 1e9, end["own_cpu_ns"] / 1e9
    tap.note("one CPU for all: the sampler used %.2f s of it, cost told: "
             "%.2f s" % (own_s, cost_s))
    if cost_s < OWN_MIN * own_s:
        problems.append("%.2f s told of %.2f s" % (cost_s, own_s))
    tap.check("one CPU for all: the sampler's own time is told as cost",
              problems)


pinned()
storm("20,000 threads", [threads, "storm", "20000"])
storm("3,000 processes", [processes, "fork", "3000"])
tap.finish()
