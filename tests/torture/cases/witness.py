# SPDX-License-Identifier: MIT
"""The witness, run plain and under all ways to begin and end a recording."""
import os
import signal
import time

from harness import (CPROF, Page, Process, attach, build, helper, kill, not_held,
                     readable, reap, record, remove_profile, setup,
                     need_tracing, show_status, stray_files, wait_until)

STEPS = 400         # about 0.6 s
STATUS = 37
PROFILE = "w.prof"

tap = setup()
need_tracing()
witness = build("witness")
allowed = {"witness"}


def plain():
    page = Page()
    process = Process([witness, page.path, str(STEPS), str(STATUS)], "plain")
    status = process.wait()
    facts = (status, process.out(), page.counters())
    page.close()
    return facts


truth = plain()
tap.check("the witness tells the same twice", truth == plain() and
          os.WEXITSTATUS(truth[0]) == STATUS)
tap.note("truth: %s, steps, signals, EINTRs %s" %
         (show_status(truth[0]), truth[2]))


def differences(status, output, page, handled=0):
    """`handled` SIGINTs were meant for it, and may interrupt a call each."""
    problems = []
    if status != truth[0]:
        problems.append("%s instead of %s" % (show_status(status),
                                              show_status(truth[0])))
    if output != truth[1]:
        problems.append("output %r instead of %r" % (output, truth[1]))
    if page.counters()[:2] != truth[2][:2] or \
            not 0 <= page.interrupted - truth[2][2] <= handled:
        problems.append("counters %s instead of %s" %
                        (page.counters(), truth[2]))
    if page.stops != handled:
        problems.append("%d SIGINTs instead of %d" % (page.stops, handled))
    return problems


def clean_up(page, *names):
    page.close()
    remove_profile(PROFILE)
    for name in names:
        for path in (name, name + ".err"):
            if os.path.exists(path):
                os.unlink(path)
    return stray_files(allowed | {"plain", "plain.err"})


def launched(name, options=(), disturb=None, file=True, err=None, handled=0):
    """cprof runs the witness; its status is cprof's."""
    page = Page()
    process = record(["-o", PROFILE, *options],
                     [witness, page.path, str(STEPS), str(STATUS)])
    problems = []
    if not wait_until(lambda: page.steps > 20):
        problems.append("it did not start")
    elif disturb:
        problems += disturb(process.pid, page.pid) or []
    status = process.wait()
    problems += differences(status, process.out(), page, handled)
    if file:
        problems += readable(PROFILE)
    if file is True and not os.path.exists(PROFILE):
        problems.append("the profile is not finished")
    if err and err not in process.err():
        problems.append("no '%s' in: %s" % (err, process.err()))
    if problems:
        problems.append("stderr: " + process.err())
    problems += clean_up(page, "rec")
    tap.check(name, problems)


def launched_and_orphaned(name):
    """cprof is killed; the witness becomes our child."""
    page = Page()
    process = record(["-o", PROFILE],
                     [witness, page.path, str(STEPS), str(STATUS)])
    problems = []
    wait_until(lambda: page.steps > 20)
    kill(process.pid, signal.SIGKILL)
    process.wait()
    problems += not_held(page.pid)
    status = reap(page.pid)
    problems += differences(status, process.out(), page)
    wait_until(lambda: os.path.exists(PROFILE), 5)
    problems += readable(PROFILE)
    if not os.path.exists(PROFILE):
        problems.append("the sampler did not finish the file")
    problems += clean_up(page, "rec")
    tap.check(name, problems)


def attached(name, options=(), disturb=None, status=0, finished=True,
             whole=False):
    """cprof attaches; the witness is ours all the time."""
    page = Page()
    target = Process([witness, page.path, str(STEPS), str(STATUS)])
    problems = []
    wait_until(lambda: page.steps > 20)
    process = attach(target.pid, ["-o", PROFILE, *options])
    if disturb:
        time.sleep(0.2)
        problems += disturb(process.pid, target.pid) or []
    ended = process.wait()
    alive = page.counters()[0] < truth[2][0]
    problems += not_held(target.pid)
    if (options or disturb) and not alive and not whole:
        problems.append("the recording ended after the target")
    if status is not None and ended != status << 8:
        problems.append("cprof: %s\n%s" % (show_status(ended),
                                           process.err()))
    problems += differences(target.wait(), target.out(), page)
    wait_until(lambda: os.path.exists(PROFILE), 5 if finished else 0)
    problems += readable(PROFILE)
    if finished and not os.path.exists(PROFILE):
        problems.append("the profile is not finished")
    problems += clean_up(page, "rec", "out")
    tap.check(name, problems)


def send(number, again=False):
    def disturb(cprof, _target):
        kill(cprof, number)
        if again:
            time.sleep(0.1)
            kill(cprof, number)
    return disturb


def kill_sampler(cprof, target):
    sampler = helper(cprof, "sampler")
    if not sampler:
        return ["there is no sampler"]
    kill(sampler, signal.SIGKILL)
    wait_until(lambda: not os.path.exists("/proc/%d/status" % sampler), 2)
    return not_held(target)


def attach_and_leave(_cprof, target):
    """Somebody else cannot trace it at the same time, and is told so."""
    second = Process(
        [CPROF, "record", "-p", str(target),
         "-o", "second.prof", "-d", "100ms"], "second")
    status = second.wait()
    problems = []
    if status != 125 << 8:
        problems.append("the second one: " + show_status(status))
    if "traced" not in second.err():
        problems.append("it says: " + second.err())
    for path in ("second", "second.err"):
        os.unlink(path)
    return problems + ["%s was left" % p for p in
                       remove_profile("second.prof")]


launched("launched: all as without cprof")
launched("launched at 99 Hz", ["-F", "99"])
launched("launched without following the child", ["--no-follow"])
launched("launched, recorded for 200 ms only", ["-d", "200ms"])
launched("launched, cprof gets a SIGINT: it is the program's affair",
         disturb=send(signal.SIGINT), handled=1)
launched("launched, cprof gets two SIGINTs: so does the program",
         disturb=send(signal.SIGINT, again=True), handled=2)
launched("launched, the sampler is killed: the program runs on",
         disturb=kill_sampler, file="partial", err="w.prof.partial is readable")
launched_and_orphaned("launched, cprof is killed: the sampler ends the file")
attached("attached until the end")
attached("attached for 200 ms", ["-d", "200ms"])
attached("attached, cprof gets a SIGINT", disturb=send(signal.SIGINT))
attached("attached, cprof gets a SIGTERM", disturb=send(signal.SIGTERM))
attached("attached, cprof gets a SIGHUP", disturb=send(signal.SIGHUP))
attached("attached, cprof is killed", disturb=send(signal.SIGKILL),
         status=None)
attached("attached, the sampler is killed", disturb=kill_sampler,
         status=125, finished=False)
attached("attached, a second cprof wants it, too", disturb=attach_and_leave,
         whole=True)
tap.finish()
