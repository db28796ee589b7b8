#!/bin/sh
# SPDX-License-Identifier: MIT
# No memory, no disk.
. "$(dirname "$0")/lib.sh"
run_case shortage
