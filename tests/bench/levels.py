# SPDX-License-Identifier: MIT
"""See levels.sh.  usage: levels.py ROUNDS CPROF PROFILE COMMAND...

Each COMMAND is one word, which is split at blanks.
"""
import json
import os
import resource
import shlex
import statistics
import subprocess
import sys
import time

LEVELS = "basic", "standard", "detailed", "comprehensive"


def run(command):
    """CPU time of the command and its children, and how long it took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    took = time.monotonic() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime -
            before.ru_stime), took


def tell(cprof, *arguments):
    return json.loads(subprocess.run([cprof, *arguments], check=True,
                                     stdout=subprocess.PIPE).stdout)


def measure(cprof, profile, level, command):
    subprocess.run([cprof, "record", "-q", "--force", "--max-overhead", "off",
                    "--level", level, "-o", profile, "--", *command],
                   check=True, stdout=subprocess.DEVNULL)
    end = tell(cprof, "inspect", "--json", profile)["runs"][0]
    view = tell(cprof, "report", "--json", "--view", "timeline", profile)
    collectors = sum(one["cost_ns"] for one in view["runs"][0]["collectors"])
    length = end["end_ns"] - end["start_ns"]
    values = sum(len(one["values"]) for one in view["runs"][0]["series"])
    return (end["own_cpu_ns"] / length, collectors / length,
            (end["user_ns"] + end["system_ns"]) / 1e9,
            os.path.getsize(profile) / (length / 1e9),
            values / (length / 1e9))


def compare(rounds, cprof, profile, command):
    """By level: what collectors cost, and values a second."""
    found = {level: [] for level in LEVELS}
    bare = []
    for _ in range(rounds):
        bare.append(run(command)[0])
        for level in LEVELS:
            found[level].append(measure(cprof, profile, level, command))
    cpu = statistics.median(bare)
    print("  %-14s %9s %11s %9s %9s %9s" % ("level", "recorder", "collectors",
                                            "program", "bytes/s",
                                            "values/s"))
    told = {}
    for level in LEVELS:
        own, part, used, size, values = (statistics.median(column)
                                         for column in zip(*found[level]))
        told[level] = part, values
        print("  %-14s %8.2f%% %10.3f%% %+8.1f%% %9d %9d" %
              (level, 100 * own, 100 * part,
               100 * (used / cpu - 1) if cpu > 0.1 else 0, size, values))
    return told


def percent(share):
    return "%.*f%%" % (2 if share < 0.01 else 1, 100 * share) if share else "0"


def manual_rows(all_told):
    """The rows of the table in cprof-record(1), LEVELS."""
    print("\nfor cprof-record(1), at a load of %.1f:" % os.getloadavg()[0])
    for level in LEVELS:
        values = [told[level][1] for told in all_told]
        print(".It %s Ta %s Ta %s" % (
            level, " Ta ".join(percent(told[level][0]) for told in all_told),
            "%.0f to %.0f" % (min(values), max(values)) if any(values)
            else "0"))


def main():
    rounds, cprof, profile = int(sys.argv[1]), sys.argv[2], sys.argv[3]
    all_told = []
    for load in sys.argv[4:]:
        print(load)
        all_told.append(compare(rounds, cprof, profile, shlex.split(load)))
    manual_rows(all_told)


if __name__ == "__main__":
    main()
