#!/bin/sh
# SPDX-License-Identifier: MIT
# A program that would notice any disturbance, under every way to begin and
# to end a recording.
. "$(dirname "$0")/lib.sh"
run_case witness
