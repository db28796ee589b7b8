# SPDX-License-Identifier: MIT
"""All that a program gets from who starts it, with and without cprof."""
import ctypes
import difflib
import os
import resource
import signal
import subprocess
import time

from harness import (CPROF, TMP, Process, attach, build, kill, need_tracing,
                     remove_profile, setup, show_status, wait_until)
from ways import traced

PROFILE = "i.prof"
PR_SET_PDEATHSIG = 1
PR_SET_TIMERSLACK = 29
PR_SETTINGS = (
    (28, 1 << 2),       # PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP
    (33, 1, 1),         # PR_MCE_KILL: PR_MCE_KILL_SET, early
    (41, 1),            # PR_SET_THP_DISABLE
    (53, 0, 4),         # PR_SET_SPECULATION_CTRL: store bypass, disabled
    (57, 1),            # PR_SET_IO_FLUSHER
    (67, 1),            # PR_SET_MEMORY_MERGE
    (24, 22),           # PR_CAPBSET_DROP: CAP_SYS_BOOT
)
SYS_ioprio_set = 251
SYS_set_mempolicy = 238

tap = setup()
need_tracing()
inherited = build("inherited")
libc = ctypes.CDLL(None)


def text(command, prepare=None, **popen):
    """What `command` prints; `prepare` runs between fork and exec."""
    done = subprocess.run(command, stdout=subprocess.PIPE, check=False,
                          stderr=subprocess.PIPE, preexec_fn=prepare,
                          timeout=60, **popen)
    if done.returncode:
        return "status %d: %s" % (done.returncode,
                                  done.stderr.decode(errors="replace"))
    return done.stdout.decode(errors="backslashreplace")


def record(options=()):
    return [CPROF, "record", "-q", "-o", PROFILE, *options, "--"]


def differences(plain, recorded):
    if plain == recorded and "signal 64" in plain:
        return []
    if plain == recorded:
        return ["the program printed: " + plain]
    return list(difflib.unified_diff(plain.splitlines(),
                                     recorded.splitlines(), "without cprof",
                                     "with cprof", lineterm="", n=0))


def same(name, prepare=None, options=(), **popen):
    plain = text([inherited], prepare, **popen)
    recorded = text(record(options) + [inherited], prepare, **popen)
    tap.check(name, differences(plain, recorded))


def signals():
    """Each of the 64 blocked, its neighbour ignored."""
    problems = []
    for number in range(64):
        mask = "%x" % (1 << number)
        ignored = "%x" % (1 << (number + 1) % 64)
        start = [inherited, mask, ignored]
        problems += differences(text(start + [inherited]),
                                text(start + record() + [inherited]))
    tap.check("64 of 64 signals are blocked and ignored as before", problems)
    full = [inherited, "f" * 16, "f" * 16]
    tap.check("all blocked and all ignored at once",
              differences(text(full + [inherited]),
                          text(full + record() + [inherited])))


WAITS = "touch there; until [ -e go ]; do :; done; exec \"$0\""


def attached(name, leave):
    """Prints what it has while it is recorded, or when cprof has left."""
    found = []
    for options in (None, ["-q", "-o", PROFILE]):
        process = Process(["sh", "-c", WAITS, inherited], "waits")
        wait_until(lambda: os.path.exists("there"))
        cprof = attach(process.pid, options) if options else None
        if cprof:
            wait_until(lambda: traced(process.pid))
            time.sleep(0.2)
        if cprof and leave:
            kill(cprof.pid, leave)
            cprof.wait()
            wait_until(lambda: not traced(process.pid))
        with open("go", "w"):
            pass
        status = process.wait()
        if cprof and not leave:
            cprof.wait()
        found.append(process.out() if status == 0 else show_status(status))
        for path in ("there", "go"):
            os.unlink(path)
        remove_profile(PROFILE)
        remove_profile(os.path.join(TMP, PROFILE))
    tap.check(name, differences(*found))


def lower_limits():
    for kind in (resource.RLIMIT_NOFILE, resource.RLIMIT_CORE,
                 resource.RLIMIT_STACK):
        soft, hard = resource.getrlimit(kind)
        value = 200 if kind == resource.RLIMIT_NOFILE else 1 << 20
        resource.setrlimit(kind, (value, hard if hard != soft else value))


def close_standard():
    for fd in (0, 2):
        os.close(fd)


def open_descriptors():
    """Some that are free numbers in between, some beyond."""
    os.dup2(os.open("/dev/null", os.O_RDWR), 7, inheritable=True)
    os.dup2(os.open(inherited, os.O_RDONLY), 99, inheritable=True)


def other_numbers():
    os.umask(0o027)
    os.nice(5)
    os.chdir("/usr")
    libc.prctl(PR_SET_TIMERSLACK, 123456, 0, 0, 0)
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with open("/proc/self/oom_score_adj", "w") as file:
        file.write("321")


def settings():
    """Those that are not allowed here stay as they are, in both runs."""
    for setting in PR_SETTINGS:
        libc.prctl(*setting, *[0] * (5 - len(setting)))
    libc.syscall(SYS_ioprio_set, 1, 0, 2 << 13 | 3)
    nodes = ctypes.c_ulong(1)
    libc.syscall(SYS_set_mempolicy, 2, ctypes.byref(nodes), 64)
    resource.setrlimit(resource.RLIMIT_MEMLOCK, (1 << 16, 1 << 16))


def schedule(policy, priority):
    def prepare():
        try:
            os.sched_setscheduler(0, policy, os.sched_param(priority))
        except PermissionError:
            pass
    return prepare


def no_new_rights():
    libc.prctl(38, 1, 0, 0, 0)


def death_signal():
    libc.prctl(PR_SET_PDEATHSIG, 10, 0, 0, 0)


def path_option():
    return {"env": {"PATH": "/usr/bin:/bin", "ODD": "a\nb", "EMPTY": "",
                    "CPROF_DEBUG": "", "DEBUGINFOD_URLS": "http://[::1]:9/"}}


PROFILE = os.path.join(os.getcwd(), PROFILE)
same("descriptors, signals, limits, numbers")
same("with --no-follow and another rate", options=["-F", "50", "--no-follow"])
same("descriptors 7 and 99 and none between", open_descriptors,
     close_fds=False)
same("standard input and error closed", close_standard)
same("lower limits", lower_limits)
same("umask, nice, folder, slack, one CPU, oom score", other_numbers)
same("a signal for the parent's death", death_signal)
same("bits for security, huge pages, machine checks, speculation, I/O, memory",
     settings)
same("no new rights", no_new_rights)
same("a program for the background", schedule(os.SCHED_BATCH, 0))
same("the least priority of all", schedule(os.SCHED_IDLE, 0))
same("real-time priority", schedule(os.SCHED_RR, 7))
same("real-time priority that a fork would reset",
     schedule(os.SCHED_FIFO | os.SCHED_RESET_ON_FORK, 7))
same("an environment with odd values", **path_option())
attached("attached to", None)
attached("attached to and left", signal.SIGINT)
attached("attached to, and cprof is killed", signal.SIGKILL)
signals()
remove_profile(PROFILE)
tap.finish()
