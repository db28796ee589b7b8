#!/bin/sh
# SPDX-License-Identifier: MIT
# The torture cases with many more trials: 5,000 kills, 100 s of each
# blocking call.  An hour or so.
set -e
cd "$(dirname "$0")/../.."
: "${TORTURE_FACTOR:=25}"
export TORTURE_FACTOR
# Five million queued signals and a million threads, each way.
for case in signals threads processes; do
	TORTURE_FACTOR=10 TEST_TIMEOUT=20000 \
		tests/run "tests/torture/$case.sh"
done
for case in kills kill_at_calls watchdog blocking_calls; do
	TEST_TIMEOUT=20000 tests/run "tests/torture/$case.sh"
done
