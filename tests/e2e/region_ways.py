# SPDX-License-Identifier: MIT
"""What must be in the report of targets/region_ways.cpp."""
import json
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    report = json.load(file)
rows = report["rows"]
losses = report["region_losses"]
bad = []


def path(row):
    if row["parent"] is None:
        return row["name"]
    return path(rows[row["parent"]]) + "/" + row["name"]


by_path = {path(row): row for row in rows}


def expect(what, found, wanted):
    if found != wanted:
        bad.append("%s: %s, not %s" % (what, found, wanted))


def calls(where, count, cut=0):
    row = by_path.get(where)
    expect(where, (row["calls"], row["cut_calls"]) if row else None,
           (count, cut))


calls("main", 1)
calls("main/exceptions", 1)
calls("main/exceptions/try", 10)
calls("main/exceptions/try/thrower", 10)
calls("main/exceptions/try/thrower/thrower/thrower", 10)
calls("main/exceptions/after exceptions", 1)
# What was jumped out of stays open until the one around it ends.
calls("main/jumps", 1)
calls("main/jumps/jumped out of/and of", 1)
calls("main/jumps/jumped out of/and of/after the jump", 1)
calls("main/signal jumps", 1)
calls("main/signal jumps/interrupted/in the handler", 1)
calls("main/after the signal", 1)
expect("left by a jump", losses["left_by_jump"], 2 + 2 + 100)
# 64 at a time, one of which is main.
calls("main" + "/deep" * 63, 1)
expect("deeper", "main" + "/deep" * 64 in by_path, False)
expect("too deep", losses["too_deep"], 7)
calls("main/unbalanced/fine", 1)
expect("unbalanced", losses["unbalanced"], 2 + 2)
calls("main/handler", 10)
calls("in a thread", 100)
calls("in a thread/left open by a thread", 100)
calls("main/children", 1)
calls("child", 2, 2)
calls("after exec", 1)
calls("main/names", 1)
for i in range(5):
    calls("main/names/node %d" % i, 10)
    expect("label", by_path["main/names/node %d" % i]["labels"],
           {"size": ["small" if i else "large"]})
calls("main/names/resumed", 1)
expect("paused", [path for path in by_path if "pause" in path], [])
calls("main/last", 1)
expect("kind", by_path["main/last"]["kind"], "mark")
for key in ("events", "calls_dropped", "nonsense", "threads", "names"):
    expect(key, losses[key], 0)
run = report["profile"]["runs"][0]
expect("name", run["name"], "ways")
expect("version", run["version"], "7")
expect("labels", run["labels"], [{"key": "colour", "value": "blue"}])
print("\n".join(bad))
sys.exit(bool(bad))
