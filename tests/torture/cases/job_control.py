# SPDX-License-Identifier: MIT
"""SIGSTOP and its like, Ctrl-Z and fg, Ctrl-C: as without cprof."""
import fcntl
import os
import pty
import signal
import subprocess
import termios
import time

from harness import (CPROF, Page, Process, attach, build, comm, kill,
                     need_tracing, not_held, readable, reap, record,
                     remove_profile, setup, show_status, state, wait_until)

PROFILE = "j.prof"
STOPS = (signal.SIGSTOP, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU)

tap = setup()
need_tracing()
witness = build("witness")


def stands_still(page, seconds=0.3):
    """It stops soon, and makes no step from then on."""
    def pause_seen():
        before = page.steps
        time.sleep(0.05)
        return page.steps == before
    if not wait_until(pause_seen, 2):
        return ["it does not stop"]
    before = page.steps
    time.sleep(seconds)
    return ["it goes on while stopped"] if page.steps != before else []


def stopped_by(pid, number):
    """A stop of our child, as a shell sees it."""
    status = reap(pid, 2, os.WUNTRACED)
    if status is None or not os.WIFSTOPPED(status) or \
            os.WSTOPSIG(status) != number:
        return ["the stop by %d is not seen: %s" % (number,
                                                    show_status(status))]
    return []


def continued(pid):
    status = reap(pid, 2, os.WCONTINUED)
    if status is None or not os.WIFCONTINUED(status):
        return ["that it continued is not seen: %s" % show_status(status)]
    return []


def finish(page, process, problems, name):
    """End the witness; all is as it should be."""
    page.set_stop()
    status = process.wait(10)
    if status != 0:
        problems.append(show_status(status))
    if page.interrupted and "stop" not in name:
        problems.append("%d EINTRs" % page.interrupted)
    problems += readable(PROFILE)
    if problems:
        problems.append("stderr: " + process.err())
    remove_profile(PROFILE)
    page.close()
    tap.check(name, problems)


def launch():
    page = Page()
    # In a group of its own, as a shell's job: the harness is in another.
    process = record(["-q", "-o", PROFILE], [witness, page.path, "0", "0"],
                     preexec_fn=lambda: os.setpgid(0, 0))
    wait_until(lambda: page.steps > 20)
    return page, process


def children_too(page, number):
    """Signals to a process do not reach its child; do as a group does."""
    with open("/proc/%d/task/%d/children" % (page.pid, page.pid)) as file:
        for child in file.read().split():
            kill(int(child), number)


def stop_program(how, number, resume):
    """Stop by `number`, sent as `how` says; continue as `resume` says."""
    page, process = launch()
    problems = []
    handled = page.continued
    for i in range(3):
        if how == "group":
            os.killpg(process.pid, number)
        else:
            children_too(page, number)
            kill(page.pid if how == "program" else process.pid, number)
        problems += stands_still(page)
        problems += stopped_by(process.pid, number)
        if state(page.pid) not in ("T", "t"):
            problems.append("state %s" % state(page.pid))
        if resume == "group":
            os.killpg(process.pid, signal.SIGCONT)
        else:
            children_too(page, signal.SIGCONT)
            kill(page.pid if resume == "program" else process.pid,
                 signal.SIGCONT)
        problems += continued(process.pid)
        if not page.moves():
            problems.append("it does not go on")
        wait_until(lambda n=i: page.continued - handled == 2 * n + 2, 2)
    # Once in the program and once in its child, each time.
    if page.continued - handled != 6:
        problems.append("SIGCONT was handled %d times instead of 6" %
                        (page.continued - handled))
    finish(page, process, problems,
           "launched, signal %d to the %s, SIGCONT to the %s: stop and go" %
           (number, how, resume))


def attached_to_group():
    """A target that leads a group, and cprof that is attached to it."""
    page = Page()
    target = Process([witness, page.path, "0", "0"],
                     preexec_fn=lambda: os.setpgid(0, 0))
    wait_until(lambda: page.steps > 20)
    process = attach(target.pid, ["-q", "-o", PROFILE])
    time.sleep(0.3)
    return page, target, process


def stop_attached(number):
    """Our child; cprof is only attached."""
    page, target, process = attached_to_group()
    problems = []
    for i in range(3):
        os.killpg(target.pid, number)
        problems += stopped_by(target.pid, number)
        problems += stands_still(page)
        os.killpg(target.pid, signal.SIGCONT)
        problems += continued(target.pid)
        if not page.moves():
            problems.append("it does not go on")
        # A stop that came before would take a waiting SIGCONT away.
        wait_until(lambda n=i: page.continued == 2 * n + 2, 2)
    if page.continued != 6:
        problems.append("SIGCONT was handled %d times instead of 6" %
                        page.continued)
    # Stopped, and the recording ends: it stays stopped.
    os.killpg(target.pid, number)
    problems += stopped_by(target.pid, number)
    kill(process.pid, signal.SIGINT)
    if process.wait(10) != 0:
        problems.append("cprof: %s\n%s" % (show_status(process.status),
                                           process.err()))
    problems += not_held(target.pid, stopped=True)
    problems += stands_still(page)
    os.killpg(target.pid, signal.SIGCONT)
    if not page.moves():
        problems.append("it does not go on without cprof")
    finish(page, target, problems,
           "attached, signal %d: its parent sees it, it stays stopped" %
           number)


