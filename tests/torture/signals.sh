#!/bin/sh
# SPDX-License-Identifier: MIT
# Signals: 100,000 queued ones in order (TORTURE_FACTOR=10: a million), their
# latency, alternate stacks, the program's own traps, timers.
. "$(dirname "$0")/lib.sh"
run_case signals
