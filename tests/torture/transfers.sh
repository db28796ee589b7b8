#!/bin/sh
# SPDX-License-Identifier: MIT
# Calls that move many bytes at once, where a stop would end them early.
. "$(dirname "$0")/lib.sh"
run_case transfers
