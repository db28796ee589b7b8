# SPDX-License-Identifier: MIT
"""Bytes for each sample, from `cprof inspect --json --chunks`.

Names come last: the strings and symbols behind the end of the runs.
"""
import json
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    doc = json.load(file)
chunks = doc["chunks"]
ended = max(c["sequence"] for c in chunks if c["type"] == "RUNE")
names = sum(c["bytes"] for c in chunks
            if c["sequence"] > ended and c["type"] in ("STRS", "SYMB"))
total = doc["file"]["bytes"]
samples = doc["quality"]["samples"]
by_type = {}
for chunk in chunks:
    if chunk["sequence"] <= ended:
        by_type[chunk["type"]] = (by_type.get(chunk["type"], 0) +
                                  chunk["bytes"])
print("  %d samples, %d stacks, %d bytes, of which %d are names" %
      (samples, doc["stacks"], total, names))
print("  " + ", ".join("%s %.2f" % (kind, size / samples) for kind, size in
                       sorted(by_type.items(), key=lambda x: -x[1])[:5]) +
      " bytes a sample")
print("  %.2f bytes a sample without names (bound: 10 at 100,000)" %
      ((total - names) / samples))
