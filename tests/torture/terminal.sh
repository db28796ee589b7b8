#!/bin/sh
# SPDX-License-Identifier: MIT
# Background jobs and orphaned groups at a terminal.
. "$(dirname "$0")/lib.sh"
run_case terminal
