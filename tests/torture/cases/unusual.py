# SPDX-License-Identifier: MIT
"""Programs that use of the kernel what few do; places that allow little."""
import os
import resource
import signal
import subprocess
import time

from harness import (CPROF, Process, build, children, comm, need_tracing,
                     not_held, readable, record, remove_profile, setup,
                     show_status, state, trials, wait_until)
from ways import ATTACHED, LAUNCHED, PROFILE, check_same, plain, same, under

RATE = ("-F", "1000", "--max-overhead", "off")
BOTH = (LAUNCHED, ATTACHED)
MODES = (
    ("sigsys", 5000, "calls that seccomp turns into signals"),
    ("strict", 150000000, "seccomp's strict mode: it ends by any other call"),
    ("supervised", 3000, "calls that a supervisor answers"),
    ("rseq", 15000000, "restartable sequences"),
    ("robust", 800, "threads that end with a robust lock"),
    ("signalfd", 300, "a server that hears of children by signalfd"),
    ("pidfd", 300, "a server that waits for children by pidfd, twice"),
    ("stops", 400, "children that are stopped and continued, waited for"),
    ("stop-storm", 2000, "storms of SIGSTOP and SIGCONT"),
    ("ignored", 400, "children that leave no status"),
    ("maps", 60000, "60,000 mappings"),
)

tap = setup()
need_tracing()
unusual = build("unusual")
core = build("core", "-O0")


def usable(mode, count):
    """Some kernels do without: 77."""
    return plain([unusual, mode, str(count)]).status != 77 << 8


def in_namespaces():
    """Its own users and process ids; it is the first of them."""
    command = ["unshare", "-Urpf", unusual, "stops", "100"]
    if plain(command).status != 13 << 8:
        tap.skip("user and pid namespaces", "they are not allowed here")
        return
    check_same(tap, "the first process of a user and pid namespace", command,
               RATE, (LAUNCHED,))


def ended_by(command, folder, name):
    """(status, files and what is in them), in a folder of its own"""
    os.mkdir(folder)
    resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY,
                                              resource.RLIM_INFINITY))
    process = Process(command, name, cwd=folder)
    status = process.wait()
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.RLIM_INFINITY))
    found = {path: open(os.path.join(folder, path), "rb").read()
             for path in os.listdir(folder)}
    return status, found


def core_file():
    name = "a core file of the program is written, and none of cprof"
    with open("/proc/sys/kernel/core_pattern") as file:
        pattern = file.read().strip()
    if "/" in pattern or pattern.startswith("|") or \
            resource.getrlimit(resource.RLIMIT_CORE)[1] == 0:
        tap.skip(name, "core_pattern is %s, or no core is allowed" % pattern)
        return
    before, files = ended_by([core], "plain-core", "plain")
    after, found = ended_by(
        [CPROF, "record", "-q", "-o", os.path.join(os.getcwd(), PROFILE),
         "--", core], "cprof-core", "rec")
    problems = []
    if before & 0x7f != signal.SIGSEGV or after & 0x7f != before & 0x7f:
        problems.append("%s instead of %s" % (show_status(after),
                                              show_status(before)))
    if len(files) != 1:
        tap.skip(name, "there is none without cprof, either")
        return
    if len(found) != 1:
        problems.append("files: %s" % list(found))
    for content in found.values():
        if content[:4] != b"\x7fELF" or b"this is in the core" not in content:
            problems.append("%d bytes, not of the program" % len(content))
    problems += readable(PROFILE)
    remove_profile(PROFILE)
    tap.check(name, problems)


DAEMON = """
(setsid sh -c 'echo $$ >daemon; i=0
 while [ $i -lt %d ]; do i=$((i+1)); done; echo done >>daemon' &)
while [ ! -s daemon ]; do sleep 0.01; done
exit 9
"""


