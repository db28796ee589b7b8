#!/bin/sh
# SPDX-License-Identifier: MIT
# Programs of other C libraries, compilers and languages, or of none.
. "$(dirname "$0")/lib.sh"
run_case foreign
