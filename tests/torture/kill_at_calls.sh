#!/bin/sh
# SPDX-License-Identifier: MIT
# kill -9 of cprof, and of its sampler and symbolizer, at their system calls:
# the first of each kind and some of the later ones.  TORTURE_FACTOR=25: all.
. "$(dirname "$0")/lib.sh"
run_case kill_at_calls
