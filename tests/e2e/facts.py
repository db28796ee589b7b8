# SPDX-License-Identifier: MIT
"""Facts about a report, for the cases in this directory.

    facts.py FACT REPORT.json ARGUMENTS...

Exit status 0 when the fact holds; what was found is printed either way.
The margin of a share p seen in n samples is 5 standard errors of a
proportion, 5 * sqrt(p * (1 - p) / n), plus an allowance that the case names:
one such assertion in two million is off by chance, and there are a hundred
in a run of all cases.  (With 4, it is one in 16,000.)
Not all samples weigh the same, so n is a little less than their number: see
effective_samples().
"""
import json
import math
import re
import sys

# Names for code that nobody could name.  "[kernel]", "[vdso]" and the like
# are names; so is module+0x1234 without brackets, a function without symbol.
UNRESOLVED = re.compile(r"^$|^\[unknown|^\[.*\+0x[0-9a-f]+\]$|^0x[0-9a-f]+$|"
                        r"^\?+$|^\[jit\]$")


class Report:
    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            self.doc = json.load(file)
        if self.doc.get("schema") != "cprof.report/1":
            raise ValueError("schema is %r" % self.doc.get("schema"))
        self.rows = self.doc["rows"]
        self.total = self.doc["total_ns"]
        self.samples = sum(row.get("samples", 0) for row in self.rows)

    def effective_samples(self):
        """(sum of weights)^2 / sum of squares.

        A sample after missed ticks counts for up to two usual ones.
        """
        # Ticks are late for all; count those of the samples looked at.
        part = self.samples / max(self.doc["profile"]["samples"], 1)
        late = self.doc["profile"]["quality"]["ticks_late"] * part
        return max((self.samples + late) ** 2 /
                   max(self.samples + 3 * late, 1), 1)

    def margin(self, p):
        """What a share that truly is p may be off by chance."""
        return 5 * math.sqrt(p * (1 - p) / self.effective_samples())

    def find(self, pattern):
        """Rows whose whole name the pattern matches."""
        return [row for row in self.rows
                if re.fullmatch(pattern, row.get("name") or "")]

    def sum(self, pattern, key):
        return sum(row[key] for row in self.find(pattern))

    def share(self, pattern, key):
        return self.sum(pattern, key) / self.total if self.total else 0.0


def truth_lines(path, kind):
    with open(path, encoding="utf-8", errors="replace") as file:
        for line in file:
            word, *rest = line.split()
            if word == kind:
                yield rest


def check(holds, text):
    print(("" if holds else "WRONG: ") + text)
    return holds


def within(name, found, truth, margin, unit=""):
    return check(abs(found - truth) <= margin,
                 "%s: found %.4f%s, truth %.4f%s, margin %.4f" %
                 (name, found, unit, truth, unit, margin))


def fact_shares(report, truth_path, allowance="0.01", key="self_ns"):
    """Shares of the CPU time by function are what the program says."""
    good = True
    seen = 0
    for name, share in truth_lines(truth_path, "truth"):
        p = float(share)
        good &= within(name, report.share(re.escape(name), key), p,
                       report.margin(p) + float(allowance))
        seen += 1
    return good & check(seen > 0, "%d shares, %d samples (as good as %d)" %
                        (seen, report.samples, report.effective_samples()))


def fact_bound(report, truth_path, most="100"):
    """Shares are off by no more than the report says.

    Where it has nothing to say: by a point, and by what chance allows.
    It may not say what it likes: at most so many points beside chance.
    """
    quality = report.doc["profile"]["quality"]
    margin = math.ceil(quality["points_off"])
    said = quality["points_doubtful"] >= 1
    if not said:
        margin = 1 + quality["points_off"]
    good = True
    seen = 0
    for name, share in truth_lines(truth_path, "truth"):
        good &= within(name, 100 * report.share(re.escape(name), "self_ns"),
                       100 * float(share), margin, " %")
        seen += 1
    good &= check(quality["points_doubtful"] <= float(most),
                  "%.1f points doubtful, %s allowed" %
                  (quality["points_doubtful"], most))
    return good & check(seen > 0, "%d shares, %d samples, %s" % (
        seen, report.samples, "%.1f points doubtful" %
        quality["points_doubtful"] if said else "not doubtful"))


