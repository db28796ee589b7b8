#!/bin/sh
# SPDX-License-Identifier: MIT
# A sampler that stands still, in any way: the program goes on within 250 ms.
. "$(dirname "$0")/lib.sh"
run_case watchdog