def daemon():
    """It is left alone when cprof ends, and goes on."""
    process = record(["-o", PROFILE], ["sh", "-c", DAEMON % 1000000])
    status = process.wait()
    problems = [] if status == 9 << 8 else [show_status(status)]
    with open("daemon") as file:
        pid = int(file.readline())
    ended = state(pid) in ("", "Z")
    problems += [] if ended else not_held(pid)
    if not ended and "%d (sh) of the program runs on" % pid not in \
            process.err():
        problems.append("cprof says: " + process.err())
    wait_until(lambda: state(pid) in ("", "Z"), 30)
    with open("daemon") as file:
        if "done" not in file.read():
            problems.append("it did not come to its end")
    problems += readable(PROFILE)
    remove_profile(PROFILE)
    os.unlink("daemon")
    tap.check("a daemon goes on when its maker and cprof have ended",
              problems)


WORK = "i=0; while [ $i -lt 60000 ]; do i=$((i+1)); done; exit 7"


def limit(kind, value):
    def prepare():
        resource.setrlimit(kind, (value, value))
    return prepare


def close_all():
    for fd in (0, 1, 2):
        os.close(fd)


def ignore_children():
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)


def block_all():
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())


def poor(name, prepare, whole=True):
    """The program ends as without; the file is whole, or can be read."""
    process = record(["-o", PROFILE], ["sh", "-c", WORK], preexec_fn=prepare)
    status = process.wait()
    problems = [] if status == 7 << 8 else [show_status(status)]
    problems += readable(PROFILE)
    if whole and not os.path.exists(PROFILE):
        problems.append("the profile is not finished")
    if not whole and "not complete" not in process.err():
        problems.append("nobody was told")
    if problems:
        problems.append("cprof says: " + process.err())
    remove_profile(PROFILE)
    tap.check(name, problems)


def nowhere_to_write():
    """It is not started, rather than run unrecorded."""
    done = subprocess.run([CPROF, "record", "--", "sh", "-c",
                           "echo started"], cwd="/proc", text=True,
                          capture_output=True, check=False)
    problems = [] if done.returncode == 125 else [str(done.returncode)]
    if done.stdout or "cannot make the directory" not in done.stderr:
        problems.append(done.stdout + done.stderr)
    tap.check("a folder that cannot be written to: said before the program "
              "starts", problems)


def hung_and_killed():
    """SIGKILL needs nobody's help, not even that of a stopped sampler."""
    process = record(["-q", "-o", PROFILE], [unusual, "strict", "1" + "0" * 12])
    target = []

    def there():
        target[:] = [pid for pid in children(process.pid)
                     if comm(pid) == "unusual"]
        return target
    wait_until(there)
    time.sleep(0.3)
    sampler = [pid for pid in children(process.pid)
               if comm(pid) == "cprof-sampler"]
    os.kill(sampler[0], signal.SIGSTOP)
    os.kill(target[0], signal.SIGKILL)
    begun = time.monotonic()
    wait_until(lambda: state(target[0]) in ("", "Z"), 5)
    took = time.monotonic() - begun
    os.kill(sampler[0], signal.SIGCONT)
    status = process.wait()
    problems = [] if took < 1 else ["it took %.1f s" % took]
    if status is None or status & 0x7f != signal.SIGKILL:
        problems.append(show_status(status))
    remove_profile(PROFILE)
    tap.check("the sampler is stopped, the program is killed: it is gone "
              "(%.0f ms)" % (1000 * took), problems)


for mode, count, what in MODES:
    if usable(mode, min(count, 10)):
        check_same(tap, what, [unusual, mode, str(trials(count))], RATE, BOTH)
    else:
        tap.skip(what, "this kernel or libc does without")
check_same(tap, "no new rights, kept by exec", [unusual, "no-new-rights"],
           RATE, BOTH)
in_namespaces()
core_file()
daemon()
hung_and_killed()
for number in (32, 16, 12):
    poor("%d descriptors" % number, limit(resource.RLIMIT_NOFILE, number))
poor("no memory may be locked", limit(resource.RLIMIT_MEMLOCK, 0))
poor("300 MB of addresses", limit(resource.RLIMIT_AS, 300 << 20))
poor("a file may have 1 kB", limit(resource.RLIMIT_FSIZE, 1024), whole=False)
poor("standard input, output and error are closed", close_all)
poor("SIGCHLD is ignored by who starts it", ignore_children)
poor("all signals are blocked by who starts it", block_all)
nowhere_to_write()
tap.finish()
