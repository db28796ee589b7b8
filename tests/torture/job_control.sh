#!/bin/sh
# SPDX-License-Identifier: MIT
# Stops, Ctrl-Z and fg, Ctrl-C: as without cprof.
. "$(dirname "$0")/lib.sh"
run_case job_control
