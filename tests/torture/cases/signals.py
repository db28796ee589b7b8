# SPDX-License-Identifier: MIT
"""Signals: all of them, in order, as they were sent, and soon."""
import contextlib
import os
import signal

from harness import Process, build, kill, need_tracing, setup, trials
from ways import ATTACHED, LAUNCHED, check_same, plain, same, under

QUEUED = trials(1000000)
LATE_MAX_NS = 200000        # that cprof may add to the p99
RATE = ("-F", "1000", "--max-overhead", "off")

tap = setup()
need_tracing()
signals = build("signals")


def queue():
    command = [signals, "queue", str(QUEUED)]
    runs = check_same(tap, "%d queued signals come once, in order, with "
                      "what was sent with them" % QUEUED, command, RATE,
                      (LAUNCHED, ATTACHED), 1200)
    tap.check("without cprof they do", ["it wrote " + runs[0].out]
              if runs[0].out != "%d received, 0 out of order, 0 with wrong "
              "information\n" % QUEUED else True)
    tap.note("each takes %.1f us, %.1f us with cprof" %
             (runs[0].figures.get("queue_ns_each", 0) / 1000,
              runs[1].figures.get("queue_ns_each", 0) / 1000))


@contextlib.contextmanager
def awake():
    """No CPU sleeps meanwhile.  In a virtual machine one that does is woken
    up by the host, which takes 50 to 300 us and says nothing of cprof."""
    spinners = [Process([signals, "awake", str(cpu)], "awake%d" % cpu)
                for cpu in os.sched_getaffinity(0)]
    try:
        yield
    finally:
        for spinner in spinners:
            kill(spinner.pid, signal.SIGKILL)
            spinner.wait()


def latency(way):
    """The p99 that cprof adds, beyond what two switches take here now."""
    command = [signals, "latency", str(trials(10000))]
    with awake():
        truth = plain(command)
        runs = [under(way, command, RATE + ("--no-follow",))
                for _ in range(3)]
    problems = sum((same(run, truth) for run in runs), [])
    if problems:
        return problems
    # Other work on the machine can only add: of cprof's part, each has all.
    before = truth.figures
    now = min((run.figures for run in runs),
              key=lambda figures: figures["latency_p99"])
    tap.note("%s: us to the handler, without and with cprof: median %.1f "
             "%.1f, p99 %.1f %.1f, most %.0f %.0f" %
             ((way,) + tuple(figures["latency_" + name] / 1000
                             for name in ("p50", "p99", "max")
                             for figures in (before, now))))
    tap.note("a byte to another process and back, meanwhile: median %.1f, "
             "p99 %.1f, most %.0f" %
             tuple(now["trip_" + name] / 1000 for name in
                   ("p50", "p99", "max")))
    added = now["latency_p99"] - before["latency_p99"]
    if added > LATE_MAX_NS + max(0, now["trip_p99"] - now["trip_p50"]):
        problems.append("%.0f us are added to the p99" % (added / 1000))
    added = now["latency_p50"] - before["latency_p50"]
    if added > LATE_MAX_NS / 2:
        problems.append("%.0f us are added to the median" % (added / 1000))
    return problems


def timer(way):
    command = [signals, "timer", str(trials(1500))]
    truth = plain(command)
    run = under(way, command, RATE)
    problems = same(run, truth)
    if problems:
        return problems
    before, now = truth.figures, run.figures
    tap.note("%s: without and with cprof: %s" % (way, ", ".join(
        "%s %.0f %.0f" % (name, before[name], now[name])
        for name in sorted(now))))
    # Where the machine is full, alarms come together, without cprof, too;
    # of the others the kernel says how many did.
    for name, least in (("ticks", 0.99), ("alarms", 0.25),
                        ("profs_per_cpu_s", 0.25)):
        if now[name] < least * before[name]:
            problems.append("%s: %.0f instead of %.0f" %
                            (name, now[name], before[name]))
    return problems


queue()
for one in (LAUNCHED, ATTACHED):
    tap.check("%s: at most 0.2 ms are added to the p99 of signals" % one,
              latency(one))
    tap.check("%s: timers at 1 kHz come as often" % one, timer(one))
check_same(tap, "20,000 handlers run on their alternate stack, 20 of them "
           "for stacks that overflowed", [signals, "altstack"], RATE)
check_same(tap, "int3, SIGTRAP, single steps and faults of the program's own",
           [signals, "traps", str(trials(3000))], RATE)
for how in ("int3", "trap", "segv", "rt"):
    check_same(tap, "it dies by its own signal: " + how,
               [signals, "die", how], RATE, (LAUNCHED, ATTACHED))
tap.finish()
