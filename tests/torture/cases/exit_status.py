# SPDX-License-Identifier: MIT
"""Exit statuses, deaths by signal, and commands that cannot be executed."""
import os
import resource
import signal
import subprocess
import sys

from harness import (CPROF, kill, need_tracing, record, remove_profile,
                     setup, show_status, stray_files, wait_until)

PROFILE = "s.prof"
DIE = "kill -%d $$; exit 99"

tap = setup()
need_tracing()
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
# A folder of PATH that may not be searched makes 127 a 126.
os.environ["PATH"] = "/usr/bin:/bin"


def run(command, plain=False, **popen):
    """The status as from wait(2), and stderr."""
    if not plain:
        command = [CPROF, "record", "-q", "-o", PROFILE, "--", *command]
    done = subprocess.run(command, stdout=subprocess.DEVNULL, check=False,
                          stderr=subprocess.PIPE, text=True, timeout=60,
                          **popen)
    if done.returncode < 0:
        return -done.returncode, done.stderr
    return done.returncode << 8, done.stderr


def exit_statuses():
    problems = []
    for number in range(256):
        status, err = run(["sh", "-c", "exit %d" % number])
        if status != number << 8:
            problems.append("exit %d: %s\n%s" %
                            (number, show_status(status), err))
    problems += [] if remove_profile(PROFILE) == [PROFILE] else ["no profile"]
    tap.check("256 of 256 exit statuses are passed on", problems)


def deaths():
    """Every signal does to cprof what it did to the program."""
    problems = []
    killed = 0
    for number in range(1, signal.NSIG):
        if number in (32, 33, signal.SIGSTOP, signal.SIGTSTP,
                      signal.SIGTTIN, signal.SIGTTOU):
            continue
        plain, _ = run(["sh", "-c", DIE % number], plain=True)
        status, err = run(["sh", "-c", DIE % number])
        killed += plain & 0x7f != 0
        if status & 0x7f != plain & 0x7f or \
                (not plain & 0x7f and status != plain):
            problems.append("signal %d: %s instead of %s\n%s" %
                            (number, show_status(status),
                             show_status(plain), err))
    tap.note("%d signals kill, the others did not" % killed)
    remove_profile(PROFILE)
    tap.check("cprof dies by the signal that killed the program", problems)


def cannot_execute(name, command, wanted, **popen):
    """As env(1) does, and no file is left."""
    plain, _ = run(["env", *command], plain=True, **popen)
    status, err = run(command, **popen)
    problems = []
    if status != wanted << 8 or plain != status:
        problems.append("%s; env: %s; wanted %d" %
                        (show_status(status), show_status(plain), wanted))
    if command[0][:60] not in err:
        problems.append("stderr does not name it: " + err)
    problems += ["%s was left" % f for f in remove_profile(PROFILE)]
    problems += stray_files(files)
    tap.check(name, problems)


def make_file(name, text, mode):
    with open(name, "w") as file:
        file.write(text)
    os.chmod(name, mode)
    files.add(name)


def wait_for_line(process):
    """The program has set its traps."""
    return wait_until(lambda: "ready" in process.out())


def passed_on():
    """Signals that somebody sends to cprof reach the program, once each."""
    numbers = (signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1,
               signal.SIGUSR2, signal.SIGALRM, signal.SIGIO, signal.SIGWINCH)
    traps = "".join("trap 'echo got %d' %d\n" % (n, n) for n in numbers)
    process = record(["-q", "-o", PROFILE],
                     ["sh", "-c", traps + "echo ready; trap 'exit 44' RTMIN\n"
                      "while :; do sleep 0.01; done"])
    problems = [] if wait_for_line(process) else ["it did not start"]
    for number in numbers:
        kill(process.pid, number)
        if not wait_until(lambda n=number: "got %d\n" % n in process.out(),
                          2):
            problems.append("signal %d did not arrive" % number)
    kill(process.pid, signal.SIGRTMIN)
    status = process.wait()
    if status != 44 << 8:
        problems.append(show_status(status))
    if process.out().count("got") != len(numbers):
        problems.append(process.out())
    remove_profile(PROFILE)
    tap.check("%d signals sent to cprof reach the program, once each" %
              (len(numbers) + 1), problems)


GROUP_KILL = """
import os, signal, time
got = []
signal.signal(signal.SIGTERM, lambda *_: got.append(1))
os.kill(0, signal.SIGTERM)
time.sleep(0.2)
child = os.fork()
if child == 0:
    os.kill(0, signal.SIGTERM)
    time.sleep(0.2)
    os._exit(0)
os.waitpid(child, 0)
os._exit(40 + len(got))
"""


def group_kill():
    """Its own signal and that of its child come once each."""
    process = record(["-q", "-o", PROFILE],
                     [sys.executable, "-c", GROUP_KILL],
                     preexec_fn=lambda: os.setpgid(0, 0))
    status = process.wait()
    remove_profile(PROFILE)
    tap.check("a signal that the program sends to its own group comes once",
              [] if status == 42 << 8 else [show_status(status)])


files = {"rec", "rec.err"}
exit_statuses()
passed_on()
group_kill()
deaths()
make_file("plain-text", "hello\n", 0o644)
make_file("bad-interpreter", "#!/no/such/interpreter\n", 0o755)
make_file("no-magic", "exit 21\n", 0o755)
make_file("not-elf", "\x7fELF rubbish", 0o755)
os.mkdir("folder")
files.add("folder")
cannot_execute("a command that is not there: 127", ["no-such-command"], 127)
cannot_execute("a file that is not there: 127", ["./no/such/file"], 127)
cannot_execute("a file that is not executable: 126", ["./plain-text"], 126)
cannot_execute("a folder: 126", ["./folder"], 126)
cannot_execute("an interpreter that is not there: 127",
               ["./bad-interpreter"], 127)
run_status, run_err = run(["./no-magic"])
tap.check("a script without #! is run by the shell, as execvp does",
          [] if run_status == 21 << 8 else [show_status(run_status), run_err])
remove_profile(PROFILE)

many = subprocess.run([CPROF, "record", "-q", "--runs", "5",
                       "--no-plain-runs", "-o", PROFILE,
                       "--", "sh", "-c", "echo x >>count; "
                       "test $(wc -l <count) -lt 3"], check=False)
with open("count") as runs:
    count = len(runs.readlines())
tap.check("--runs stops at the first run that fails, with its status",
          [] if (many.returncode, count) == (1, 3) else
          ["status %d after %d runs" % (many.returncode, count)])
tap.finish()
