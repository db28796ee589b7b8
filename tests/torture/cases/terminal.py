# SPDX-License-Identifier: MIT
"""Background jobs and orphaned groups at a terminal: as without cprof.

Each scene is played by a shell of our own (the leader of a session with a
terminal) with a job in a group of its own, once without and once with
cprof.  What the shell sees and what the job says must be the same.
"""
import fcntl
import os
import pty
import signal
import termios
import time

from harness import (CPROF, kill, need_tracing, readable, reap,
                     remove_profile, setup, wait_until)

PROFILE = "t.prof"
SAID = "said"
ALONE = "alone"
PATIENCE = 10

tap = setup()
need_tracing()


def said():
    if not os.path.exists(SAID):
        return ""
    with open(SAID, errors="replace") as file:
        return file.read()


class Shell:
    """What runs in the session: starts the job, tells what it sees."""

    def __init__(self, master, slave, tell):
        self.master, self.slave, self.tell = master, slave, tell
        self.job = 0

    def say(self, text):
        os.write(self.tell, text.encode() + b"\n")

    def start(self, command):
        self.job = os.fork()
        if self.job == 0:
            os.setpgid(0, 0)
            for number in (signal.SIGTTOU, signal.SIGHUP):
                signal.signal(number, signal.SIG_DFL)
            os.dup2(self.slave, 0)
            fd = os.open(SAID, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
            os.dup2(fd, 1)
            os.dup2(fd, 2)
            os.execvp(command[0], command)
        try:
            os.setpgid(self.job, self.job)
        except OSError:
            pass

    def change(self):
        status = reap(self.job, PATIENCE, os.WUNTRACED)
        if status is None:
            self.say("nothing happens")
        elif os.WIFSTOPPED(status):
            self.say("stopped by %d" % os.WSTOPSIG(status))
        elif os.WIFSIGNALED(status):
            self.say("killed by %d" % os.WTERMSIG(status))
        else:
            self.say("exit %d" % os.WEXITSTATUS(status))

    def foreground(self, text=b""):
        os.tcsetpgrp(self.slave, self.job)
        os.killpg(self.job, signal.SIGCONT)
        if text:
            time.sleep(0.1)
            os.write(self.master, text)


def tostop(fd):
    flags = termios.tcgetattr(fd)
    flags[3] |= termios.TOSTOP
    termios.tcsetattr(fd, termios.TCSANOW, flags)


def reads(shell, command):
    shell.start(command("read x; echo \"got $x\"; exit 3"))
    shell.change()
    shell.foreground(b"hello\n")
    shell.change()


def writes(shell, command):
    tostop(shell.slave)
    shell.start(command("echo here >/dev/tty; echo written; exit 4"))
    shell.change()
    shell.foreground()
    shell.change()


def sets_terminal(shell, command):
    shell.start(command("stty -echo </dev/tty; echo set; exit 4"))
    shell.change()
    shell.foreground()
    shell.change()


def may_write(shell, command):
    """Without tostop a background job writes as it likes."""
    shell.start(command("echo here >/dev/tty; echo written; exit 4"))
    shell.change()


def hangs_up(shell, command):
    shell.start(command("trap 'echo hup; exit 6' HUP; echo ready; "
                        "while :; do sleep 0.05; done"))
    wait_until(lambda: "ready" in said(), PATIENCE)
    time.sleep(0.1)
    os.killpg(shell.job, signal.SIGHUP)
    shell.change()


def orphan(shell, command, text, stop=False):
    """Its maker, in a group of its own, ends before it does."""
    maker = os.fork()
    if maker == 0:
        os.setpgid(0, 0)
        shell.start(command(text))
        wait_until(lambda: "ready" in said(), PATIENCE)
        if stop:
            # A shell in vfork(2) stops when its child has exec'd: never,
            # where that is stopped before it does.
            time.sleep(0.2)
            os.killpg(shell.job, signal.SIGSTOP)
            shell.change()
        os._exit(0)
    reap(maker, PATIENCE)
    with open(ALONE, "w"):
        pass
    shell.say("orphaned")


def ignores_stops(shell, command):
    orphan(shell, command, "echo ready; "
           "until [ -e " + ALONE + " ]; do sleep 0.05; done; "
           "kill -TSTP $$; kill -TTIN $$; echo alive; "
           "read x </dev/tty || echo no input; exit 5")


def continued_at_end(shell, command):
    """Its group was stopped and becomes an orphan: HUP and CONT, once."""
    orphan(shell, command, "trap 'echo hup' HUP; trap 'echo cont' CONT; "
           "echo ready; sleep 1; i=0; while [ $i -lt 12 ]; do sleep 0.05; "
           "i=$((i+1)); done; echo over; exit 5", stop=True)


def play(scene, command, last):
    """What the shell and the job said, with the end of an orphan."""
    for path in (SAID, ALONE):
        if os.path.exists(path):
            os.unlink(path)
    master, slave = pty.openpty()
    hear, tell = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(hear)
        os.setsid()
        fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
        signal.signal(signal.SIGTTOU, signal.SIG_IGN)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        scene(Shell(master, slave, tell), command)
        # The terminal is there as long as the job wants it.
        wait_until(lambda: last in said(), PATIENCE)
        os._exit(0)
    os.close(tell)
    status = reap(pid, 4 * PATIENCE)
    if status is None:
        kill(pid, signal.SIGKILL)
        reap(pid)
    with os.fdopen(hear) as file:
        text = file.read()
    # We are the reaper of orphans: how did it end?
    wait_until(no_children, PATIENCE)
    os.close(master)
    os.close(slave)
    lines = [line for line in said().splitlines()
             if not line.startswith("cprof") and line != "Hangup"]
    return text.splitlines() + lines


def no_children():
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return True
    return False


def compare(name, scene, last):
    truth = play(scene, lambda text: ["sh", "-c", text], last)
    problems = [] if last in truth else ["without cprof: %s" % truth]
    found = play(scene, lambda text: [CPROF, "record", "-q", "-o", PROFILE,
                                      "--", "sh", "-c", text], last)
    if found != truth:
        problems.append("%s instead of %s" % (found, truth))
    problems += readable(PROFILE)
    remove_profile(PROFILE)
    tap.check(name + " (" + ", ".join(truth) + ")", problems)


compare("a background job that reads the terminal", reads, "got hello")
compare("one that writes to it, which was forbidden", writes, "written")
compare("one that writes to it", may_write, "written")
compare("one that changes its settings", sets_terminal, "set")
compare("the group of a job hangs up", hangs_up, "hup")
compare("an orphaned group is not stopped by the terminal", ignores_stops,
        "no input")
compare("a stopped group that becomes an orphan", continued_at_end, "over")
tap.finish()
