#!/bin/sh
# SPDX-License-Identifier: MIT
# Programs that may hardly do anything, and see hardly anything.
. "$(dirname "$0")/lib.sh"
run_case confined
