# SPDX-License-Identifier: MIT
"""How far apart are profiles of the same program?

    accuracy.py SYMBOLS MODULES PROFILE...

Each profile is a .txt (perf record -g, perf script -F pid,ip,dso) or a .json
(cprof report --json --by function).  Prints the total-variation distance
between the self times by function, of perf to perf and of cprof to perf: half
the sum of the differences, 0 when equal, 1 when nothing is in common.

The two tools do not call functions by the same names, so that perf's
addresses get their names from SYMBOLS (tests/tools/symbols.c), which asks
cprof's symbolizer; where there is none, a function is where its range in
.eh_frame begins.  Only functions in one of MODULES (comma-separated parts of
file names) are kept apart, those of any other module count as one.
"""
import bisect
import json
import os
import re
import struct
import subprocess
import sys


class Elf:
    """Where functions start (.eh_frame_hdr), and names, of one file."""

    def __init__(self, path):
        self.path = path
        self.starts = []
        self.loads = []
        self.names = {}
        with open(path, "rb") as file:
            self.data = file.read()
        self._headers()

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

    def name(self, symbols, addresses):
        """Ask for the innermost function at each address."""
        done = subprocess.run(
            [symbols, self.path], capture_output=True, text=True,
            errors="replace", check=True,
            input="".join("0x%x\n" % one for one in addresses))
        address = None
        for line in done.stdout.splitlines():
            if line.startswith("0x"):
                address = int(line.split()[0], 16)
            elif address is not None:
                self.names[address] = line.strip().split("|")[0]
                address = None

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
    def __init__(self, symbols, wanted):
        self.symbols = symbols
        self.wanted = wanted.split(",")
        self.elfs = {}

    def wants(self, path):
        return any(part in os.path.basename(path) for part in self.wanted)

    def elf(self, path):
        path = os.path.realpath(path)
        if path not in self.elfs:
            try:
                self.elfs[path] = Elf(path)
            except (OSError, struct.error):
                self.elfs[path] = None
        return self.elfs[path]


def add(table, key, weight):
    table[key] = table.get(key, 0) + weight


def read_perf(path, modules):
    """Samples of `perf script`: the first frame that is not the kernel's.

    For user code perf prints not the address but the place in the file.
    """
    places = {}
    done = True
    with open(path, encoding="utf-8", errors="replace") as file:
        for line in file:
            words = line.split(None, 1)
            # A process id alone, padded when it is short, begins a sample.
            if len(words) == 1:
                done = False
            if done or len(words) < 2 or "[kernel" in line:
                continue
            done = True
            dso = words[1].strip().strip("()")
            add(places, (dso, int(words[0], 16)), 1)
    return name_places(places, modules)


def name_places(places, modules):
    table = {}
    of_file = {}
    for (dso, offset), count in places.items():
        elf = modules.elf(dso) if modules.wants(dso) else None
        address = elf.address_of(offset) if elf else None
        if address is None:
            add(table, "other", count)
        else:
            of_file.setdefault(elf, {})[address] = count
    for elf, counts in of_file.items():
        elf.name(modules.symbols, counts)
        for address, count in counts.items():
            add(table, key_of(elf, elf.names.get(address, ""), address),
                count)
    return table


def key_of(elf, name, address=None):
    ranged = re.fullmatch(r"\[?.*\+0x([0-9a-f]+)\]?|-?", name)
    if not ranged:
        return (os.path.basename(elf.path), name)
    if ranged.group(1):
        address = int(ranged.group(1), 16)
    return (os.path.basename(elf.path), elf.start_of(address))


def read_cprof(path, modules):
    with open(path, encoding="utf-8") as file:
        doc = json.load(file)
    table = {}
    for row in doc["rows"]:
        module = row.get("module") or ""
        elf = modules.elf(module) if modules.wants(module) else None
        if elf:
            add(table, key_of(elf, row["name"]), row["self_ns"])
        elif row["self_ns"]:
            add(table, "other", row["self_ns"])
    return {key: value for key, value in table.items() if value}


def distance(a, b):
    total_a, total_b = sum(a.values()), sum(b.values())
    return sum(abs(a.get(key, 0) / total_a - b.get(key, 0) / total_b)
               for key in set(a) | set(b)) / 2


def main(argv):
    modules = Modules(argv[1], argv[2])
    tables = {}
    for path in argv[3:]:
        read = read_cprof if path.endswith(".json") else read_perf
        tables[path] = read(path, modules)
        if not tables[path]:
            raise SystemExit("  %s: nothing in it" % path)
    perfs = [p for p in argv[3:] if not p.endswith(".json")]
    cprofs = [p for p in argv[3:] if p.endswith(".json")]
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
        print("    %+.2f %%  %s" % (100 * worst[key], pretty(key)))


def pretty(key):
    if isinstance(key, str):
        return key
    base, name = key
    return "%s %s" % (base, name if isinstance(name, str) else hex(name))


main(sys.argv)
