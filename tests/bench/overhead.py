# SPDX-License-Identifier: MIT
"""What does a profiler cost the program, and itself?

    overhead.py ROUNDS LABEL COMMAND -- LABEL COMMAND -- ... -- PROGRAM...

Runs PROGRAM (tests/bench/fixed) alone and behind each profiler's COMMAND,
interleaved, ROUNDS times.  Prints medians: the time that the program took
against the run alone in the same round, and the CPU time of everything but
the program.
"""
import re
import resource
import statistics
import subprocess
import sys


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
    return {
        "elapsed": int(out["elapsed"]) / 1e9,
        "target": int(out["cpu"]) / 1e9,
        "tool": max(cpu - int(out["cpu"]) / 1e9, 0),
        "samples": int(samples.group(1).replace(",", "")) if samples else 0,
    }


def split(words):
    groups, group = [], []
    for word in words:
        if word == "--":
            groups.append(group)
            group = []
        else:
            group.append(word)
    return groups, group


def main(argv):
    rounds = int(argv[1])
    tools, program = split(argv[2:])
    rows = {tool[0]: [] for tool in tools}
    alone = []
    for number in range(rounds):
        plain = run(program)
        alone.append(plain["elapsed"])
        # Every second round the other way about: no tool is always first.
        for tool in tools if number % 2 else tools[::-1]:
            row = run(tool[1:] + program)
            row["ratio"] = row["elapsed"] / plain["elapsed"]
            row["cpu_ratio"] = row["target"] / plain["target"]
            rows[tool[0]].append(row)
    median = statistics.median
    print("  alone: %.3f s (%.3f to %.3f), %d rounds" %
          (median(alone), min(alone), max(alone), rounds))
    print("  %-12s %9s %9s %9s %9s %12s" % ("", "elapsed", "its CPU",
                                            "tool CPU", "samples",
                                            "tool/sample"))
    for name, runs in rows.items():
        tool = median(r["tool"] for r in runs)
        samples = median(r["samples"] for r in runs)
        each = "%9.1f us" % (1e6 * tool / samples) if samples else "-"
        print("  %-12s %+8.1f%% %+8.1f%% %7.3f s %9d %12s" %
              (name, 100 * (median(r["ratio"] for r in runs) - 1),
               100 * (median(r["cpu_ratio"] for r in runs) - 1),
               tool, samples, each))


main(sys.argv)
