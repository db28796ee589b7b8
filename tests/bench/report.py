# SPDX-License-Identifier: MIT
"""Run a command ROUNDS times: median time and greatest memory.

    report.py ROUNDS COMMAND...
"""
import os
import statistics
import sys
import time


def once(command):
    start = time.monotonic()
    pid = os.posix_spawnp(command[0], command, os.environ, file_actions=[
        (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)])
    _, status, use = os.wait4(pid, 0)
    if status:
        raise SystemExit("%s: wait status %d" % (" ".join(command), status))
    return time.monotonic() - start, use.ru_maxrss / 1024


def main(argv):
    runs = [once(argv[2:]) for _ in range(int(argv[1]))]
    print("  %-34s %.3f s, %.0f MB (bounds: 0.3 s, 200 MB)" % (
        " ".join(argv[3:-1]), statistics.median(t for t, _ in runs),
        max(m for _, m in runs)))


main(sys.argv)
