# SPDX-License-Identifier: MIT
"""What a program used, as cprof and the program itself say.

    resources.py FACT VIEW.json TRUTH

VIEW.json is `report --view V --json`, TRUTH what targets/usage.c printed.
Exit status 0 when the fact holds.  Numbers that the kernel counts are
exact but for what the program does besides: 1 %.  Memory is read a few
times a second, and the kernel is behind by some pages: 1 MiB or 5 %.
"""
import json
import sys

MIB = 1 << 20


class Run:
    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            self.doc = json.load(file)
        self.run = self.doc["runs"][0]
        self.series = self.run["series"]

    def of(self, name, scope="run", thread=None):
        found = [one for one in self.series if one["name"] == name
                 and one["scope"] == scope
                 and (thread is None or one["thread"] == thread)]
        if len(found) != 1:
            raise SystemExit("%d series %s (%s)" % (len(found), name, scope))
        return found[0]


def near(what, found, true, margin):
    print("%s: %d, truly %d (%+.3f %%)" % (what, found, true,
                                           100.0 * (found - true) / true))
    return abs(found - true) <= margin


def cpu(run, truth):
    ok = True
    for name in "one", "two":
        true = truth[name + "_ns"]
        found = run.of("cpu.time", "thread", name)["total"]
        ok &= near("CPU time of thread " + name, found, true, 0.01 * true)
    total = run.of("cpu.time")["total"]
    return ok & (total >= truth["one_ns"] + truth["two_ns"])


def io(run, truth):
    return near("bytes written", run.of("io.written")["total"],
                truth["written"], 0.01 * truth["written"]) & \
        near("bytes read", run.of("io.read")["total"], truth["read"],
             0.01 * truth["read"])


def net(run, truth):
    true = truth["network"]
    return near("bytes sent", run.of("net.sent")["total"], true,
                0.01 * true) & \
        near("bytes received", run.of("net.received")["total"], true,
             0.01 * true)


def memory(run, truth):
    """The peak is the kernel's; the series shows it come and go."""
    facts = run.doc["profile"]["memory"]
    margin = max(MIB, 0.05 * truth["peak"])
    rss = run.of("memory.rss")
    ok = near("peak", facts["peak_bytes"], truth["peak"], margin)
    ok &= near("highest value seen", rss["max"], truth["peak"], margin)
    anon = run.of("memory.anon")
    grown = anon["max"] - anon["last"]
    ok &= near("memory that came and went", grown, truth["memory"],
               max(MIB, 0.05 * truth["memory"]))
    parts = sum(run.of("memory." + kind)["max"]
                for kind in ("anon", "file")
                if any(one["name"] == "memory." + kind
                       for one in run.series))
    print("peaks of the kinds sum to %d" % parts)
    return ok & (parts >= rss["max"] - MIB) & \
        (facts["final_bytes"] < facts["peak_bytes"] / 2)


def faults(run, truth):
    """Each page of the memory was touched once; huge pages take fewer."""
    found = run.of("cpu.minor-faults")["total"]
    print("faults: %d, the program says %d" % (found, truth["minor"]))
    return found <= truth["minor"] * 1.05 + 200


def level(run, truth):
    """Which groups of numbers there are is what the level says."""
    groups = {one["name"].split(".")[0] for one in run.series}
    want = {"basic": set(), "standard": {"memory"},
            "detailed": {"memory", "cpu", "io", "net", "machine"}}
    want["comprehensive"] = want["detailed"] | {"space", "files"}
    print("%s has %s" % (run.run["level"], sorted(groups)))
    return groups == want[run.run["level"]]


def owners(run, truth):
    """What all threads used is what each of them used."""
    total = run.of("cpu.time")["total"]
    parts = sum(one["total"] for one in run.series
                if one["name"] == "cpu.time" and one["scope"] == "thread")
    print("threads sum to %d of %d ns" % (parts, total))
    return parts <= total * 1.0001 and parts >= total * 0.97


def space(run, truth):
    anon = run.of("space.anon")
    return near("anonymous memory", anon["max"], truth["memory"],
                max(2 * MIB, 0.05 * truth["memory"])) & \
        (run.of("files.sockets")["max"] >= 3)


def short(run, truth):
    return near("peak", run.doc["profile"]["peak_memory_bytes"],
                truth["peak"], max(MIB, 0.05 * truth["peak"]))


def children(doc, truth):
    """Those that had much, and the shell and cat, that had little."""
    peaks = {}
    for process in doc["processes"]:
        name = process["exe"].rsplit("/", 1)[-1]
        peaks.setdefault(name, []).append(process["peak_memory_bytes"])
    print(peaks)
    mine = peaks.pop("peak")
    others = [one for some in peaks.values() for one in some if one]
    return len(mine) == 2 and all(
        near("peak", one, truth["peak"], MIB) for one in mine) and \
        max(others) < truth["peak"] - 2 * MIB


def main():
    fact, view, truth = sys.argv[1:]
    with open(truth, encoding="utf-8") as file:
        lines = [line for line in file if line.startswith("{")]
    if fact == "children":
        with open(view, encoding="utf-8") as file:
            run = json.load(file)
    else:
        run = Run(view)
    return not globals()[fact](run, json.loads(lines[-1]))


if __name__ == "__main__":
    sys.exit(main())
