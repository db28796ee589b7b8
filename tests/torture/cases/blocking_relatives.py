# SPDX-License-Identifier: MIT
"""Relatives of the 21 calls: nobody sees an EINTR, nothing gets longer."""
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
tap.finish()
