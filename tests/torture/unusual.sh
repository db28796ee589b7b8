#!/bin/sh
# SPDX-License-Identifier: MIT
# Programs that use of the kernel what few do, and places where little is
# allowed: seccomp, rseq, descriptors for signals and processes, core files.
. "$(dirname "$0")/lib.sh"
run_case unusual
