# SPDX-License-Identifier: MIT
"""Who starts a program, and who reads what cprof says.

The same commands with and without cprof in front of the program, which is
"$RUN" in the scripts: what they print and how they end must be the same.
"""
import fcntl
import os
import pty
import shutil
import signal
import subprocess
import termios
import time

from harness import (CPROF, TMP, children, comm, kill, need_tracing, not_held,
                     readable, reap, remove_profile, setup, show_status,
                     state, wait_until)

PROFILE = os.path.join(TMP, "p.prof")
PROFILES = os.path.join(TMP, "profiles")
RUN = "%s record -q --" % CPROF
MAKEFILE = """
all: $(foreach n,1 2 3 4 5 6 7 8,job$(n)) bad
job%:
	@$(RUN) sh -c 'i=0; while [ $$i -lt 20000 ]; do i=$$((i+1)); done; echo $@'
bad:
	@$(RUN) sh -c 'exit 3'
"""
# name, script, the program that it needs
SCRIPTS = (
    ("exec: who is told that sockets and a watchdog are its own",
     """LISTEN_FDS=1 LISTEN_PID=$$ WATCHDOG_PID=$$ SYSTEMD_EXEC_PID=$$ \
        exec $RUN sh -c 'for n in LISTEN_PID WATCHDOG_PID SYSTEMD_EXEC_PID; do
        eval "[ \\$$n = $$ ]" && echo $n is mine; done; env | grep -c LISTEN'
     """, "sh"),
    ("exec: who is told that they are another's",
     """LISTEN_FDS=1 LISTEN_PID=1 WATCHDOG_PID=01 SYSTEMD_EXEC_PID=x$$ \
        exec $RUN sh -c 'echo $LISTEN_PID $WATCHDOG_PID; [ "$LISTEN_PID" = $$ ]'
     """, "sh"),
    ("make -j4 with a recipe that fails",
     "make -s -k -j4 -f makefile RUN=\"$RUN\" | sort; exit ${PIPESTATUS[0]}",
     "make"),
    ("make -j4 as the program", "$RUN make -s -k -j4 -f makefile RUN= | sort;"
     " exit ${PIPESTATUS[0]}", "make"),
    ("xargs -P4", "seq 20 | xargs -P4 -n1 $RUN sh -c 'exit $(($0 % 3))'",
     "xargs"),
    ("xargs as the program", "seq 200 | $RUN xargs -P4 -n1 echo | sort",
     "xargs"),
    ("timeout: it ends too late", "timeout 0.5 $RUN sleep 20", "timeout"),
    ("timeout: it ends in time", "timeout 20 $RUN sh -c 'exit 9'", "timeout"),
    ("timeout: SIGINT, and its own status",
     """timeout -s INT --preserve-status 0.5 $RUN sh -c \
        'trap "exit 44" INT; while :; do sleep 0.05; done'""", "timeout"),
    ("timeout --foreground", "timeout --foreground 0.5 $RUN sleep 20",
     "timeout"),
    ("nohup", "nohup $RUN sh -c 'kill -HUP $$; echo lives'", "nohup"),
    ("setsid", "setsid -w $RUN sh -c 'ps -o tty= -p $$; exit 5'", "setsid"),
    ("nice and stdbuf", "nice -n 7 stdbuf -oL $RUN nice", "stdbuf"),
    ("flock: held by the program, and by nobody after it",
     """flock lock $RUN sh -c 'flock -n lock true; echo $?'
        flock -n lock echo free""", "flock"),
    ("a pipe's writer sees that its reader has ended",
     "(yes; echo $? >&2) | $RUN head -n1", "head"),
    ("a pipe's reader sees that its writer has ended",
     "$RUN seq 3 | (cat; echo end)", "seq"),
    ("a group of the background that is waited for",
     """set -m; exec 2>/dev/null; $RUN sh -c 'sleep 0.2; exit 8' & wait $!; echo $?
        $RUN sh -c 'kill -STOP $$; exit 6' & sleep 0.5; jobs -l | grep -c Stop
        kill -CONT $!; sleep 0.3; wait $!; echo $?""", "bash"),
    ("killed by a signal, as a shell tells it",
     """{ $RUN sh -c 'kill -SEGV $$'; } 2>/dev/null; echo $?
        { $RUN sh -c 'kill -ALRM $$'; } 2>/dev/null; echo $?""", "bash"),
    ("a terminal of its own (script)",
     "script -qec \"$RUN sh -c 'stty size </dev/tty; test -t 0 && echo tty'\""
     " /dev/null </dev/null | tr -d '\\r'", "script"),
    ("a chain of launchers",
     "env A=1 nice -n 3 nohup setsid -w timeout 20 $RUN env | grep ^A=",
     "setsid"),
)

tap = setup()
need_tracing()


def run(script, recorder):
    """What it prints and its status, with a bash of its own."""
    environment = dict(os.environ, RUN=recorder, SHELL="/bin/sh")
    process = subprocess.Popen(
        ["bash", "-c", script], stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment,
        text=True, start_new_session=True)
    try:
        out, _ = process.communicate(timeout=30)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        out, _ = process.communicate()
        return out, "it did not end"
    return out, process.returncode


