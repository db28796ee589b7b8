#!/bin/sh
# SPDX-License-Identifier: MIT
# Who starts a program: make, xargs, timeout, systemd, terminals; and who reads
# what cprof says, or does not.
. "$(dirname "$0")/lib.sh"
run_case parents
