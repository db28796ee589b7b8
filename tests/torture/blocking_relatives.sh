#!/bin/sh
# SPDX-License-Identifier: MIT
# Relatives of the 21 calls: 39 more ways to wait, which must not notice.
. "$(dirname "$0")/lib.sh"
run_case blocking_relatives
