#!/bin/sh
# SPDX-License-Identifier: MIT
# Memory and code that change, stacks that lie, too few descriptors.
. "$(dirname "$0")/lib.sh"
run_case memory
