# SPDX-License-Identifier: MIT
"""What does a profiler cost the program, and itself?

    overhead.py FIXED SECONDS ROUNDS "THREADS ..." LABEL COMMAND -- ...

Runs FIXED (tests/bench/fixed.c), with as much work as takes SECONDS alone,
alone twice and behind each profiler's COMMAND, interleaved, ROUNDS times, for
each number of threads.
"""
import math
import os
import re
import resource
import statistics
import subprocess
import sys

FIXED, SECONDS, ROUNDS = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])
THREADS = [int(word) for word in sys.argv[4].split()]
BOUND = 1.0     # per cent, of cprof as it comes


def children_cpu():
    use = resource.getrusage(resource.RUSAGE_CHILDREN)
    return use.ru_utime + use.ru_stime


def run(command):
    before = children_cpu()
    done = subprocess.run(command, capture_output=True, text=True,
                          errors="replace", check=False)
    cpu = children_cpu() - before
    out = dict(re.findall(r"^(elapsed|cpu) (\d+)$", done.stdout, re.M))
    if done.returncode or len(out) != 2:
        raise SystemExit("%s: status %d\n%s" % (" ".join(command),
                                                done.returncode, done.stderr))
    samples = re.search(r"([0-9][0-9,]*) samples", done.stderr)
    said = re.search(r"cost about ([0-9.]+) %", done.stderr)
    return {
        "elapsed": int(out["elapsed"]) / 1e9,
        "tool": max(cpu - int(out["cpu"]) / 1e9, 0),
        "samples": int(samples.group(1).replace(",", "")) if samples else 0,
        "said": float(said.group(1)) if said else None,
    }


def split(words):
    tools, tool = [], []
    for word in [*words, "--"]:
        if word != "--":
            tool.append(word)
        elif tool:
            tools.append(tool)
            tool = []
    return tools


def interval(values):
    """(median, low, high): of order, whatever the distribution.

    The median lies between the k-th and the k-th last of n values but in
    2 * sum(binomial(n, i) for i < k) / 2^n of all cases.
    """
    values = sorted(values)
    n, k, outside = len(values), 0, 0.0
    while k < n // 2:
        outside += 2 * math.comb(n, k) / 2 ** n
        if outside > 0.05:
            break
        k += 1
    low = max(k - 1, 0)
    return statistics.median(values), values[low], values[n - 1 - low]


def percent(values):
    return "%+6.2f %% (%+.2f to %+.2f)" % tuple(100 * (value - 1) for value in
                                               interval(values))


def work_for(threads):
    """Rounds of FIXED for each thread, for SECONDS in all."""
    rounds = 2000
    while True:
        took = run([FIXED, str(rounds), str(threads)])["elapsed"]
        if took > SECONDS / 8:
            return max(int(rounds * SECONDS / took), 1)
        rounds *= 2


def measure(threads, tools):
    program = [FIXED, str(work_for(threads)), str(threads)]
    rows = {tool[0]: [] for tool in tools}
    alone, noise = [], []
    for number in range(ROUNDS):
        # In another order each time: nobody is always first, or warm.
        turns = [["alone"], *tools, ["alone"]]
        first = number % len(turns)
        bases, found = [], {}
        for tool in turns[first:] + turns[:first]:
            row = run([*tool[1:], "--", *program] if tool[1:] else program)
            if tool[1:]:
                found[tool[0]] = row
            else:
                bases.append(row["elapsed"])
        base = statistics.mean(bases)
        alone.append(base)
        noise.append(max(bases) / min(bases))
        for name, row in found.items():
            row["ratio"] = row["elapsed"] / base
            rows[name].append(row)
    print("%d busy thread%s: %.3f s alone; two runs alone differ by %.2f %%" %
          (threads, "" if threads == 1 else "s", statistics.median(alone),
           100 * (statistics.median(noise) - 1)))
    for name, runs in rows.items():
        tell(name, runs)
    sys.stdout.flush()


def tell(name, runs):
    median = statistics.median
    tool = median(row["tool"] for row in runs)
    samples = median(row["samples"] for row in runs)
    said = [row["said"] for row in runs if row["said"] is not None]
    line = "  %-12s %s; %.3f s of its own CPU time" % (
        name, percent([row["ratio"] for row in runs]), tool)
    if samples:
        line += ", %d samples, %.0f us each" % (samples, 1e6 * tool / samples)
    if said:
        line += "; says %.2g %%" % median(said)
    if name == "cprof":
        _, low, _ = interval([row["ratio"] for row in runs])
        line += "; bound %g %%%s" % (BOUND, " is kept" if
                                     100 * (low - 1) <= BOUND else
                                     ": MORE than that")
    print(line)


print("time that a fixed amount of work takes more, %d CPUs, %d rounds" %
      (os.cpu_count(), ROUNDS))
for count in THREADS:
    measure(count, split(sys.argv[5:]))
