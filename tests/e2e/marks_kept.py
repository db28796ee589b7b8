# SPDX-License-Identifier: MIT
"""Regions of programs that are hard to keep an eye on.

    marks_kept.py leaderless REPORT.json TRUTH
    marks_kept.py lapse REPORT.json TRUTH
    marks_kept.py first_ends REPORT.json TRUTH
    marks_kept.py plugins REPORT.json TRUTH
    marks_kept.py many REPORT.json TRUTH
"""
import json
import sys

MEMORY_BYTES = 64 << 20


def rows_of(report):
    rows = {}
    for row in report["rows"]:
        same = rows.setdefault(row["name"], {"calls": 0, "total_ns": 0,
                                             "max_ns": 0})
        same["calls"] += row["calls"]
        same["total_ns"] += row["total_ns"]
        same["max_ns"] = max(same["max_ns"], row["max_ns"])
    for name, row in rows.items():
        print(name, row)
    return rows


def exact(row, truth):
    """Calls, and times that lie inside of what the program measured."""
    calls, longest_ns, all_ns = truth
    print("of %d calls, %.1f ms the longest, %.1f ms all" %
          (calls, longest_ns / 1e6, all_ns / 1e6))
    return row["calls"] <= calls and row["max_ns"] <= longest_ns and \
        row["total_ns"] <= all_ns


def leaderless(report, truth):
    row = rows_of(report)["work"]
    peak = report["profile"]["memory"]["peak_bytes"]
    print("peak", peak)
    # It may go on before cprof is quite there.
    return exact(row, truth) and row["calls"] >= truth[0] - 4 and \
        MEMORY_BYTES <= peak <= MEMORY_BYTES + (16 << 20)


def lapse(report, truth):
    rows = rows_of(report)
    gap = rows["[not recorded]"]
    seen = rows["work"]["total_ns"] + gap["total_ns"] * 6 / 7
    print("%.1f %% of it is told, or said not to be" %
          (100 * seen / truth[2]))
    # Half a second of it, at least, had no lease.
    return exact(rows["work"], truth) and rows["work"]["calls"] > 0 and \
        gap["calls"] == 1 and gap["total_ns"] >= 5e8 and \
        0.8 * truth[2] <= seen <= 1.2 * truth[2]


def first_ends(report, truth):
    row = rows_of(report)["first"]
    print("%.1f ms, and its exit" % (truth[0] / 1e6))
    # A thread that waits for a CPU ends late.
    return 0.99 * truth[0] < row["total_ns"] < truth[0] + 5e8


def plugins(report, truth):
    rows = rows_of(report)
    calls, disturbed = truth
    print("of %d calls each; written to %d times" % (calls, disturbed))
    # A module may be used before it was found.
    return disturbed == 0 and sorted(rows) == ["one", "part", "two"] and all(
        calls / 2 <= rows[name]["calls"] <= calls for name in ("one", "two"))


def many(report, truth):
    """Of 16 modules, which the program itself is one of; others are named."""
    row = rows_of(report)["one"]
    unread = report["region_losses"]["modules_not_read"]
    print("%d modules; not read: %s" % (truth[0], unread))
    # A module may be used before it was found.
    return 75 <= row["calls"] <= 150 and len(set(unread)) == truth[0] - 15 \
        and all("marks_many_" in path for path in unread)


def main():
    with open(sys.argv[2], encoding="utf-8") as file:
        report = json.load(file)
    with open(sys.argv[3], encoding="utf-8") as file:
        words = file.read().split()
    truth = [int(word) for word in words if word != "ready"]
    print(report["region_losses"])
    check = {"leaderless": leaderless, "lapse": lapse,
             "first_ends": first_ends, "plugins": plugins, "many": many}
    return not check[sys.argv[1]](report, truth)


sys.exit(main())
