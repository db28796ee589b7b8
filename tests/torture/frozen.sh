#!/bin/sh
# SPDX-License-Identifier: MIT
# Clocks that are set, and processes that stand still with cprof or without it.
. "$(dirname "$0")/lib.sh"
run_case frozen
