# SPDX-License-Identifier: MIT
"""What man/examples/nodes.c does, against the report of its regions."""
import json
import sys

MB = 1e6
# CPU time by the program's own clock, ms; memory gained, bytes.
WANTED = {
    "input_parser": (12, 1.2 * MB), "calculator": (183, 19 * MB),
    "setup": (0, 19 * MB), "computation": (180, 0), "state update": (3, 0),
    "responder": (20, -14 * MB), "graph": (215, 6.2 * MB),
}

with open(sys.argv[1], encoding="utf-8") as file:
    report = json.load(file)
rows = {row["name"]: row for row in report["rows"]}
bad = 0
for name, (cpu_ms, memory) in WANTED.items():
    row = rows[name]
    # The program's clock has a grain, and memory is touched besides.
    margin_ms = 4 * row["cpu_error_ns"] / 1e6 + 15
    off_ms = row["cpu_ns"] / 1e6 - cpu_ms
    off = row["memory_change_bytes"] - memory
    good = row["calls"] == 1 and row["total_ns"] >= cpu_ms * 1e6 * 0.99
    good = good and abs(off_ms) <= margin_ms
    # Or as far as cprof says: what comes and goes at a begin or an end.
    margin = max(1 << 20, 0.05 * row["memory_peak_bytes"])
    good = good and abs(off) <= max(margin, (1 << 20) +
                                    row["memory_change_error_bytes"])
    print("%s: CPU %+.1f ms of %.1f (margin %.1f), memory %+.1f MB of %+.1f"
          % (name, off_ms, cpu_ms, margin_ms, off / MB, memory / MB),
          "" if good else "  <-- WRONG")
    bad += not good
calculator = rows["calculator"]
inner = sum(rows[name]["total_ns"]
            for name in ("setup", "computation", "state update"))
if abs(calculator["self_ns"] + inner - calculator["total_ns"]) > 1000:
    print("self and what is inside are not the total")
    bad += 1
if rows["state update"]["labels"] != {"table": ["19 MB"]}:
    print("labels", rows["state update"]["labels"])
    bad += 1
if not 63 * MB <= calculator["memory_peak_bytes"] <= 72 * MB:
    print("peak", calculator["memory_peak_bytes"])
    bad += 1
sys.exit(bad > 0)
