#!/bin/sh
# SPDX-License-Identifier: MIT
# 21 blocking calls that must not notice being sampled.
. "$(dirname "$0")/lib.sh"
run_case blocking_calls
