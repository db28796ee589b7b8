#!/bin/sh
# SPDX-License-Identifier: MIT
# How long threads stand still for a sample, what work is left to a busy
# program, and what a program of 1,000 sleepers costs.
. "$(dirname "$0")/lib.sh"
run_case hold
