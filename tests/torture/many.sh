#!/bin/sh
# SPDX-License-Identifier: MIT
# Very many threads, processes and descriptors.
. "$(dirname "$0")/lib.sh"
run_case many
