# SPDX-License-Identifier: MIT
"""Programs of other C libraries, compilers and languages, or of none."""
import os
import shutil
import subprocess

from harness import TMP, TOP, need_tracing, setup, trials
from ways import ATTACHED, LAUNCHED, check_same

RATE = ("-F", "1000", "--max-overhead", "off")
BARE = ("-fomit-frame-pointer", "-fno-asynchronous-unwind-tables")
ALONE = ("-nostdlib", "-static", "-ffreestanding", "-fno-stack-protector",
         *BARE)
# name, compiler, flags, source
WAYS = (
    ("musl, static", "musl-gcc", ("-static",), "foreign"),
    ("musl, shared", "musl-gcc", (), "foreign"),
    ("no unwind tables, no frame pointers (clang)", "clang", BARE, "foreign"),
    ("no unwind tables, no frame pointers (gcc)", "gcc", BARE, "foreign"),
    ("no C library at all", "gcc", ALONE, "nolibc"),
)

tap = setup()
need_tracing()


def source(name):
    return os.path.join(TOP, "tests/torture/targets", name)


def compiled(command, program):
    """Is it there now?  Compilers without their library are skipped."""
    if not shutil.which(command[0]):
        return "%s is not installed" % command[0]
    done = subprocess.run(command, capture_output=True, text=True,
                          check=False, cwd=TMP)
    if done.returncode:
        return "it cannot be built: " + done.stderr.strip()[-200:]
    return "" if os.path.exists(program) else "nothing was built"


def compare(name, command, program, *arguments):
    why = compiled(command, program)
    if why:
        tap.skip(name, why)
        return
    runs = check_same(tap, name, [program, *arguments], RATE,
                      (LAUNCHED, ATTACHED))
    tap.note(runs[0].out.splitlines()[-1] if runs[0].out else "no output")


for number, (title, compiler, flags, file) in enumerate(WAYS):
    path = os.path.join(TMP, "foreign%d" % number)
    compare(title, [compiler, "-O2", "-pthread", "-D_GNU_SOURCE", *flags,
                    "-o", path, source(file + ".c")],
            path, str(trials(50)))
rust = os.path.join(TMP, "unwinding")
compare("Rust, with panics", ["rustc", "-O", "-o", rust,
                              source("unwinding.rs")], rust)
go = os.path.join(TMP, "routines")
os.environ.update(HOME=TMP, GOCACHE=os.path.join(TMP, "gocache"),
                  GO111MODULE="off")
compare("Go, with panics", ["go", "build", "-o", go, source("routines.go")],
        go)
tap.finish()
