# SPDX-License-Identifier: MIT
"""What the torture cases share: targets, cprof, witnesses, TAP.

A case starts programs with or without cprof, disturbs them, and asks
whether they could tell.  Only processes that a case started are signalled,
by their pids; those that lose their parent become children of the case.
"""
import ctypes
import functools
import mmap
import os
import random
import signal
import struct
import subprocess
import sys
import time

TOP = os.environ.get("TEST_TOP") or os.path.abspath(
    os.path.join(os.path.dirname(__file__), "../../.."))
CPROF = os.environ.get("CPROF") or os.path.join(TOP, "cprof")
TMP = os.environ.get("TMPDIR") or "/tmp"
FACTOR = float(os.environ.get("TORTURE_FACTOR") or 1)
SEED = int(os.environ.get("TORTURE_SEED") or random.randrange(1 << 32))

PR_SET_CHILD_SUBREAPER = 36
DETACHED_WITHIN = 0.2       # after cprof's end, nobody is traced or held
DETACHED_AT_LAST = 5        # whatever else the machine has to do


class Tap:
    """Counts and prints; ends the process with the right status."""

    def __init__(self):
        self.count = self.failed = 0

    def check(self, name, problems):
        """`problems` is a list of texts, or True for none at all."""
        self.count += 1
        if problems is True:
            problems = []
        elif problems is False:
            problems = ["it is not so"]
        print("%sok %d - %s" % ("not " if problems else "", self.count, name))
        for problem in problems[:20]:
            for line in str(problem).splitlines():
                print("# " + line)
        self.failed += bool(problems)
        sys.stdout.flush()

    def skip(self, name, why):
        self.count += 1
        print("ok %d - %s # SKIP %s" % (self.count, name, why))

    def note(self, text):
        print("# " + text)
        sys.stdout.flush()

    def finish(self):
        problems = leftovers()
        self.check("no process of all these is left", problems)
        print("1..%d" % self.count)
        sys.exit(1 if self.failed else 0)


