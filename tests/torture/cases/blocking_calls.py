# SPDX-License-Identifier: MIT
"""21 blocking calls: nobody sees an EINTR, no time-out gets longer."""
from blocking import Calls
from harness import build, need_tracing, setup, trials

tap = setup()
need_tracing()
calls = Calls(tap, build("blocking", "-lrt",
                         "-Wno-missing-field-initializers"), 21)
more = trials(1)
for way in ("launched", "attached"):
    calls.compare(way, 20, 100 * more, 1000)
    calls.compare(way, 250, 8 * more, 1000)
calls.compare("launched", 20, 100 * more, 99)
# In short waits between bits of work, where a stop may meet their begin.
calls.compare("launched", 3, 400 * more, 1000, work_us=50)
calls.compare("attached", 3, 400 * more, 99, work_us=50)
# As many stops as can be, to meet calls that begin at that moment.
calls.compare("launched", 3, 600 * more, 5000, timed=False)
tap.finish()
