# SPDX-License-Identifier: MIT
"""Programs with regions: each of their threads stops at its exit.

They end in all ways, all the time, and cprof's processes are killed
meanwhile.  Nobody is left there, and all statuses are as without cprof.
"""
import os
import random
import signal
import time

from harness import (SEED, TOP, Process, attach, build, comm, family,
                     helper, kill, need_tracing, not_held, readable, reap,
                     record, remove_profile, setup, show_status, state,
                     trials, wait_until)

ROUNDS = "25"
PROFILE = "m.prof"
LIB = os.path.join(os.environ.get("CPROF_OBJ") or
                   os.path.join(TOP, "build/obj"), "libcprof.a")

tap = setup()
need_tracing()
if not os.path.exists(LIB):
    print("1..0 # SKIP no " + LIB)
    raise SystemExit(0)
marks = build("marks", "-I" + os.path.join(TOP, "lib/mark"), LIB)
tap.note("TORTURE_SEED=%d" % SEED)
COMMAND = [marks, ROUNDS, "37"]


def plain():
    process = Process(COMMAND, "plain")
    before = time.monotonic()
    status = process.wait()
    return (status, process.out()), time.monotonic() - before


truth, seconds = plain()
tap.note("without cprof: %s, %s in %.2f s" %
         (show_status(truth[0]), truth[1].strip(), seconds))


def compare(status, out, err=""):
    problems = []
    if status != truth[0]:
        problems.append("%s instead of %s" % (show_status(status),
                                              show_status(truth[0])))
    if out != truth[1]:
        problems.append("output %r" % out)
    if problems:
        problems.append("stderr: " + err)
    return problems


def undisturbed():
    problems = []
    for _ in range(trials(3)):
        process = record(["-o", PROFILE], COMMAND)
        status = process.wait(60)
        problems += compare(status, process.out(), process.err())
        problems += readable(PROFILE)
        remove_profile(PROFILE)
    return problems


def with_kill(who):
    """One trial; None when there was nobody to kill, else problems."""
    process = record(["-o", PROFILE], COMMAND)
    found = []

    def program():
        found[:] = [pid for pid in family(process.pid)
                    if comm(pid) == "marks"]
        return found or state(process.pid) in ("", "Z")
    wait_until(program, 10)
    time.sleep(random.uniform(0, seconds * 1.5))
    victim = process.pid if who == "cprof" else helper(process.pid, who)
    if not victim or not found or state(process.pid) in ("", "Z"):
        process.wait(60)
        remove_profile(PROFILE)
        return None
    kill(victim, signal.SIGKILL)
    # Its children come and go: whoever is there now must be free soon.
    problems = not_held(found[0]) if state(found[0]) not in ("", "Z") else []
    status = process.wait(60)
    if who == "cprof":
        try:
            status = reap(found[0], 60)
        except ChildProcessError:
            # It had ended, and cprof knew: nothing is left to see.
            remove_profile(PROFILE)
            return problems or None
    problems += compare(status, process.out(), process.err())
    remove_profile(PROFILE)
    return problems


def sweep(who, wanted):
    killed = 0
    problems = []
    for i in range(wanted * 3):
        found = with_kill(who)
        if found is None:
            continue
        killed += 1
        problems += ["trial %d: %s" % (i, text) for text in found]
        if killed == wanted or len(problems) > 10:
            break
    if killed * 2 < wanted:
        problems.append("only %d of %d were there to kill" % (killed, wanted))
    tap.check("%s killed %d times: nobody is left at an exit" % (who, killed),
              problems)


def attached():
    problems = []
    for _ in range(trials(8)):
        target = Process(COMMAND, "target")
        process = attach(target.pid, ["-o", PROFILE, "-d", "100ms"])
        time.sleep(random.uniform(0.02, 0.15))
        victim = helper(process.pid, "sampler")
        if victim and random.random() < 0.5:
            kill(victim, signal.SIGKILL)
        process.wait(60)
        problems += compare(target.wait(60), target.out(), process.err())
        remove_profile(PROFILE)
    return problems


tap.check("all ends are as without cprof", undisturbed())
sweep("sampler", trials(20))
sweep("cprof", trials(10))
tap.check("attached: all ends are as without cprof", attached())
tap.finish()