def stopped_before(number, resume):
    """It was stopped when we came; `resume` is "while" we look or "after"."""
    page = Page()
    target = Process([witness, page.path, "0", "0"],
                     preexec_fn=lambda: os.setpgid(0, 0))
    wait_until(lambda: page.steps > 20)
    os.killpg(target.pid, number)
    problems = stopped_by(target.pid, number)
    length = "300ms" if resume == "after" else "5s"
    process = attach(target.pid, ["-q", "-d", length, "-o", PROFILE])
    problems += stands_still(page)
    if resume == "while":
        os.killpg(target.pid, signal.SIGCONT)
        problems += continued(target.pid)
        if not page.moves():
            problems.append("it does not go on while cprof looks")
        kill(process.pid, signal.SIGINT)
    if process.wait(10) != 0:
        problems.append("cprof: %s\n%s" % (show_status(process.status),
                                           process.err()))
    if resume == "after":
        problems += not_held(target.pid, stopped=True)
        problems += stands_still(page)
        problems += names_where_it_stood()
        os.killpg(target.pid, signal.SIGCONT)
        if not page.moves():
            problems.append("it does not go on without cprof")
    finish(page, target, problems,
           "stopped by %d before cprof came, goes on %s it has left" %
           (number, "after" if resume == "after" else "before"))


def killed_while_stopped(who):
    """Attached; one of cprof's processes is killed: it stays stopped."""
    page, target, process = attached_to_group()
    os.killpg(target.pid, signal.SIGSTOP)
    problems = stopped_by(target.pid, signal.SIGSTOP)
    kill(process.pid if who == "cprof" else
         only_child(process.pid, "cprof-sampler"), signal.SIGKILL)
    process.wait(10)
    problems += not_held(target.pid, stopped=True)
    problems += stands_still(page)
    os.killpg(target.pid, signal.SIGCONT)
    problems += continued(target.pid)
    if not page.moves():
        problems.append("it does not go on")
    finish(page, target, problems,
           "attached and stopped, %s is killed: it stays stopped" % who)


def names_where_it_stood():
    """The stacks of threads that were stopped all the time."""
    done = subprocess.run([CPROF, "report", "--clock", "wall", "--by",
                           "function", PROFILE], capture_output=True,
                          text=True, check=False)
    problems = []
    if " work " not in done.stdout or " main " not in done.stdout:
        problems.append("no functions where it stood: " + done.stdout)
    if "not readable" in done.stdout:
        problems.append("a stack was not read: " + done.stdout)
    return problems


def only_child(pid, name):
    with open("/proc/%d/task/%d/children" % (pid, pid)) as file:
        for child in map(int, file.read().split()):
            if comm(child) == name:
                return child
    return 0


def sampler_killed_while_stopped():
    page, process = launch()
    os.killpg(process.pid, signal.SIGSTOP)
    problems = stopped_by(process.pid, signal.SIGSTOP)
    kill(only_child(process.pid, "cprof-sampler"), signal.SIGKILL)
    time.sleep(0.2)
    problems += not_held(page.pid, stopped=True)
    problems += stands_still(page)
    os.killpg(process.pid, signal.SIGCONT)
    if not page.moves():
        problems.append("it does not go on")
    finish(page, process, problems,
           "launched and stopped, the sampler is killed: it stays stopped")


def program_killed_while_stopped():
    page, process = launch()
    child = only_child(page.pid, "witness")
    kill(page.pid, signal.SIGSTOP)
    problems = stopped_by(process.pid, signal.SIGSTOP)
    kill(page.pid, signal.SIGKILL)
    # Nobody continues cprof, and yet its program has ended.
    status = process.wait(10)
    if status is None or status & 0x7f != signal.SIGKILL:
        problems.append(show_status(status))
    page.set_stop()
    if reap(child) != 42 << 8:
        problems.append("the child was harmed")
    remove_profile(PROFILE)
    page.close()
    tap.check("launched and stopped, the program is killed: cprof ends",
              problems)


