#!/bin/sh
# SPDX-License-Identifier: MIT
# Signals that a program ignores come while it waits.
. "$(dirname "$0")/lib.sh"
run_case ignored