def setup():
    """Orphans come to us; random times can be repeated."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    random.seed(SEED)
    os.chdir(TMP)
    return Tap()


def trials(count):
    return max(1, int(count * FACTOR))


def build(name, *flags):
    """Compile targets/NAME.c; returns the path of the program."""
    program = os.path.join(TMP, name)
    source = os.path.join(TOP, "tests/torture/targets", name + ".c")
    command = [os.environ.get("CC") or "cc", "-O2", "-g", "-Wall", "-pthread",
               "-D_GNU_SOURCE", "-o", program, source, *flags]
    subprocess.run(command, check=True)
    return program


# -- processes ----------------------------------------------------------

def status_fields(pid, tid):
    fields = {}
    with open("/proc/%d/task/%d/status" % (pid, tid)) as file:
        for line in file:
            key, _, value = line.partition(":")
            fields[key] = value.strip()
    return fields


def threads(pid):
    try:
        return [int(t) for t in os.listdir("/proc/%d/task" % pid)]
    except OSError:
        return []


def children(pid):
    found = []
    for tid in threads(pid):
        try:
            with open("/proc/%d/task/%d/children" % (pid, tid)) as file:
                found += [int(word) for word in file.read().split()]
        except OSError:
            pass
    return found


def family(pid):
    """`pid` and all that descend from it."""
    found = [pid]
    for child in children(pid):
        found += family(child)
    return found


def state(pid, tid=None):
    """The state letter, or "" when it is gone."""
    try:
        return status_fields(pid, tid or pid)["State"][0]
    except (OSError, KeyError):
        return ""


def comm(pid):
    try:
        with open("/proc/%d/comm" % pid) as file:
            return file.read().strip()
    except OSError:
        return ""


def held_threads(pid, stopped=False):
    """Threads of a family that are traced, or stopped and should not be."""
    problems = []
    for process in family(pid):
        for tid in threads(process):
            try:
                fields = status_fields(process, tid)
            except OSError:
                continue
            letter = fields["State"][0]
            if letter == "Z":
                continue
            if fields["TracerPid"] != "0":
                problems.append("%d is traced by %s" %
                                (tid, fields["TracerPid"]))
            if letter == "t" or (letter == "T") != stopped:
                problems.append("%d has state %s" % (tid, letter))
    return problems


def starved(pid, waits):
    """Seconds that a family and its tracers had to wait for a CPU.

    `waits` keeps what is known of each thread; some end meanwhile.
    """
    for process in family(pid):
        for tid in threads(process):
            try:
                tracer = int(status_fields(process, tid)["TracerPid"])
                for one in (tid, tracer or tid):
                    with open("/proc/%d/schedstat" % one) as file:
                        wait = int(file.read().split()[1])
                    waits[one] = (waits.get(one, (wait,))[0], wait)
            except (OSError, KeyError, IndexError, ValueError):
                continue
    return sum(now - first for first, now in waits.values()) / 1e9


def not_held(pid, stopped=False):
    """held_threads(), given the time that letting go may take.

    What they had to wait for a CPU is the machine's time, not cprof's.
    """
    begun, waits = time.monotonic(), {}
    starved(pid, waits)
    while True:
        problems = held_threads(pid, stopped)
        spent = time.monotonic() - begun
        if not problems or spent > DETACHED_AT_LAST or \
                spent - starved(pid, waits) > DETACHED_WITHIN:
            return problems
        time.sleep(0.005)


def wait_until(condition, seconds=10):
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.002)
    return True


def reap(pid, seconds=20, flags=0):
    """Wait for a child; the status as from wait(2), None when it lasts."""
    until = time.monotonic() + seconds
    while True:
        done, status = os.waitpid(pid, os.WNOHANG | flags)
        if done:
            return status
        if time.monotonic() > until:
            return None
        time.sleep(0.001)


def show_status(status):
    if status is None:
        return "it did not end"
    if os.WIFSIGNALED(status):
        return "killed by signal %d" % os.WTERMSIG(status)
    if os.WIFSTOPPED(status):
        return "stopped by signal %d" % os.WSTOPSIG(status)
    return "exit status %d" % os.WEXITSTATUS(status)


def kill(pid, number):
    if pid <= 0:    # 0 is everybody in our process group
        raise ValueError("there is no process to send a signal to")
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass


def leftovers(seconds=2):
    """Children that do not end: they are named, and ended here."""
    until = time.monotonic() + seconds
    while True:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return []
        if pid:
            continue
        if time.monotonic() > until:
            break
        time.sleep(0.005)
    problems = []
    for pid in children(os.getpid()):
        problems.append("%d (%s, state %s) is left" %
                        (pid, comm(pid), state(pid)))
        for process in family(pid):
            kill(process, signal.SIGKILL)
    return problems


# -- the witness --------------------------------------------------------

class Page:
    """What the witness counts; the fields of struct page, in order."""
    FIELDS = ("pid", "started", "stop", "steps", "signals", "interrupted",
              "continued", "stops")

    def __init__(self, name="page"):
        self.path = os.path.join(TMP, name)
        with open(self.path, "wb") as file:
            file.write(bytes(4096))
        self.file = open(self.path, "r+b")
        self.map = mmap.mmap(self.file.fileno(), 4096)

    def __getattr__(self, name):
        if name not in self.FIELDS:
            raise AttributeError(name)
        return struct.unpack_from("Q", self.map,
                                  8 * self.FIELDS.index(name))[0]

    def set_stop(self):
        struct.pack_into("Q", self.map, 8 * self.FIELDS.index("stop"), 1)

    def counters(self):
        return (self.steps, self.signals, self.interrupted)

    def moves(self, seconds=2):
        """Do the steps go on?"""
        before = self.steps
        return wait_until(lambda: self.steps > before, seconds)

    def close(self):
        self.map.close()
        self.file.close()
        os.unlink(self.path)


class Process:
    """A child with its output in a file."""

    def __init__(self, command, name="out", **popen):
        self.out_path = os.path.join(TMP, name)
        self.err_path = os.path.join(TMP, name + ".err")
        with open(self.out_path, "wb") as out, \
                open(self.err_path, "wb") as err:
            self.popen = subprocess.Popen(command, stdout=out, stderr=err,
                                          stdin=subprocess.DEVNULL, **popen)
        self.pid = self.popen.pid
        self.status = None

    def wait(self, seconds=30):
        """The status as from wait(2); None when it had to be killed."""
        self.status = reap(self.pid, seconds)
        if self.status is None:
            kill(self.pid, signal.SIGKILL)
            reap(self.pid)
        # Popen must not wait for it once more.
        self.popen.returncode = 0
        return self.status

    def out(self):
        with open(self.out_path, errors="replace") as file:
            return file.read()

    def err(self):
        with open(self.err_path, errors="replace") as file:
            return file.read()


def record(options, command, **popen):
    return Process([CPROF, "record", *options, "--", *command], "rec",
                   **popen)


def attach(pid, options, **popen):
    return Process([CPROF, "record", "-p", str(pid), *options], "rec",
                   **popen)


def helper(cprof_pid, name):
    """The pid of cprof's "sampler" or "symbolizer", or 0."""
    for child in children(cprof_pid):
        if comm(child) != "cprof-sampler":
            continue
        if name == "sampler":
            return child
        for grandchild in children(child):
            return grandchild
    return 0


@functools.lru_cache
def can_inspect():
    commands = subprocess.run([CPROF, "help", "--commands"],
                              capture_output=True, text=True, check=False)
    return "inspect" in commands.stdout


def inspect(path):
    return subprocess.run([CPROF, "inspect", path], capture_output=True,
                          text=True, check=False)


def readable(path):
    """Problems with the profile at `path`, finished or partial."""
    partial = path + ".partial"
    found = path if os.path.exists(path) else partial
    if not os.path.exists(found):
        return ["neither %s nor its .partial is there" %
                os.path.basename(path)]
    if not can_inspect():
        return []
    done = inspect(found)
    if done.returncode and found == partial and os.path.exists(path):
        done = inspect(path)    # it was finished meanwhile
    if done.returncode:
        return ["inspect %s: status %d, %s" %
                (os.path.basename(found), done.returncode,
                 done.stderr.strip())]
    return []


def remove_profile(path):
    """Returns which of the two files was there."""
    found = []
    for name in (path, path + ".partial"):
        if os.path.exists(name):
            os.unlink(name)
            found.append(os.path.basename(name))
    return found


def stray_files(allowed):
    """Files in the test's folder that nobody expected."""
    return ["%s was left behind" % name for name in sorted(os.listdir(TMP))
            if name not in allowed]


def need_tracing():
    """Exits with a skip when this machine forbids tracing."""
    done = subprocess.run([CPROF, "doctor"], capture_output=True, text=True,
                          check=False)
    if done.returncode == 1:
        print("1..0 # SKIP tracing is not possible here (see cprof doctor)")
        sys.exit(0)
