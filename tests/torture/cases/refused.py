# SPDX-License-Identifier: MIT
"""Targets that cannot be recorded, or not as they are: said so, unharmed."""
import os
import shutil
import signal
import struct
import subprocess
import time

from harness import (CPROF, TMP, Process, attach, build, children, comm, kill,
                     need_tracing, not_held, reap, record, remove_profile,
                     setup, show_status, state, status_fields, trials,
                     wait_until)
from ways import PROFILE, plain, traced

SPUN = 11 << 8
MAIN = """#include <unistd.h>
int main(int argc, char **argv)
{
	(void)argv;
	return argc > 1 ? (int)sleep(2) : 0;
}
"""
NOBODY = 65534

tap = setup()
need_tracing()
odd = build("odd")
root = os.geteuid() == 0


def refused(pid, *wanted, **popen):
    """Attach: it fails with these words.  Problems, if not."""
    cprof = attach(pid, ["-o", PROFILE, "-d", "100ms"], **popen)
    status = cprof.wait(20)
    text = cprof.err()
    problems = []
    if status is None or not os.WIFEXITED(status) or \
            os.WEXITSTATUS(status) in (0, 127):
        problems.append(show_status(status))
    problems += ["no word of '%s': %s" % (word, text) for word in wanted
                 if word not in text]
    if remove_profile(PROFILE):
        problems.append("a profile was left")
    return problems


def ends(process):
    status = process.wait(20)
    if (status, process.out()) != (SPUN, "spun\n"):
        return ["the target: %s, %r" % (show_status(status), process.out())]
    return []


def already_traced():
    if not shutil.which("strace"):
        tap.skip("already traced", "strace is not installed")
        return
    target = Process([odd, "spin", "1000"], "target")
    strace = Process(["strace", "-o", "/dev/null", "-p", str(target.pid)],
                     "strace")
    wait_until(lambda: traced(target.pid))
    problems = refused(target.pid, "already traced", str(strace.pid),
                       "(strace)")
    if status_fields(target.pid, target.pid)["TracerPid"] != str(strace.pid):
        problems.append("strace lost it")
    problems += ends(target)
    strace.wait()
    tap.check("a target that is traced already: the tracer is named",
              problems)


def zombie():
    target = Process([odd, "zombie"], "target")
    wait_until(lambda: target.out().endswith("\n"))
    child = int(target.out())
    wait_until(lambda: state(child) == "Z")
    problems = refused(child, "has exited", str(target.pid))
    if state(child) != "Z":
        problems.append("it is no zombie any more")
    kill(target.pid, signal.SIGKILL)
    target.wait()
    reap(child)
    tap.check("a zombie: it has exited", problems)
    tap.check("a process that is gone: there is none",
              refused(child, "no process"))


def as_nobody():
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)


def nobodys_folder():
    """A folder that another user can write to, with what it runs."""
    folder = "/tmp/torture-%d" % os.getpid()
    os.mkdir(folder, 0o755)
    shutil.copy(odd, folder + "/odd")
    shutil.copy(CPROF, folder + "/cprof")
    os.chown(folder, NOBODY, NOBODY)
    return folder


def nobody_can_run(folder):
    """No: where / itself is closed to others, as in some chroots."""
    try:
        return subprocess.run([folder + "/cprof", "--version"],
                              capture_output=True, preexec_fn=as_nobody,
                              check=False).returncode == 0
    except PermissionError:
        return False


def not_dumpable(folder):
    target = Process([folder + "/odd", "not-dumpable", "700"], "target",
                     preexec_fn=as_nobody)
    time.sleep(0.1)
    cprof = Process([folder + "/cprof", "record", "-p", str(target.pid), "-o",
                     folder + "/n.prof", "-d", "100ms"], "rec",
                    preexec_fn=as_nobody)
    status = cprof.wait()
    problems = []
    if status == 0 or "not dumpable" not in cprof.err():
        problems.append("%s: %s" % (show_status(status), cprof.err()))
    problems += ends(target)
    tap.check("another user's cprof, a target that is not dumpable: it says "
              "so", problems)
    target = Process([odd, "not-dumpable", "500"], "target")
    cprof = attach(target.pid, ["-o", PROFILE, "-d", "100ms"])
    status = cprof.wait()
    problems = [] if status == 0 else [cprof.err()]
    problems += not_held(target.pid) + ends(target)
    remove_profile(PROFILE)
    tap.check("root's cprof records one that is not dumpable", problems)