def fact_cpu(report, truth_path, percent="1"):
    """The CPU time in the report is what the kernel says, within percent."""
    truth = sum(int(ns) for ns, in truth_lines(truth_path, "cpu"))
    return within("CPU time", report.total / 1e9, truth / 1e9,
                  truth / 1e9 * float(percent) / 100, " s")


def fact_kernel(report, truth_path, allowance="0.1"):
    """The kernel's part of the CPU time is what the program says."""
    truth = {name: int(ns) for name, ns in truth_lines(truth_path, "count")}
    profile = report.doc["profile"]
    return within("part in the kernel",
                  profile["system_ns"] / max(profile["cpu_ns"], 1),
                  truth["system"] / (truth["user"] + truth["system"]),
                  float(allowance))


def fact_total(report, nanoseconds, percent="1"):
    """The total of the report is this many nanoseconds, within percent."""
    truth = float(nanoseconds)
    return within("total", report.total / 1e9, truth / 1e9,
                  truth / 1e9 * float(percent) / 100, " s")


def fact_lifetime(report, truth_path, percent="1"):
    """Wall time adds up to the time that the threads lived."""
    truth = sum(int(ns) for ns, in truth_lines(truth_path, "lifetime"))
    return within("wall time", report.total / 1e9, truth / 1e9,
                  truth / 1e9 * float(percent) / 100, " s")


def fact_adds_up(report, cpu_path, off_path, percent="1"):
    """Time on a CPU and off it are all of the wall-clock time.

    But for the time that threads were held: that is nobody's.
    """
    cpu, off = Report(cpu_path).total, Report(off_path).total
    held = report.doc["profile"]["cost_ns"]
    missing = report.total - cpu - off
    margin = report.total * float(percent) / 100
    return check(-margin <= missing <= margin + held,
                 "%.3f s on a CPU and %.3f s off it, of %.3f s; cost about "
                 "%.3f s, margin %.3f s" % (cpu / 1e9, off / 1e9,
                                            report.total / 1e9, held / 1e9,
                                            margin / 1e9))


def fact_threads(report, truth_path, percent="1"):
    """Each thread's CPU time is what the program says.

    It looks at its clock a little after it starts and before it ends.
    """
    good = True
    seen = 0
    for name, ns in truth_lines(truth_path, "thread"):
        truth = int(ns) / 1e9
        pattern = re.escape(name) + r"(\W.*)?"
        good &= within(name, report.sum(pattern, "total_ns") / 1e9, truth,
                       truth * float(percent) / 100 + 0.0003, " s")
        seen += 1
    return good & check(seen > 0, "%d threads" % seen)


def fact_waits(report, truth_path, percent="3"):
    """The time waited, by reason, is what the program says.

    "wait REASON NS [MORE]": where a thread was awake already and had no CPU
    for a moment, nobody may have looked, and that time is told as the wait's
    or as one for a CPU: between NS and NS + MORE.
    """
    good = True
    found = {}
    for row in report.rows:
        reason = row.get("reason") or "none"
        found[reason] = found.get(reason, 0) + row["self_ns"]
    for reason, ns, *more in truth_lines(truth_path, "wait"):
        half = int(more[0]) / 2e9 if more else 0
        truth = int(ns) / 1e9 + half
        good &= within(reason, found.get(reason, 0) / 1e9, truth,
                       truth * float(percent) / 100 + 0.01 + half, " s")
    return good & check(True, "reasons: " + ", ".join(
        "%s %.3f s" % (k, v / 1e9) for k, v in sorted(found.items())))


