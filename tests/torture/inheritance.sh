#!/bin/sh
# SPDX-License-Identifier: MIT
# What a program is given by who starts it, byte for byte.
. "$(dirname "$0")/lib.sh"
run_case inheritance
