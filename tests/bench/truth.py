# SPDX-License-Identifier: MIT
"""The error of shares of CPU time, in points, for programs of many shapes.

    truth.py CPROF PROGRAMS FOLDER SECONDS [PART OF A NAME]

Each program prints the part of its CPU time that each of its functions used.
The error of a run is the largest difference to that over its functions;
"chance" is what two standard errors of the least certain of them are, with
that many samples.  "bound" is what we want to keep; where it is "said", the
report has to say how far it may be off.
"""
import json
import math
import os
import re
import subprocess
import sys

CPROF, PROGRAMS, FOLDER = sys.argv[1:4]
SECONDS = sys.argv[4]
WANTED = sys.argv[5] if len(sys.argv) > 5 else ""
CPU = max(os.sched_getaffinity(0))

# Name, bound, on one CPU together with the profiler, program.
SHAPES = (
    ("50/30/15/5, bursts of 2 to 20 ms", "1", False,
     ["shares", "long", SECONDS]),
    ("50/30/15/5, 20 to 200 us", "1", False, ["shares", "short", SECONDS]),
    ("50/30/15/5, calls every 25 us", "1", False,
     ["shares", "calls", SECONDS]),
    ("50/30/15/5, in step with 1 kHz", "1", False,
     ["shares", "periodic", SECONDS]),
    ("8 threads of unequal use", "1", False, ["threads", "duty", SECONDS]),
    ("8 threads, too few CPUs", "3", False, ["threads", "crowd", SECONDS]),
    ("4 children of all kinds", "1", False, ["children"]),
    ("signal handler at 500 Hz", "1", False, ["signals", SECONDS]),
    ("duty 2 + 3 ms of 15", "1", False,
     ["duty", "2000", "3000", "10000", SECONDS]),
    ("duty 32 %, shared CPU", "3", True,
     ["duty", "1000", "2200", "6800", SECONDS, str(CPU)]),
    ("duty 100 + 200 us of 1 ms", "said", False,
     ["duty", "100", "200", "700", SECONDS]),
    ("duty 100 + 200 us, shared CPU", "said", True,
     ["duty", "100", "200", "700", SECONDS, str(CPU)]),
    ("duty 300 + 300 us of 2 ms", "said", False,
     ["duty", "300", "300", "1400", SECONDS]),
)


def run(command, together, name):
    """Its output; profiler and program on one CPU if `together`."""
    def prepare():
        os.sched_setaffinity(0, {CPU})
    done = subprocess.run(command, capture_output=True, text=True,
                          errors="replace", check=False,
                          preexec_fn=prepare if together else None)
    if done.returncode:
        raise SystemExit("%s: status %d\n%s" % (name, done.returncode,
                                                done.stderr))
    return done.stdout


def truth_of(text):
    return {name: float(share) for name, share in
            re.findall(r"^truth (\S+) ([0-9.]+)$", text, re.M)}


def program_of(shape):
    return [os.path.join(PROGRAMS, shape[3][0]), *shape[3][1:]]


def with_cprof(shape):
    path = os.path.join(FOLDER, "truth.prof")
    text = run([CPROF, "record", "-q", "--force", "--max-overhead", "off",
                "-o", path, "--", *program_of(shape)], shape[2], shape[0])
    report = json.loads(run([CPROF, "report", "--json", "--by", "function",
                             path], False, "report"))
    quality = report["profile"]["quality"]
    said = (math.ceil(quality["points_off"])
            if quality["points_doubtful"] >= 1 else None)
    shares = {}
    for row in report["rows"]:
        shares[row["name"]] = shares.get(row["name"], 0) + row["self_ns"]
    total = max(report["total_ns"], 1)
    return (truth_of(text), {name: ns / total for name, ns in shares.items()},
            report["profile"]["cpu_samples"],
            said)


def with_perf(shape):
    path = os.path.join(FOLDER, "truth.perf")
    text = run(["perf", "record", "-q", "-e", "cpu-clock", "-F", "1000",
                "-o", path, "--", *program_of(shape)], shape[2], shape[0])
    names = run(["perf", "script", "-i", path, "-F", "ip,sym"], False,
                "perf script").split("\n")
    names = [line.split(None, 1)[1].strip() for line in names
             if len(line.split(None, 1)) > 1]
    shares = {name: names.count(name) / len(names) for name in set(names)}
    return truth_of(text), shares, len(names)


def error_of(truth, shares):
    """The largest difference over all functions."""
    return max(abs(shares.get(name, 0) - share)
               for name, share in truth.items())


def chance_of(truth, samples):
    return max(2 * math.sqrt(share * (1 - share) / max(samples, 1))
               for share in truth.values())


def perf_may_record():
    probe = os.path.join(FOLDER, "probe.perf")
    try:
        return subprocess.run(
            ["perf", "record", "-q", "-e", "cpu-clock", "-o", probe, "--",
             "true"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def main():
    perf = perf_may_record()
    print("points of error of the CPU time of a function, %d CPUs%s" %
          (os.cpu_count(), "" if perf else "; perf may not record here"))
    print("%-34s %6s %6s %6s %8s %7s | %6s %8s" %
          ("", "bound", "cprof", "chance", "samples", "said", "perf",
           "samples"))
    for shape in SHAPES:
        if WANTED not in shape[0]:
            continue
        truth, shares, samples, said = with_cprof(shape)
        samples_of_cprof = samples
        error = 100 * error_of(truth, shares)
        line = "%-34s %6s %6.2f %6.2f %8d %7s |" % (
            shape[0], shape[1], error, 100 * chance_of(truth, samples),
            samples, "-" if said is None else said)
        if perf:
            truth, shares, samples = with_perf(shape)
            line += " %6.2f %8d" % (100 * error_of(truth, shares), samples)
        # What is said has chance in it.
        allowed = said if said is not None else (
            float(shape[1].replace("said", "1")) +
            100 * chance_of(truth, samples_of_cprof))
        if error > allowed:
            line += ("  more than said" if said else
                     "  more than bound and chance")
        print(line, flush=True)


main()