def same(name, script, needs):
    if not shutil.which(needs):
        tap.skip(name, "%s is not installed" % needs)
        return
    before, after = run(script, "env"), run(script, RUN)
    problems = [] if before == after else \
        ["%r, status %s" % after, "instead of %r, status %s" % before]
    tap.check(name, problems)


def program_of(cprof, name):
    found = []

    def look():
        found[:] = [pid for pid in children(cprof) if comm(pid) == name]
        return found
    return found[0] if wait_until(look) else 0


def unread():
    """Its reader waits for the end, and then reads."""
    reader, writer = os.pipe()
    fcntl.fcntl(writer, fcntl.F_SETFL, os.O_NONBLOCK)
    try:
        while True:
            os.write(writer, b"x" * 4096)
    except BlockingIOError:
        pass
    fcntl.fcntl(writer, fcntl.F_SETFL, 0)
    begun = time.monotonic()
    process = subprocess.Popen([CPROF, "record", "--force", "-o", PROFILE,
                                "--", "sh", "-c", "exit 12"], stderr=writer)
    status = reap(process.pid, 20)
    process.returncode = 0
    took = time.monotonic() - begun
    problems = readable(PROFILE)
    if status != 12 << 8:
        problems.append(show_status(status))
        kill(process.pid, signal.SIGKILL)
    os.close(reader)
    os.close(writer)
    tap.check("nobody reads what cprof says: it ends all the same (%.1f s)" %
              took, problems)


def stopped_terminal():
    """Ctrl-S: who is written to stands still, and the program does not."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [CPROF, "record", "--force", "-o", PROFILE, "--", "sh", "-c",
         "sleep 1.5; exit 12"], stdout=subprocess.DEVNULL, stdin=slave,
        stderr=slave, start_new_session=True, env=dict(os.environ,
                                                       TERM="xterm"),
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
    time.sleep(0.7)
    termios.tcflow(slave, termios.TCOOFF)
    status = reap(process.pid, 20)
    process.returncode = 0
    problems = readable(PROFILE)
    if status != 12 << 8:
        problems.append(show_status(status))
    termios.tcflow(slave, termios.TCOON)
    if status is None:
        kill(process.pid, signal.SIGKILL)
    os.close(slave)
    os.close(master)
    tap.check("output is stopped by Ctrl-S: the program's status comes "
              "through", problems)


def parent_dies():
    """The program asked for a signal then; it is cprof's, and passed on."""
    script = ("import ctypes, os, subprocess, sys, time\n"
              "def asked(): ctypes.CDLL(None).prctl(1, 15, 0, 0, 0)\n"
              "subprocess.Popen(sys.argv[1:], preexec_fn=asked)\n"
              "time.sleep(60)\n")
    program = "trap 'echo told >>told; exit 0' TERM; echo up >up; " \
              "while :; do sleep 0.02; done"
    problems = []
    for recorder in ([], RUN.split()):
        for path in ("told", "up"):
            if os.path.exists(path):
                os.unlink(path)
        parent = subprocess.Popen(["/usr/bin/python3", "-c", script,
                                   *recorder, "sh", "-c", program])
        wait_until(lambda: os.path.exists("up"))
        time.sleep(0.2)
        victims = children(parent.pid)
        kill(parent.pid, signal.SIGKILL)
        parent.wait()
        if not wait_until(lambda: all(state(pid) in ("", "Z")
                                      for pid in victims)):
            problems.append("%s: it lives on" % recorder[:1])
        told = open("told").read() if os.path.exists("told") else ""
        if told != "told\n":
            problems.append("%s: it heard %r" % (recorder[:1], told))
    tap.check("the parent's death is told to the program, once", problems)


def socket_activation():
    """By systemd's own tool, where it is installed."""
    name = "a socket from systemd-socket-activate is the program's"
    tool = shutil.which("systemd-socket-activate")
    if not tool:
        tap.skip(name, "systemd is not installed")
        return
    program = "import os, socket\n" \
              "mine = os.environ['LISTEN_PID'] == str(os.getpid())\n" \
              "peer = socket.socket(fileno=3).accept()[0]\n" \
              "peer.sendall(b'mine' if mine else b'not mine')\n"
    answers = []
    for recorder in ([], RUN.split()):
        if os.path.exists("socket"):
            os.unlink("socket")
        server = subprocess.Popen(
            [tool, "-l", os.path.join(TMP, "socket"), *recorder,
             "/usr/bin/python3", "-c", program], stderr=subprocess.DEVNULL)
        wait_until(lambda: os.path.exists("socket"))
        answers.append(subprocess.run(
            ["/usr/bin/python3", "-c", "import socket\n"
             "s = socket.socket(socket.AF_UNIX)\ns.connect('socket')\n"
             "print(s.recv(100))"], capture_output=True, text=True,
            timeout=20, check=False).stdout)
        server.wait()
    tap.check(name, [] if answers[0] == answers[1] == "b'mine'\n" else
              [str(answers)])


os.environ["CPROF_OUTPUT_DIR"] = PROFILES
with open("makefile", "w") as file:
    file.write(MAKEFILE)
for case in SCRIPTS:
    same(*case)
unread()
stopped_terminal()
parent_dies()
socket_activation()
remove_profile(PROFILE)
shutil.rmtree(PROFILES, ignore_errors=True)
tap.finish()
