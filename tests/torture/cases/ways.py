# SPDX-License-Identifier: MIT
"""A program run without cprof and in each of the ways with it.

What it prints on standard output and how it ends must be the same.  Lines
"~NAME NUMBER" on its standard error are figures, for the case to judge.
A program that uses targets/torture.h begins its work when it is attached
to.
"""
import os

from harness import (TMP, Process, attach, not_held, readable, record,
                     remove_profile, show_status, status_fields, wait_until)

PROFILE = "w.prof"
START = os.path.join(TMP, "start")
LAUNCHED, ATTACHED, MIDWAY = "launched", "attached", "attached midway"


class Run:
    """What one run of a program came to."""

    def __init__(self, process):
        self.status = None
        self.process = process
        self.problems = []
        self.said = ""      # by cprof

    def finish(self, status):
        self.status = status
        self.out = self.process.out()
        self.err = self.process.err()
        self.figures = figures(self.err)


def figures(text):
    found = {}
    for line in text.splitlines():
        words = line.split()
        if len(words) == 2 and words[0].startswith("~"):
            found[words[0][1:]] = float(words[1])
    return found


def traced(pid):
    try:
        return status_fields(pid, pid)["TracerPid"] != "0"
    except OSError:
        return True


def plain(command, seconds=60, **popen):
    run = Run(Process(command, "plain", **popen))
    run.finish(run.process.wait(seconds))
    return run


def launched(command, options, seconds, **popen):
    run = Run(record(["-o", PROFILE, *options], command, **popen))
    run.finish(run.process.wait(seconds))
    run.said = run.err
    if run.status is None:
        run.problems.append("cprof did not end")
    return run


def attached(command, options, seconds, **popen):
    environment = dict(os.environ, TORTURE_START=START)
    target = Process(command, "target", env=environment, **popen)
    run = Run(target)
    cprof = attach(target.pid, ["-o", PROFILE, *options])
    if not wait_until(lambda: traced(target.pid)):
        run.problems.append("it was not attached to")
    with open(START, "w"):
        pass
    if "-d" in options:
        ended = cprof.wait(seconds)
        run.problems += not_held(target.pid)
        run.finish(target.wait(seconds))
    else:
        run.finish(target.wait(seconds))
        ended = cprof.wait(20)
    os.unlink(START)
    run.said = cprof.err()
    if ended != 0:
        run.problems.append("cprof: %s; %s" % (show_status(ended),
                                               cprof.err()))
    return run


def under(way, command, options=(), seconds=60, **popen):
    options = list(options)
    if way == MIDWAY:
        options += ["-d", "300ms"]
    call = launched if way == LAUNCHED else attached
    run = call(command, options, seconds, **popen)
    run.problems += readable(PROFILE)
    if run.problems:
        run.problems.append("cprof said: " + run.said)
    remove_profile(PROFILE)
    return run


def same(run, truth):
    """Problems with `run`, which ought to be like `truth`."""
    problems = list(run.problems)
    if run.status != truth.status:
        problems.append("%s instead of %s" % (show_status(run.status),
                                              show_status(truth.status)))
    if run.out != truth.out:
        problems.append("it wrote\n%s instead of\n%s" % (run.out, truth.out))
    return problems


def check_same(tap, name, command, options=(),
               ways=(LAUNCHED, ATTACHED, MIDWAY), seconds=60, **popen):
    """One check for all `ways`; returns the runs, the plain one first."""
    truth = plain(command, seconds, **popen)
    runs = [truth]
    problems = []
    for way in ways:
        run = under(way, command, options, seconds, **popen)
        problems += ["%s: %s" % (way, text) for text in same(run, truth)]
        runs.append(run)
    tap.check("%s (%s)" % (name, ", ".join(ways)), problems)
    return runs