def set_user_id(folder):
    program = folder + "/rights"
    shutil.copy("/usr/bin/id", program)
    os.chmod(program, 0o4755)
    script = "%s -u >/dev/null; %s -u; exit 5" % (program, program)
    if subprocess.run([program, "-u"], capture_output=True, text=True,
                      preexec_fn=as_nobody, check=False).stdout != "0\n":
        tap.skip("set-user-ID", "this file system ignores the bit")
        return
    missing = 0
    problems = []
    for _ in range(trials(20)):
        cprof = Process([folder + "/cprof", "record", "-o",
                         folder + "/s.prof", "sh", "-c", script], "rec",
                        preexec_fn=as_nobody)
        status = cprof.wait()
        told = [line for line in cprof.err().splitlines()
                if "set-user-ID" in line]
        missing += len(told) != 1 or "rights" not in told[0]
        if status != 5 << 8:
            problems.append(show_status(status) + cprof.err())
    if missing:
        problems.append("not told, or not once, in %d of %d: %s" %
                        (missing, trials(20), cprof.err()))
    tap.check("set-user-ID programs: warned about once, by name (%d times)" %
              trials(20), problems)
    problems = []
    target = Process(["sh", "-c", "sleep 0.7; " + script], "target",
                     preexec_fn=as_nobody)
    cprof = Process([folder + "/cprof", "record", "-p", str(target.pid), "-o",
                     folder + "/s.prof"], "rec", preexec_fn=as_nobody)
    status = target.wait()
    cprof.wait()
    if status != 5 << 8 or cprof.err().count("its set-user-ID bit") != 1:
        problems.append(show_status(status) + cprof.err())
    tap.check("attached: set-user-ID programs that are executed later, too",
              problems)
    file_capabilities(folder)
    cprof = record(["-o", PROFILE], ["sh", "-c", "%s -u; exit 5" % program])
    status = cprof.wait()
    problems = [] if status == 5 << 8 else [show_status(status)]
    if "set-user-ID" in cprof.err() or cprof.out() != "0\n":
        problems.append(cprof.err() + cprof.out())
    remove_profile(PROFILE)
    tap.check("where the kernel honours the bit, nobody is warned", problems)


def file_capabilities(folder):
    program = folder + "/capable"
    shutil.copy("/usr/bin/id", program)
    # setcap(8) is rarely there: version 2, effective, cap_net_raw.
    try:
        os.setxattr(program, "security.capability",
                    struct.pack("<5I", 0x02000001, 1 << 13, 0, 0, 0))
    except OSError:
        tap.skip("capabilities of files", "this file system has none")
        return
    cprof = Process([folder + "/cprof", "record", "-o", folder + "/s.prof",
                     "sh", "-c", program + " -u; exit 5"], "rec",
                    preexec_fn=as_nobody)
    status = cprof.wait()
    problems = [] if status == 5 << 8 else [show_status(status)]
    if "capable is traced" not in cprof.err() or \
            "the capabilities of its file" not in cprof.err():
        problems.append(cprof.err())
    tap.check("capabilities of a file: warned about, by name", problems)


def attached_sanitizer(program):
    """One that runs already; its leak check is not hindered afterwards."""
    target = Process([program, "long"], "target")
    time.sleep(0.2)
    cprof = attach(target.pid, ["-o", PROFILE, "-d", "200ms"])
    status = cprof.wait()
    problems = [] if status == 0 else [show_status(status)]
    if cprof.err().count("cprof: san ") != 1:
        problems.append(cprof.err())
    problems += not_held(target.pid)
    if target.wait() != 0:
        problems.append("target: " + show_status(target.status))
    remove_profile(PROFILE)
    tap.check("attached to one for a while: warned about, and unharmed",
              problems)


def sanitizers():
    for compiler in ("gcc", "clang"):
        for flag, mode in (("address", "ASan"), ("leak", "LSan")):
            name = "%s with %s" % (compiler, mode)
            program = os.path.join(TMP, "san")
            done = subprocess.run(
                [compiler, "-xc", "-", "-fsanitize=" + flag, "-o", program],
                input=MAIN, text=True,
                capture_output=True, check=False) \
                if shutil.which(compiler) else None
            if not done or done.returncode:
                tap.skip(name, "it cannot be built here")
                continue
            without = plain([program]).status
            cprof = record(["-o", PROFILE], [program])
            status = cprof.wait()
            told = [line for line in cprof.err().splitlines()
                    if "LeakSanitizer:" in line and "cprof: san " in line]
            problems = [] if len(told) == 1 else [cprof.err()]
            if without != 0:
                problems.append("without cprof: " + show_status(without))
            remove_profile(PROFILE)
            tap.note("%s: %s with cprof" % (name, show_status(status)))
            tap.check("%s: warned about, by name" % name, problems)
            if mode == "ASan":
                attached_sanitizer(program)
    cprof = record(["-o", PROFILE], [odd, "spin", "50"])
    cprof.wait()
    remove_profile(PROFILE)
    tap.check("nobody is warned about other programs",
              ["it says " + cprof.err()] if "anitizer" in cprof.err()
              or "set-user" in cprof.err() else True)


