# SPDX-License-Identifier: MIT
"""Programs that may hardly do anything, and see hardly anything."""
import os

from harness import TMP, build, need_tracing, setup
from ways import LAUNCHED, MIDWAY, check_same, plain

RATE = ("-F", "1000", "--max-overhead", "off")
BOTH = (LAUNCHED, MIDWAY)
MODES = (
    ("filter", "a seccomp filter that kills for any other call"),
    ("landlock", "landlock: no file may be opened"),
    ("chroot", "an empty folder as its root"),
    ("nobody", "all rights given away, and not dumpable"),
    ("no-proc", "a mount namespace without /proc"),
    ("pivot", "another root in user, mount and pid namespaces"),
)

tap = setup()
need_tracing()
confined = build("confined")
empty = os.path.join(TMP, "empty")
os.mkdir(empty)


def try_all(who, *before):
    """By this user; `before` makes it that user."""
    for mode, what in MODES:
        command = [*before, confined, mode, empty]
        name = "%s: %s" % (who, what)
        if plain(command).status != 21 << 8:
            tap.skip(name, "it is not allowed here")
        else:
            check_same(tap, name, command, RATE, BOTH)


try_all("as we are")
tap.finish()
