#!/bin/sh
# SPDX-License-Identifier: MIT
# Threads: 1,250 execs from threads that are not the first, 100,000 that
# come and go, a first thread that ends, ones with CLONE_UNTRACED.
. "$(dirname "$0")/lib.sh"
run_case threads
