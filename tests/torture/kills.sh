#!/bin/sh
# SPDX-License-Identifier: MIT
# kill -9 of each of cprof's processes, at random times: 200 of them.
# TORTURE_FACTOR=25 makes it 5,000.
. "$(dirname "$0")/lib.sh"
run_case kills
