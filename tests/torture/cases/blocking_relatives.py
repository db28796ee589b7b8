# SPDX-License-Identifier: MIT
"""Relatives of the 21 calls: nobody sees an EINTR, nothing gets longer."""
import ctypes
import os

from blocking import Calls
from harness import build, need_tracing, setup, trials

tap = setup()
need_tracing()
FLAGS = ("-lrt", "-Wno-missing-field-initializers")
more = trials(1)
for calls in (Calls(tap, build("blocking_files", *FLAGS), 25),
              Calls(tap, build("blocking_kernel", *FLAGS), 15)):
    calls.compare("launched", 20, 75 * more, 1000)
    calls.compare("attached", 20, 75 * more, 1000)
    calls.compare("launched", 250, 6 * more, 99)
    calls.compare("launched", 3, 300 * more, 1000, work_us=50)
    calls.compare("attached", 3, 300 * more, 99, work_us=50)
    calls.tell_skipped()


def sockets_can_be_asked():
    """pidfd_open and pidfd_getfd: not in all containers, nor before 5.6."""
    libc = ctypes.CDLL(None)
    process = libc.syscall(434, os.getpid(), 0)
    return process >= 0 and libc.syscall(438, process, 0, 0) >= 0


# Their stacks cannot be read to the end without a stop.
for name, count in (("blocking", 21), ("blocking_files", 25),
                    ("blocking_kernel", 15)):
    if name == "blocking_kernel" or sockets_can_be_asked():
        Calls(tap, build(name, "-fno-omit-frame-pointer", *FLAGS),
              count).asleep(1000)
    else:
        tap.skip("attached in the middle of calls of " + name,
                 "pidfd_getfd(2) is not allowed here")
tap.finish()
