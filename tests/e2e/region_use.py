# SPDX-License-Identifier: MIT
"""What regions used, as cprof and targets/region_use.c say.

    region_use.py FACT REPORT.json TRUTH

FACT is memory, files, network or short.  Exit status 0 when the numbers are
right: memory within 1 MiB or 5 %, bytes within 1 %; one that is not must be
within what cprof says that it may be off, beside that.  Where a region uses
something at its very begin or end, cprof may say so; elsewhere only in one
number of ten, or on a machine on which cprof's ticks were late.
"""
import json
import sys

MIB = 1 << 20
BYTES = 4096        # reading its own size, the program reads
# These give back or write at their begins and ends; "before" and "after"
# lie beside those that end before anybody can look.
AT_EDGES = {
    "memory": ("shrink",),
    "files": ("short", "brief", "before", "after"),
    "network": (),
}
KINDS = {"files": ("read", "written"), "network": ("sent", "received")}


class Check:
    def __init__(self, fact):
        self.fact = fact
        self.seen = self.wrong = self.vague = 0

    def near(self, call, kind, numbers, margin):
        found, error, true = numbers
        off = abs(found - true)
        note = ""
        self.seen += 1
        if off > error + margin:
            self.wrong += 1
            note = "<-- WRONG"
        elif off > margin:
            edge = call["name"].split()[0] in AT_EDGES[self.fact]
            self.vague += not edge
            note = "said to be vague" + ("" if edge else ", and should not")
        if note:
            print("%s, %s: %d, truly %d (%+d), said to be within %d: %s" % (
                call["name"], kind, found, true, found - true, error, note))

    def call(self, row, call):
        if self.fact == "memory":
            for kind in "in", "peak":
                self.near(call, kind, (row["memory_%s_bytes" % kind],
                                       row["memory_%s_error_bytes" % kind],
                                       call[kind]),
                          max(MIB, 0.05 * call[kind]))
            return
        for kind in KINDS[self.fact]:
            self.near(call, kind, (row["used"].get(kind, 0),
                                   row["used_error"].get(kind, 0),
                                   call[kind]),
                      max(BYTES, 0.01 * call[kind]))


def short(rows, calls):
    """What is too short is said to be vague."""
    bad = 0
    for call in calls:
        if call["name"].split()[0] in ("short", "brief"):
            row = rows[call["name"]]
            used, error = (row[key].get("written", 0)
                           for key in ("used", "used_error"))
            print("%s: %d of %d written, said to be within %d" % (
                call["name"], used, call["written"], error))
            bad += abs(used - call["written"]) > error or \
                error <= 0.01 * call["written"]
    return bad > 0


def main():
    fact, report, truth = sys.argv[1:]
    with open(report, encoding="utf-8") as file:
        doc = json.load(file)
    with open(truth, encoding="utf-8") as file:
        calls = [json.loads(line) for line in file if line[0] == "{"]
    rows = {row["name"]: row for row in doc["rows"]}
    if fact == "short":
        return short(rows, calls)
    check = Check(fact)
    for call in calls:
        check.call(rows[call["name"]], call)
    quality = doc["profile"]["quality"]
    late = quality["ticks_late"] + quality["ticks_missed"]
    print("%d numbers: %d wrong, %d said to be vague; %d ticks late" % (
        check.seen, check.wrong, check.vague, late))
    return check.wrong > 0 or (check.vague > check.seen / 10 and not late)


if __name__ == "__main__":
    sys.exit(main())