def another_with_its_id():
    """The process ends while cprof is on its way; another has its id."""
    name = "a pid that has become another process's is refused"
    if not shutil.which("strace"):
        tap.skip(name, "strace is not installed")
        return
    target = Process([odd, "spin", "30000"], "target")
    pid = target.pid
    # From the naming to the seizing: the fork of the sampler is slowed down.
    cprof = Process(["strace", "-qq", "-o", "/dev/null", "-e",
                     "inject=socketpair:delay_enter=700000", CPROF, "record",
                     "-p", str(pid), "-o", PROFILE, "-d", "200ms"], "rec")
    wait_until(lambda: any(comm(child) == "cprof"
                           for child in children(cprof.pid)))
    time.sleep(0.3)
    kill(pid, signal.SIGKILL)
    reap(pid)
    target.popen.returncode = 0
    other = Process([odd, "reuse", str(pid), "1500"], "other")
    status = cprof.wait()
    problems = []
    if other.popen.poll() is not None:
        ended = other.popen.returncode
        if ended == 77:
            tap.skip(name, "clone3 with set_tid is not allowed here")
            return
    if status is None or status == 0 or \
            "another process has got its id" not in cprof.err():
        problems.append("%s: %s" % (show_status(status), cprof.err()))
    problems += not_held(pid)
    ended = other.wait()
    if (ended, other.out()) != (SPUN, "spun\n"):
        problems.append("the other: %s, %r" % (show_status(ended),
                                               other.out()))
    remove_profile(PROFILE)
    tap.check(name, problems)


def namespaces():
    name = "a process in a pid namespace: its perf map has its inner pid"
    if subprocess.run(["unshare", "-pfm", "mount", "-t", "tmpfs", "none",
                       "/tmp"], capture_output=True, check=False).returncode:
        tap.skip(name, "pid or mount namespaces are not allowed here")
        return
    # The second of its namespace, so that another process's file is not
    # found by chance.
    target = Process(["unshare", "-pfm", "sh", "-c",
                      "exec 9<%s; mount -t tmpfs none /tmp; cat <&9 >/tmp/odd;"
                      "chmod +x /tmp/odd; /tmp/odd perf-map 1500; exit $?" %
                      odd], "target")
    found = []

    wait_until(lambda: look_for_odd(target.pid, found))
    cprof = attach(found[0], ["-o", PROFILE, "-d", "500ms"])
    status = cprof.wait()
    problems = [] if status == 0 else [cprof.err()]
    problems += not_held(target.pid)
    done = subprocess.run([CPROF, "report", PROFILE], capture_output=True,
                          text=True, check=False)
    if "made_at_run_time" not in done.stdout:
        problems.append(done.stdout + done.stderr)
    remove_profile(PROFILE)
    if target.wait() != SPUN:
        problems.append("target: " + show_status(target.status))
    tap.check(name, problems)
    # Its first process is killed: the end is what it is without cprof.
    command = ["unshare", "-pf", odd, "spin", "20000"]
    ends_of = []
    for start in (lambda: Process(command, "plain"),
                  lambda: record(["-q", "-o", PROFILE], command)):
        process = start()
        found.clear()
        wait_until(lambda: look_for_odd(process.pid, found))
        time.sleep(0.1)
        kill(found[0], signal.SIGKILL)
        ends_of.append((process.wait(), process.out(), process.err()))
    remove_profile(PROFILE)
    tap.check("the first process of a pid namespace is killed",
              [] if ends_of[0] == ends_of[1] else [repr(ends_of)])


def look_for_odd(pid, found):
    found += [one for one in family_of(pid) if comm(one) == "odd"]
    return found


def family_of(pid):
    found = [pid]
    for child in children(pid):
        found += family_of(child)
    return found


already_traced()
zombie()
if root:
    shared = nobodys_folder()
    try:
        if nobody_can_run(shared):
            not_dumpable(shared)
            set_user_id(shared)
        else:
            tap.skip("another user's cprof, and set-user-ID",
                     "another user can run nothing here")
    finally:
        shutil.rmtree(shared)
    another_with_its_id()
    namespaces()
else:
    for one in ("not dumpable", "set-user-ID", "pid reuse",
                "pid namespaces"):
        tap.skip(one, "needs root")
sanitizers()
tap.finish()