def fact_hot(report, pattern, least, most="100", key="total_ns"):
    """Functions of that name have least to most percent of the time.

    The limits are those of the truth: on a full machine there are few
    samples, and some of them are of the start, before main().
    """
    share = report.share(pattern, key)
    low, high = float(least) / 100, float(most) / 100
    good = check(share > 0 and low - report.margin(low) <= share <=
                 high + report.margin(high),
                 "%s: %.1f %%, expected %s to %s %%, margins %.1f and %.1f" %
                 (pattern, 100 * share, least, most,
                  100 * report.margin(low), 100 * report.margin(high)))
    if not good:
        top = sorted(report.rows, key=lambda row: -row[key])[:15]
        for row in top:
            print("  %5.1f %%  %s  %s" % (100 * row[key] /
                                          max(report.total, 1),
                                          row["name"], row.get("module")))
    return good


def fact_absent(report, pattern):
    """No row has such a name."""
    rows = report.find(pattern)
    return check(not rows, "%d rows match %s %s" %
                 (len(rows), pattern, [row["name"] for row in rows[:5]]))


def fact_resolved(report, percent):
    """The CPU time without a name is at most percent."""
    lost = [row for row in report.rows
            if UNRESOLVED.search(row.get("name") or "")]
    share = 100 * sum(row["self_ns"] for row in lost) / max(report.total, 1)
    margin = 100 * report.margin(float(percent) / 100)
    good = check(share <= float(percent) + margin,
                 "%.2f %% unresolved, margin %.2f" % (share, margin))
    for row in sorted(lost, key=lambda row: -row["self_ns"])[:5]:
        print("  %5.2f %%  %r in %s" % (100 * row["self_ns"] /
                                        max(report.total, 1), row["name"],
                                        row.get("module")))
    return good


def fact_unwound(report, percent):
    """Stacks that end at a known start, by the profile's own account."""
    samples = report.doc["profile"]["samples"]
    quality = report.doc["profile"]["quality"]
    cut = quality["truncated"] + quality["unreadable"]
    share = 100 * (1 - cut / max(samples, 1))
    margin = 100 * report.margin(float(percent) / 100)
    return check(samples > 0 and share >= float(percent) - margin,
                 "%.2f %% of %d stacks are whole, margin %.2f" %
                 (share, samples, margin))


def fact_rows(report, number):
    """The report has that many rows with any time in them."""
    names = [row["name"] for row in report.rows if row["total_ns"]]
    return check(len(names) == int(number), "%d rows: %s" %
                 (len(names), ", ".join(names[:20])))


def fact_rows_least(report, number):
    """The report has at least that many rows with any time in them."""
    return check(len(report.rows) >= int(number),
                 "%d rows" % len(report.rows))


def fact_lines(report, file, least):
    """At least so many percent of the time are in known lines of file."""
    known = sum(row["self_ns"] for row in report.rows
                if (row.get("file") or "").endswith(file) and row.get("line"))
    share = 100 * known / max(report.total, 1)
    return check(share >= float(least), "%.1f %% in lines of %s" %
                 (share, file))


def fact_rate(report, hertz, pattern=".*"):
    """Samples per second of CPU time, but for the ticks that were missed."""
    missed = report.doc["profile"]["quality"]["ticks_missed"]
    part = missed / max(missed + report.doc["profile"]["samples"], 1)
    rate = report.sum(pattern, "samples") / max(
        report.sum(pattern, "self_ns") / 1e9, 1e-9)
    least = float(hertz) * 0.75 * (1 - part)
    # Where a program has to wait for a CPU, more ticks may find it on one
    # than its time there says; time is divided by the kernel's account.
    return check(least <= rate <= float(hertz) * 1.6,
                 "%.0f samples per second of CPU time, %.0f %% of the ticks "
                 "were missed" % (rate, 100 * part))


FACTS = {name[5:]: value for name, value in globals().items()
         if name.startswith("fact_")}


def main(argv):
    if len(argv) < 3 or argv[1] not in FACTS:
        print("usage: facts.py FACT REPORT.json ARGUMENTS...\nfacts: " +
              " ".join(sorted(FACTS)))
        return 2
    return 0 if FACTS[argv[1]](Report(argv[2]), *argv[3:]) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv))
