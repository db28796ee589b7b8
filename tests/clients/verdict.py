#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""usage: verdict.py FORMAT FILE [NAME]

Read what `cprof compare -f FORMAT` wrote with a parser of our own, strictly,
as the service that it is for does.  Prints what it says as JSON lines; with
NAME, which stands for a JSON string, it must be there.  Status 1: broken.
"""
import json
import re
import sys
import xml.etree.ElementTree

NOT_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f"
                      "\u2028-\u202e\u2066-\u2069]")


def unescape(text, property):
    """As actions/runner does: one pass, in this order."""
    codes = [("%0D", "\r"), ("%0A", "\n")]
    if property:
        codes += [("%3A", ":"), ("%2C", ",")]
    for code, char in codes + [("%25", "%")]:
        text = text.replace(code, char)
    return text


def github(text):
    for line in text.splitlines():
        match = re.fullmatch("::(error|warning|notice) ([^:]*)::(.*)", line)
        assert match, line
        properties = {}
        for pair in match.group(2).split(","):
            key, value = pair.split("=", 1)
            assert key in ("title", "file", "line"), line
            assert key not in properties, line
            properties[key] = unescape(value, True)
        message = unescape(match.group(3), False)
        # Nothing in it is a command, even where each line is looked at.
        for value in [message] + list(properties.values()):
            assert not NOT_TEXT.search(value) and "\n" not in value, line
        if "line" in properties:
            assert re.fullmatch("[1-9][0-9]*", properties["line"]), line
            assert "file" in properties
        if "file" in properties:
            assert not properties["file"].startswith("/"), line
        yield {"level": match.group(1), "message": message, **properties}


def gitlab(text):
    findings = json.loads(text)
    seen = [finding["fingerprint"] for finding in findings]
    assert len(set(seen)) == len(seen), "fingerprints are not unique"
    for finding in findings:
        assert set(finding) == {"description", "check_name", "fingerprint",
                                "severity", "location"}
        assert re.fullmatch("[0-9a-f]{32}", finding["fingerprint"])
        assert finding["severity"] in ("info", "minor", "major", "critical",
                                       "blocker")
        location = finding["location"]
        assert not re.match(r"/|\./", location["path"]), location
        assert location["lines"]["begin"] >= 1
        for value in (finding["description"], location["path"]):
            assert not NOT_TEXT.search(value), value
        yield finding


def junit(text):
    root = xml.etree.ElementTree.fromstring(text)
    assert root.tag == "testsuites"
    for suite in root:
        assert suite.tag == "testsuite"
        cases = list(suite)
        for count, tag in (("failures", "failure"), ("skipped", "skipped")):
            assert int(suite.get(count)) == len(suite.findall(
                "testcase/" + tag)), count
        assert int(suite.get("tests")) == len(cases)
        for case in cases:
            assert case.tag == "testcase" and len(case) == 1
            assert float(case.get("time")) >= 0
            yield {"suite": suite.get("name"), "name": case.get("name"),
                   "result": case[0].tag, "text": case[0].text or
                   case[0].get("message")}
    assert int(root.get("tests")) == len(root.findall(".//testcase"))
    assert int(root.get("failures")) == len(root.findall(".//failure"))


def markdown(text):
    columns = None
    for line in text.split("\n"):
        cells = re.split(r"(?<!\\)\|", line)
        if not line.startswith("|"):
            columns = None
        elif columns is None:
            columns = len(cells)
        assert not line.startswith("|") or len(cells) == columns, line
        # Outside of code spans nothing is left that could be markup.
        plain = re.sub(r"\\[@#]<!-- -->|\\[!-/:-@\[-`{-~]|"
                       r"(?<!`)(`+)(?!`)(.*?)(?<!`)\1(?!`)", "", line)
        plain = re.sub(r"^</?details>(<summary>.*</summary>)?", "", plain)
        plain = re.sub(r"\*\*([A-Za-z ,:]*)\*\*", r"\1", plain)
        assert not re.search(r"[`<>\[\]&@\\*_~]|:/", plain), line
        yield line


def collapsed(text):
    lines = text.split("\n")
    assert lines.pop() == ""
    stacks = [line.rsplit(" ", 2)[0] for line in lines]
    assert stacks == sorted(set(stacks), key=lambda s: s.encode())
    for line in lines:
        match = re.fullmatch("(.+) ([0-9]+) ([0-9]+)", line)
        assert match and all(match.group(1).split(";")), line
        yield [match.group(1).split(";"), int(match.group(2)),
               int(match.group(3))]


def main():
    kind, path = sys.argv[1:3]
    with open(path, "rb") as file:
        text = file.read().decode("utf-8")
    assert not NOT_TEXT.search(text), "a character that acts"
    said = list(globals()[kind.replace("-diff", "")](text))
    if len(sys.argv) > 3:
        name = json.loads(sys.argv[3])
        assert any(name in json.dumps(item, ensure_ascii=False)
                   for item in said), name
        return
    for item in said:
        print(json.dumps(item))


main()
