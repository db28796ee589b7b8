#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""usage: names.py FORMAT FILE [what]

Read an export with a parser of our own, strictly, and print the names that
are in it, one a line, as JSON strings; `what` is function (or nothing),
file, thread or module, where the format has them.  Status 1: it is broken.
"""
import csv
import json
import re
import sys


def of_json(text, what):
    data = json.loads(text)
    if what == "thread":
        return [thread["name"] for thread in data["threads"]]
    key = {"function": "function", "file": "file_path", "module": "module"}
    todo, found = [data["profile_json"]["root_frame"]], []
    while todo:
        frame = todo.pop()
        if frame["kind"] == "function":
            found.append(frame[key[what]])
        todo += frame["children"]
    return found


def of_speedscope(text, what):
    data = json.loads(text)
    if what == "thread":
        return [profile["name"] for profile in data["profiles"]]
    key = {"function": "name", "file": "file"}
    return [frame[key[what]] for frame in data["shared"]["frames"]]


def of_firefox(text, what):
    data = json.loads(text)
    shared = data["shared"]
    names = shared["stringArray"]
    for table in shared.values():
        if isinstance(table, dict):
            assert all(len(column) == table["length"]
                       for column in table.values()
                       if isinstance(column, list))
    if what == "thread":
        return [thread["name"] for thread in data["threads"]]
    if what == "module":
        return [lib["path"] for lib in data["libs"]]
    column = {"function": shared["funcTable"]["name"],
              "file": shared["sources"]["filename"]}
    return [names[i] for i in column[what]]


def of_chrome(text, what):
    events = json.loads(text)["traceEvents"]
    if what == "thread":
        return [event["args"]["name"] for event in events
                if event["name"] == "thread_name" and event["ph"] == "M"]
    slices = [event for event in events if event["ph"] == "X"]
    if what == "file":
        return [event["args"]["file"] for event in slices]
    return [event["name"] for event in slices]


def of_collapsed(text, what):
    assert text.endswith("\n")
    lines = text[:-1].split("\n")
    assert lines == sorted(lines, key=lambda line: line.encode())
    found = []
    for line in lines:
        stack, count = line.rsplit(" ", 1)
        assert re.fullmatch("[0-9]+", count), line
        frames = stack.split(";")
        assert all(frames), line
        found += frames[:1] if what == "thread" else frames[1:]
    return found


def of_callgrind(text, what):
    key = {"function": "c?fn", "thread": "fn", "file": "c?f[li]",
           "module": "c?ob"}[what]
    line = re.compile(r"[0-9]+( [0-9]+)+|calls=[0-9]+ [0-9]+|"
                      r"(c?fn|c?f[li]|c?ob)=\([0-9]+\)( .*)?|#.*|"
                      r"[a-z]+: .*|totals: .*|")
    for each in text.split("\n"):
        assert line.fullmatch(each), each
    return [match.group(1) for match in
            re.finditer(r"^%s=\([0-9]+\) (.*)$" % key, text, re.M)]


def of_csv(text, what):
    rows = list(csv.reader(text.splitlines(), strict=True))
    assert all(len(row) == len(rows[0]) for row in rows)
    for row in rows:
        assert not any(re.match("[=+@-]", cell) for cell in row), row
    column = {"module": 1, "file": 2}.get(what, 0)
    # The quote that keeps spreadsheets from calculating.
    return [re.sub("^'(?=[=+@-])", "", row[column]) for row in rows[1:]]


def of_md(text, what):
    title = {"function": "## Hottest functions", "module": "## Modules",
             "thread": "## Threads"}[what]
    here, found = False, []
    for line in text.split("\n"):
        # Outside of code spans nothing is left that could be markup.
        plain = re.sub(r"(?<!`)(`+)(?!`)(.*?)(?<!`)\1(?!`)", "", line)
        assert not re.search(r"[`<>\[\]&@\\]", plain), line
        here = line == title if line.startswith("##") else here
        if here and line.startswith("| `"):
            span = re.match(r"\| (`+)(.*?)(?<!`)\1(?!`)", line)
            name = span.group(2).replace(r"\|", "|")
            if len(span.group(1)) > 1:
                name = name[1:-1]
            found.append(name)
    return found


def main():
    kind, path = sys.argv[1:3]
    what = sys.argv[3] if len(sys.argv) > 3 else "function"
    with open(path, "rb") as file:
        text = file.read().decode("utf-8")
    bad = re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f"
                    "\u2028-\u202e\u2066-\u2069]", text)
    assert not bad, "U+%04X at %d" % (ord(bad.group()), bad.start())
    for name in globals()["of_" + kind](text, what):
        print(json.dumps(name))


main()
