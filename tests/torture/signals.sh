#!/bin/sh
# SPDX-License-Identifier: MIT
# Signals: a million queued ones in order, half of them attached to, their
# latency, alternate stacks, the program's own traps, timers.
. "$(dirname "$0")/lib.sh"
run_case signals
