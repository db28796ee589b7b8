# SPDX-License-Identifier: MIT
"""How far apart are profiles of the same program?

    accuracy.py MODULES A B [B...]

Each of A, B is PROFILE.txt (perf record -g, perf script -F pid,ip,dso)
or PROFILE.json (cprof report --json --by function).  Prints the total-
variation distance between the self times by function of A and each B: half
the sum of the differences, 0 when equal, 1 when nothing is in common.

The two tools do not call functions by the same names.  Both are brought to
(module, start of the range in .eh_frame that holds the address); only
functions in one of MODULES (comma-separated parts of file names) are kept
apart, those of any other module count as one.
"""
import bisect
import json
import os
import re
import struct
import subprocess
import sys


class Elf:
    """Function starts (.eh_frame_hdr) and names of one file."""

    def __init__(self, path):
        self.starts = []
        self.loads = []
        self.names = {}
        with open(path, "rb") as file:
            self.data = file.read()
        self._headers()
        self._symbols(path)

    def _headers(self):
        data = self.data
        offset, = struct.unpack_from("<Q", data, 32)
        size, count = struct.unpack_from("<HH", data, 54)
        for i in range(count):
            kind, _, where, address, _, length = struct.unpack_from(
                "<IIQQQQ", data, offset + i * size)
            if kind == 1:
                self.loads.append((where, address, length))
            elif kind == 0x6474e550:
                self._starts(where, address)

    def _starts(self, where, address):
        data = self.data
        version, _, count_enc, table_enc = data[where:where + 4]
        if version != 1 or count_enc != 3 or table_enc != 0x3b:
            return
        count, = struct.unpack_from("<I", data, where + 8)
        self.starts = sorted(
            address + struct.unpack_from("<i", data, where + 12 + 8 * i)[0]
            for i in range(count))

    def _symbols(self, path):
        files = [(path, ["-D"]), (path, [])]
        notes = subprocess.run(["readelf", "-n", path], capture_output=True,
                               text=True).stdout
        found = re.search(r"Build ID: (..)([0-9a-f]+)", notes)
        if found:
            debug = "/usr/lib/debug/.build-id/%s/%s.debug" % found.groups()
            if os.path.exists(debug):
                files.append((debug, []))
        for name, options in files:
            out = subprocess.run(
                ["nm", "-C", "--defined-only"] + options + [name],
                capture_output=True, text=True, errors="replace").stdout
            for line in out.splitlines():
                address, kind, symbol = line.split(" ", 2)
                if kind in "TtWwiuV":
                    self.names.setdefault(symbol.split("@")[0],
                                          int(address, 16))

    def address_of(self, offset):
        """File offset to address."""
        for where, address, length in self.loads:
            if where <= offset < where + length:
                return offset - where + address
        return None

    def start_of(self, address):
        i = bisect.bisect_right(self.starts, address) - 1
        return self.starts[i] if i >= 0 else 0


class Modules:
    def __init__(self, wanted):
        self.wanted = wanted.split(",")
        self.elfs = {}
        self.paths = {}

    def wants(self, path):
        return any(part in os.path.basename(path) for part in self.wanted)

    def elf(self, path):
        if path not in self.elfs:
            try:
                self.elfs[path] = Elf(path)
                self.paths[os.path.basename(path)] = path
            except (OSError, struct.error):
                self.elfs[path] = None
        return self.elfs[path]


def add(table, key, weight):
    table[key] = table.get(key, 0) + weight


def read_perf(path, modules):
    """Samples of `perf script`: the first frame that is not the kernel's.

    For user code perf prints not the address but the place in the file.
    """
    table = {}
    done = True
    with open(path, encoding="utf-8", errors="replace") as file:
        for line in file:
            words = line.split(None, 1)
            if words and not line[0].isspace():
                done = False
            if done or len(words) < 2 or "[kernel" in line:
                continue
            done = True
            dso = words[1].strip().strip("()")
            add(table, locate(int(words[0], 16), dso, modules), 1)
    return table


def locate(offset, dso, modules):
    if not modules.wants(dso):
        return "other"
    elf = modules.elf(dso)
    address = elf.address_of(offset) if elf else None
    if address is None:
        return "other"
    return (os.path.basename(dso), elf.start_of(address))


def read_cprof(path, modules):
    with open(path, encoding="utf-8") as file:
        doc = json.load(file)
    table = {}
    unknown = 0
    for row in doc["rows"]:
        name, module = row["name"], row.get("module") or ""
        if not row["self_ns"]:
            continue
        if not modules.wants(module):
            add(table, "other", row["self_ns"])
            continue
        base = os.path.basename(module)
        elf = modules.elf(modules.paths.get(base, module))
        ranged = re.fullmatch(r"\[?.*\+0x([0-9a-f]+)\]?", name)
        if ranged:
            key = (base, elf.start_of(int(ranged.group(1), 16)))
        elif elf and name in elf.names:
            key = (base, elf.start_of(elf.names[name]))
        else:
            key = (base, name)
            unknown += row["self_ns"]
        add(table, key, row["self_ns"])
    total = sum(table.values()) or 1
    if unknown / total > 0.002:
        print("  (%.1f %% of %s is in names that nm does not know)" %
              (100 * unknown / total, os.path.basename(path)))
    return table


def distance(a, b):
    total_a, total_b = sum(a.values()), sum(b.values())
    return sum(abs(a.get(key, 0) / total_a - b.get(key, 0) / total_b)
               for key in set(a) | set(b)) / 2


def main(argv):
    modules = Modules(argv[1])
    tables = {}
    # perf's first: they teach the full names of the modules.
    for path in sorted(argv[2:], key=lambda p: p.endswith(".json")):
        read = read_cprof if path.endswith(".json") else read_perf
        tables[path] = read(path, modules)
    perfs = [p for p in argv[2:] if not p.endswith(".json")]
    cprofs = [p for p in argv[2:] if p.endswith(".json")]
    for path in perfs + cprofs:
        print("  %s: %d functions" % (os.path.basename(path),
                                      len(tables[path])))
    among = [distance(tables[a], tables[b])
             for i, a in enumerate(perfs) for b in perfs[i + 1:]]
    across = [distance(tables[a], tables[b]) for a in perfs for b in cprofs]
    print("  samples of perf: %s" %
          ", ".join(str(int(sum(tables[p].values()))) for p in perfs))
    mean_among = sum(among) / len(among)
    mean_across = sum(across) / len(across)
    print("  distance perf to perf:  %.4f" % mean_among)
    print("  distance cprof to perf: %.4f" % mean_across)
    print("  ratio %.2f (bound: 1.25)" % (mean_across / mean_among))
    worst = {}
    for b in cprofs:
        for a in perfs:
            ta, tb = sum(tables[a].values()), sum(tables[b].values())
            for key in set(tables[a]) | set(tables[b]):
                add(worst, key, (tables[b].get(key, 0) / tb -
                                 tables[a].get(key, 0) / ta) /
                    len(perfs) / len(cprofs))
    for key in sorted(worst, key=lambda k: -abs(worst[k]))[:8]:
        print("    %+.2f %%  %s" % (100 * worst[key], pretty(key, modules)))


def pretty(key, modules):
    if isinstance(key, str):
        return key
    base, start = key
    if isinstance(start, str):
        return "%s %s" % (base, start)
    elf = modules.elf(modules.paths.get(base, base))
    for name, address in (elf.names if elf else {}).items():
        if address == start:
            return "%s %s" % (base, name)
    return "%s+0x%x" % (base, start)


main(sys.argv)
