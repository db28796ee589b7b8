# SPDX-License-Identifier: MIT
"""Code and stacks that change or lie: nobody is harmed, and names are right.

Of each: the program's output and status are as without cprof, no stop was
long, and where the time went is what the program did.
"""
import glob
import json
import os
import resource
import shutil
import subprocess

from harness import (CPROF, TMP, attach, build, need_tracing, not_held,
                     readable, record, remove_profile, setup, show_status,
                     Process, wait_until)
from ways import plain, traced, START

PROFILE = "m.prof"
MS = 1000
RATE = ["-F", "1000", "--max-overhead", "off"]
HELD_MAX_NS = 10000000
DEEP = 1000000

tap = setup()
need_tracing()
memory = build("memory", "-fno-omit-frame-pointer", "-ldl")
deep = build("deep")
sleepers = build("sleepers")
library = build("library", "-shared", "-fPIC")


def facts(command):
    done = subprocess.run([CPROF, *command, PROFILE], text=True,
                          capture_output=True, check=False)
    return json.loads(done.stdout) if done.returncode == 0 else {}


def functions():
    """name -> (part of the CPU time, part with what it called)"""
    report = facts(["report", "--json"])
    whole = report.get("total_ns") or 1
    found = {}
    for row in report.get("rows", []):
        own, total = found.get(row["name"], (0, 0))
        found[row["name"]] = (own + row["self_ns"] / whole,
                              total + row["total_ns"] / whole)
    return found


def held_max():
    def find(value):
        if isinstance(value, dict):
            if "held_max_ns" in value:
                return value["held_max_ns"]
            value = list(value.values())
        if isinstance(value, list):
            return max((find(inner) for inner in value), default=0)
        return 0
    return find(facts(["inspect", "--json"]))


def run(way, command, options, **popen):
    """(problems, whole facts of the profile)"""
    if way == "launched":
        process = record(["-o", PROFILE, *options], command, **popen)
        status = process.wait()
        return process, status, []
    environment = dict(os.environ, TORTURE_START=START)
    process = Process(command, "target", env=environment, **popen)
    cprof = attach(process.pid, ["-o", PROFILE, *options])
    wait_until(lambda: traced(process.pid))
    with open(START, "w"):
        pass
    status = process.wait()
    ended = cprof.wait()
    os.unlink(START)
    return process, status, [] if ended == 0 else [cprof.err()]


def check(name, command, judge=None, ways=("launched", "attached"),
          before=None, options=RATE, **popen):
    if before:
        before()
    truth = plain(command, **popen)
    for way in ways:
        for last in (False, True):
            if before:
                before()
            process, status, problems = run(way, command, options, **popen)
            if status != truth.status:
                problems.append("%s instead of %s" %
                                (show_status(status),
                                 show_status(truth.status)))
            if process.out() != truth.out:
                problems.append("it wrote %r instead of %r" %
                                (process.out(), truth.out))
            problems += readable(PROFILE)
            longest = held_max()
            if longest > HELD_MAX_NS:
                problems.append("held for %.1f ms" % (longest / 1e6))
            if judge:
                problems += judge()
            remove_profile(PROFILE)
            if not problems or last:
                break
            tap.note("once more, %s: %s" % (name, "; ".join(problems)))
        tap.check("%s, %s (longest stop %.2f ms)" % (way, name,
                                                     longest / 1e6),
                  problems)


def at_least(function, part, column=0):
    """A judge: so much of the time is in that function."""
    def judge():
        found = functions()
        got = found.get(function, (0, 0))[column]
        if got >= part:
            return []
        return ["%s has %.2f of the time, %s" %
                (function, got, sorted(found.items(), key=lambda item:
                                       -item[1][column])[:5])]
    return judge


def no_maps():
    for path in glob.glob("/tmp/perf-*.map"):
        pid = path[len("/tmp/perf-"):-len(".map")]
        if pid.isdigit() and not os.path.exists("/proc/" + pid) and \
                os.stat(path).st_uid == os.getuid() and \
                "made_at_run_time" in open(path).read():
            os.unlink(path)


def fresh_library():
    shutil.copy(library, os.path.join(TMP, "gone.so"))


def deep_stack():
    """Both ends are there: main has all, and by way of the deep ones."""
    seen = 1 - functions().get("[too brief to be sampled]", (0, 0))[0]
    return at_least("main", 0.95 * seen, 1)() + \
        at_least("[... frames left out]", 0.25 * seen, 1)() + \
        at_least("innermost", 0.2 * seen, 1)()


