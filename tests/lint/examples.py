# SPDX-License-Identifier: MIT
"""examples.py DIR FILE...: the shell of recipes for CI, one file a snippet,
and the options of cprof gate that are in it."""
import pathlib
import re
import sys

import yaml


def github(document):
    """What `run` has in the steps of all jobs."""
    if True not in document and "on" not in document:
        raise ValueError("no trigger")  # YAML 1.1 reads "on" as true
    for job in document["jobs"].values():
        assert job["runs-on"] and job["steps"]
        for step in job["steps"]:
            assert ("uses" in step) != ("run" in step), step
            if "run" in step:
                yield step["run"]


def gitlab(document):
    """What `script` has in all jobs."""
    for name, job in document.items():
        assert isinstance(job["script"], list), name
        for line in job["script"]:
            assert isinstance(line, str), line
            yield line


def jenkins(text):
    """What sh runs; and the braces must be balanced outside of it."""
    groovy = re.sub(r"'''.*?'''|'[^'\n]*'|\"[^\"\n]*\"|//[^\n]*", "''", text,
                    flags=re.S)
    for opening, closing in ("{}", "()", "[]"):
        assert groovy.count(opening) == groovy.count(closing), opening
    assert groovy.lstrip("' \n").startswith("pipeline {")
    # As Groovy does: a backslash before a newline joins lines.
    for snippet in re.findall(r"'''(.*?)'''", text, flags=re.S):
        yield snippet.replace("\\\n", "")


def main():
    """Write the snippets; a recipe that is malformed ends it."""
    folder = pathlib.Path(sys.argv[1])
    for path in map(pathlib.Path, sys.argv[2:]):
        text = path.read_text(encoding="utf-8")
        if path.name == "Jenkinsfile":
            snippets = list(jenkins(text))
        elif path.name.startswith("github"):
            snippets = list(github(yaml.safe_load(text)))
        else:
            snippets = list(gitlab(yaml.safe_load(text)))
        if not any("cprof gate" in snippet for snippet in snippets):
            sys.exit(path.name + ": no cprof gate")
        for call in re.findall(r"cprof gate (.*?) -- ", " ".join(snippets),
                               flags=re.S):
            with open(folder / "options", "a", encoding="utf-8") as options:
                options.writelines(word + "\n" for word in call.split()
                                   if word.startswith("-"))
        for i, snippet in enumerate(snippets):
            (folder / ("%s.%d" % (path.name, i))).write_text(
                snippet, encoding="utf-8")


main()