class Terminal:
    """A shell's part: a session with a terminal, jobs in groups."""

    def __init__(self, command):
        self.master, slave = pty.openpty()
        self.go, go = os.pipe()
        self.job, job = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self.master)
            self.lead(slave, command, job)
        os.close(slave)
        os.close(job)
        os.close(go)

    def lead(self, slave, command, job):
        os.setsid()
        fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
        signal.signal(signal.SIGTTOU, signal.SIG_IGN)

        def child():
            os.setpgid(0, 0)
            os.tcsetpgrp(slave, os.getpid())
            signal.signal(signal.SIGTTOU, signal.SIG_DFL)
        with open("tty.err", "wb") as err:
            process = subprocess.Popen(command, stdin=slave, stdout=err,
                                       stderr=err, preexec_fn=child)
        while True:
            _, status = os.waitpid(process.pid, os.WUNTRACED)
            os.write(job, b"%d\n" % status)
            if not os.WIFSTOPPED(status):
                os._exit(0)
            time.sleep(0.4)         # the prompt is back
            os.tcsetpgrp(slave, process.pid)
            os.killpg(process.pid, signal.SIGCONT)

    def type(self, text):
        os.write(self.master, text)

    def status(self):
        """The next status of the job, as the shell got it."""
        line = b""
        while not line.endswith(b"\n"):
            byte = os.read(self.job, 1)
            if not byte:
                return None
            line += byte
        return int(line)

    def close(self):
        reap(self.pid, 5)
        for fd in (self.master, self.job, self.go):
            os.close(fd)
        with open("tty.err", errors="replace") as file:
            return file.read()


def terminal_launch(steps="0", status="0", shell=None):
    page = Page()
    command = shell or [witness, page.path, steps, status]
    terminal = Terminal([CPROF, "record", "-o", PROFILE, "--", *command])
    if not shell:
        wait_until(lambda: page.steps > 20)
    return page, terminal


def ctrl_z():
    page, terminal = terminal_launch()
    problems = []
    for i in range(3):
        terminal.type(b"\x1a")
        status = terminal.status()
        if not os.WIFSTOPPED(status) or \
                os.WSTOPSIG(status) != signal.SIGTSTP:
            problems.append(show_status(status))
        problems += stands_still(page, 0.1)
        if not page.moves():
            problems.append("it does not go on after fg")
        wait_until(lambda n=i: page.continued == 2 * n + 2, 2)
    if page.continued != 6:
        problems.append("SIGCONT was handled %d times instead of 6" %
                        page.continued)
    page.set_stop()
    status = terminal.status()
    if status != 0:
        problems.append(show_status(status))
    text = terminal.close()
    problems += readable(PROFILE)
    if problems:
        problems.append(text)
    remove_profile(PROFILE)
    page.close()
    tap.check("Ctrl-Z and fg, three times: the shell sees the job stop",
              problems)


def ctrl_c(times, said):
    """Handled by the program: once for each, in it and in its child."""
    page, terminal = terminal_launch(status="33")
    problems = []
    for i in range(times):
        terminal.type(b"\x03")
        if not wait_until(lambda n=i: page.stops == 2 * n + 2, 2):
            problems.append("%d SIGINTs after %d" % (page.stops, i + 1))
        time.sleep(0.1)
    if not page.moves():
        problems.append("it does not go on")
    page.set_stop()
    status = terminal.status()
    if status != 33 << 8:
        problems.append(show_status(status))
    if page.stops != 2 * times:
        problems.append("%d SIGINTs instead of %d" % (page.stops, 2 * times))
    text = terminal.close()
    if ("ended by a second" in text) != said or "report" not in text:
        problems.append("it says: " + text)
    problems += readable(PROFILE)
    remove_profile(PROFILE)
    page.close()
    tap.check("Ctrl-C, %d times: the program's affair%s" %
              (times, ", and the recording ends" if said else ""), problems)


def ctrl_c_kills():
    page, terminal = terminal_launch(
        shell=["sh", "-c", "echo >ready; while :; do :; done"])
    wait_until(lambda: os.path.exists("ready"))
    time.sleep(0.2)
    terminal.type(b"\x03")
    status = terminal.status()
    problems = []
    if status is None or status & 0x7f != signal.SIGINT:
        problems.append(show_status(status))
    text = terminal.close()
    problems += readable(PROFILE)
    if "report" not in text:
        problems.append("it says: " + text)
    remove_profile(PROFILE)
    page.close()
    tap.check("Ctrl-C kills the program: cprof ends the file and dies of it",
              problems)


for sig in STOPS:
    stop_program("program", sig, "program")
stop_program("program", signal.SIGSTOP, "cprof")
stop_program("program", signal.SIGTSTP, "group")
stop_program("group", signal.SIGTSTP, "group")
stop_program("group", signal.SIGSTOP, "group")
stop_program("cprof", signal.SIGTSTP, "cprof")
for sig in STOPS:
    stop_attached(sig)
for sig in STOPS:
    stopped_before(sig, "after")
    stopped_before(sig, "while")
sampler_killed_while_stopped()
killed_while_stopped("cprof")
killed_while_stopped("sampler")
program_killed_while_stopped()
ctrl_z()
ctrl_c(1, False)
ctrl_c(2, True)
ctrl_c_kills()
tap.finish()
