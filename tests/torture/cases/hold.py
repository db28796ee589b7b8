# SPDX-License-Identifier: MIT
"""How long a stop holds a thread, and what is left of the program's speed.

The machine may have other work: what is compared is measured in turns.
"""
import json
import os
import statistics
import subprocess
import time

from harness import (CPROF, Process, attach, build, helper, need_tracing,
                     readable, record, remove_profile, setup, show_status,
                     threads, trials, wait_until)
from ways import figures

PROFILE = "h.prof"
BUSY_THREADS, STOPS_PER_S = 64, 400
SLEEPERS, SLEEP_MS, OWN_CPU_MAX = 1000, 5500, 0.02
HELD_P99_MAX_NS, HELD_MAX_NS = 500000, 10000000
WORK_LEFT = 0.95
TURNS = 4

tap = setup()
need_tracing()
gaps = build("gaps")
sleepers = build("sleepers")


def run_end(path=PROFILE):
    done = subprocess.run([CPROF, "inspect", "--json", path], text=True,
                          capture_output=True, check=True)
    runs = []

    def find(value):
        if isinstance(value, dict):
            if "held_p99_ns" in value:
                runs.append(value)
            for inner in value.values():
                find(inner)
        elif isinstance(value, list):
            for inner in value:
                find(inner)
    find(json.loads(done.stdout))
    return runs[0]


def busy():
    return [gaps, str(BUSY_THREADS), "1500"]


def rate():
    """Per thread, so that all CPUs together give the stops wanted."""
    return ["-F", str(STOPS_PER_S // (os.cpu_count() or 1)),
            "--max-overhead", "off"]


def hold_times():
    process = record(["-o", PROFILE, *rate()], busy())
    status = process.wait()
    problems = [] if status == 7 << 8 else [show_status(status)]
    end = run_end()
    stops_per_s = end["stops"] / 1.5
    tap.note("%.0f stops/s; held, us: half within %.1f, 99 %% within %.1f, "
             "longest %.0f" % (stops_per_s, end["held_p50_ns"] / 1000,
                               end["held_p99_ns"] / 1000,
                               end["held_max_ns"] / 1000))
    if end["held_p99_ns"] > HELD_P99_MAX_NS:
        problems.append("p99 %d ns" % end["held_p99_ns"])
    if end["held_max_ns"] > HELD_MAX_NS:
        problems.append("longest %d ns" % end["held_max_ns"])
    if stops_per_s > STOPS_PER_S * 1.1:
        problems.append("%.0f stops/s" % stops_per_s)
    if stops_per_s < STOPS_PER_S / 4:
        problems.append("only %.0f stops/s: this proves little" % stops_per_s)
    problems += readable(PROFILE)
    remove_profile(PROFILE)
    return problems


def work_of(process):
    status = process.wait()
    assert status == 7 << 8, show_status(status)
    return figures(process.err())["work"]


def work_left():
    ratios = []
    for _ in range(trials(TURNS)):
        before = work_of(Process(busy(), "plain"))
        during = work_of(record(["-o", PROFILE, *rate()], busy()))
        after = work_of(Process(busy(), "plain"))
        remove_profile(PROFILE)
        ratios.append(2 * during / (before + after))
    left = statistics.median(ratios)
    tap.note("work done with cprof, parts of that without: " +
             " ".join("%.3f" % ratio for ratio in ratios))
    return [] if left >= WORK_LEFT else ["only %.3f of the work" % left]


def cpu_s(pids):
    total = 0
    for pid in pids:
        for tid in threads(pid):
            with open("/proc/%d/task/%d/schedstat" % (pid, tid)) as file:
                total += int(file.read().split()[0])
    return total / 1e9


def cpu_share(pids, seconds):
    before, start = cpu_s(pids), time.monotonic()
    time.sleep(seconds)
    return (cpu_s(pids) - before) / (time.monotonic() - start)


def sleeping():
    target = Process([sleepers, str(SLEEPERS), str(SLEEP_MS)], "target")
    wait_until(lambda: len(threads(target.pid)) == SLEEPERS + 1)
    short = attach(target.pid, ["-o", PROFILE, "-d", "800ms"])
    problems = [] if short.wait() == 0 else [short.err()]
    first = run_end()["stops"]
    remove_profile(PROFILE)
    cprof = attach(target.pid, ["-o", PROFILE, "-d", "3s"])
    time.sleep(0.8)
    pids = [cprof.pid, helper(cprof.pid, "sampler")]
    # On a full machine, the start takes its time.
    used = statistics.median(cpu_share(pids, 0.4) for _ in range(5))
    problems += [] if cprof.wait() == 0 else [cprof.err()]
    stops = run_end()["stops"]
    remove_profile(PROFILE)
    status = target.wait()
    if status != 7 << 8:
        problems.append(show_status(status))
    tap.note("%d sleepers: %d stops in 0.8 s, %d in 3 s; %.2f %% of a CPU" %
             (SLEEPERS, first, stops, used * 100))
    # Once each, where a register must be learnt, is no steady state.
    if stops > max(first, 5):
        problems.append("%d stops in steady state" % (stops - first))
    if used > OWN_CPU_MAX:
        problems.append("%.1f %% of a CPU" % (used * 100))
    return problems


tap.check("%d busy threads, %d stops/s: half a ms at p99, 10 ms at most" %
        (BUSY_THREADS, STOPS_PER_S), hold_times())
tap.check("%d busy threads keep 95 %% of their work rate" % BUSY_THREADS,
        work_left())
tap.check("%d sleeping threads: no stops in steady state, 2 %% of a CPU" %
        SLEEPERS, sleeping())
tap.finish()