def mode(what, *more):
    return [memory, what, str(MS), *more]


check("code made at run time has its name", mode("jit"),
      at_least("made_at_run_time", 0.8))
no_maps()
check("code that is unmapped and mapped again", mode("remap"))
check("libraries that come and go", mode("churn", library))
check("a library that was replaced by something else",
      mode("deleted", os.path.join(TMP, "gone.so")),
      at_least("library_work", 0.8), before=fresh_library)
check("stacks with wrong words in them", mode("corrupted"),
      at_least("corrupt", 0.8))
# In all: it makes a call every microsecond, in which a stop takes hold.
check("coroutines", mode("coroutines"), at_least("coroutine", 0.5, 1))
check("code without unwind rules", mode("no_rules"),
      at_least("no_rules", 0.8))


def unlimited():
    resource.setrlimit(resource.RLIMIT_STACK, (resource.RLIM_INFINITY,
                                               resource.RLIM_INFINITY))


if resource.getrlimit(resource.RLIMIT_STACK)[1] == resource.RLIM_INFINITY:
    check("%d frames, both ends of the stack" % DEEP,
          [deep, str(DEEP), "1200"], deep_stack, options=["-F", "200"],
          preexec_fn=unlimited)
else:
    tap.skip("a million frames", "the stack's hard limit is low")


def few_descriptors():
    resource.setrlimit(resource.RLIMIT_NOFILE, (100, 100))


def all_threads():
    text = subprocess.run([CPROF, "inspect", PROFILE], text=True,
                          capture_output=True, check=False).stdout
    return [] if "301 threads" in text and "Lost       nothing" in text or \
        "301 threads" in text and "thread" not in text.partition(
            "Lost")[2].partition("\n")[0] else [text]


check("300 threads and 100 descriptors", [sleepers, "300", str(MS)],
      all_threads, ways=("launched",), preexec_fn=few_descriptors)


SMALL = """
void _start(void)
{
	for (volatile int i = 0; i < 300000000; i++)
		;
	__asm__ volatile("int $0x80" : : "a"(1), "b"(7));
}
"""


def thirty_two_bits():
    # It needs no library: those of 32 bits are rarely there.
    built = subprocess.run([os.environ.get("CC") or "cc", "-xc", "-", "-m32",
                            "-nostdlib", "-static", "-fno-pie", "-no-pie",
                            "-o", "small"], input=SMALL, text=True,
                           capture_output=True, check=False)
    if built.returncode:
        tap.skip("a 32-bit program", "it cannot be built here: " +
                 built.stderr.strip().split("\n")[0])
        return
    if plain(["./small"]).status != 7 << 8:
        tap.skip("a 32-bit program", "this kernel runs none")
        return
    for name, command in (
            ("launched", ["./small"]),
            ("executed midway", ["sh", "-c", "i=0; while [ $i -lt 100000 ]; "
                                 "do i=$((i+1)); done; exec ./small"])):
        process = record(["-o", PROFILE], command)
        status = process.wait()
        problems = [] if status == 7 << 8 else [show_status(status)]
        if process.err().count("small is a 32-bit program") != 1:
            problems.append("cprof says: " + process.err())
        problems += readable(PROFILE)
        remove_profile(PROFILE)
        tap.check("a 32-bit program, %s: runs, and it is said, once, that it "
                  "is not seen" % name, problems)
    target = Process(["./small"], "target")
    cprof = attach(target.pid, ["-o", PROFILE])
    status = cprof.wait()
    problems = [] if status == 125 << 8 else [show_status(status)]
    if "%d is a 32-bit program" % target.pid not in cprof.err():
        problems.append("cprof says: " + cprof.err())
    problems += not_held(target.pid)
    if remove_profile(PROFILE):
        problems.append("a profile was left")
    if target.wait() != 7 << 8:
        problems.append("target: " + show_status(target.status))
    tap.check("a 32-bit program that one would attach to: refused, unharmed",
              problems)


def mount_namespace():
    """A library that only the program's own mounts show."""
    there = os.path.join(TMP, "ns")
    os.makedirs(there, exist_ok=True)
    script = "mount -t tmpfs none %s && cp %s %s/l.so && exec %s" % (
        there, library, there, " ".join(mode("churn", there + "/l.so")))
    command = ["unshare", "-m", "sh", "-c", script]
    truth = plain(command)
    if truth.status != 7 << 8:
        tap.skip("another mount namespace", "unshare -m is not permitted")
        return
    check("another mount namespace", command, at_least("library_work", 0.1))


thirty_two_bits()
mount_namespace()
tap.finish()
