#!/bin/sh
# SPDX-License-Identifier: MIT
# Processes: 20,000 forks, 1,000 vforks and spawns, 2,000 killed newborn, ones
# that share memory, ones that hide; each end is counted.
. "$(dirname "$0")/lib.sh"
run_case processes
