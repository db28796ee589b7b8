# SPDX-License-Identifier: MIT
"""What a program measured of its regions, against the report.

    regions.py REPORT.json TRUTH [missing]
    regions.py together REPORT.json TRUTH REPORT.json TRUTH ...

Calls and times must be the program's own within 1 %; CPU time, which is
sampled, within 1 % of the run's or 5 standard errors (sixteen are compared:
with 4, one run in a thousand would be off by chance, with 5 one in 100,000).
"missing": the recording began late, and may miss so many calls of each
region.

"together": the CPU time of a region in several recordings, added up, within
1 % of that of the runs or 3 standard errors, which are smaller by the root
of their number: a bias, which each may hide, would show.
"""
import json
import math
import sys


def truth_of(path):
    rows = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            name, calls, wall_ns, cpu_ns = line.split()
            rows[name] = (int(calls), int(wall_ns), int(cpu_ns))
    return rows


def rows_of(report):
    found = {}
    # One that began late has calls whose outer one it missed.
    for row in report["rows"]:
        same = found.setdefault(row["name"], dict(
            row, calls=0, total_ns=0, cpu_ns=0, cpu_error_ns=0))
        for key in ("calls", "total_ns", "cpu_ns", "cpu_error_ns"):
            same[key] += row[key]
    return found


def together(paths):
    off, squares, all_cpu_ns = {}, {}, 0
    for path, truth in zip(paths[::2], paths[1::2]):
        with open(path, encoding="utf-8") as file:
            report = json.load(file)
        found = rows_of(report)
        all_cpu_ns += report["profile"]["cpu_ns"]
        for name, (calls, _, cpu_ns) in truth_of(truth).items():
            row = found[name]
            off[name] = off.get(name, 0) + row["cpu_ns"] - \
                cpu_ns * row["calls"] / calls
            squares[name] = squares.get(name, 0) + row["cpu_error_ns"] ** 2
    bad = 0
    for name, ns in off.items():
        margin = max(3 * math.sqrt(squares[name]), 0.01 * all_cpu_ns)
        print("%s: CPU %+.1f ms (margin %.1f) of %.1f in all" % (
            name, ns / 1e6, margin / 1e6, all_cpu_ns / 1e6))
        bad += abs(ns) > margin
    return bad > 0


def main():
    if sys.argv[1] == "together":
        return together(sys.argv[2:])
    with open(sys.argv[1], encoding="utf-8") as file:
        report = json.load(file)
    missing = int(sys.argv[3]) if len(sys.argv) > 3 else 0
    found = rows_of(report)
    all_cpu_ns = report["profile"]["cpu_ns"]
    bad = 0
    for name, (calls, wall_ns, cpu_ns) in truth_of(sys.argv[2]).items():
        row = found.get(name)
        if row is None:
            print("no region", name)
            bad += 1
            continue
        share = row["calls"] / calls
        good = calls - missing <= row["calls"] <= calls
        off = row["total_ns"] / (wall_ns * share) - 1
        good = good and abs(off) <= 0.01
        margin = max(5 * row["cpu_error_ns"], 0.01 * all_cpu_ns)
        cpu_off = row["cpu_ns"] - cpu_ns * share
        good = good and abs(cpu_off) <= margin
        print("%s: %d of %d calls, time %+.3f %%, CPU %+.1f ms (margin %.1f)"
              " of %.1f" % (name, row["calls"], calls, 100 * off,
                            cpu_off / 1e6, margin / 1e6, cpu_ns / 1e6),
              "" if good else "  <-- WRONG")
        bad += not good
    for name, inside in () if missing else (("busy", "work"), ("nap", "work"), ("tail", None)):
        parent = found[name]["parent"]
        around = None if parent is None else report["rows"][parent]["name"]
        if around != inside:
            print(name, "lies in", around)
            bad += 1
    return bad > 0


sys.exit(main())
