#!/bin/sh
# SPDX-License-Identifier: MIT
# Exit statuses, deaths by signal, commands that cannot be executed.
. "$(dirname "$0")/lib.sh"
run_case exit_status
