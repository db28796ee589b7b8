#!/bin/sh
# SPDX-License-Identifier: MIT
# Threads that stop at their exit, for their regions: kill -9 of cprof there.
. "$(dirname "$0")/lib.sh"
run_case marks
