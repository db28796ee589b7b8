#!/bin/sh
# SPDX-License-Identifier: MIT
# The estimate of what a recording costs, where it costs most.
. "$(dirname "$0")/lib.sh"
run_case cost
