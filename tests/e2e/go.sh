#!/bin/sh
# SPDX-License-Identifier: MIT
# Go: a static binary that switches stacks.
. "$(dirname "$0")/lib.sh"

need go
HOME=${HOME:-/nonexistent} GO111MODULE=off GOCACHE=$PWD/$BUILD/e2e/go-cache \
	go build -o "$BUILD/e2e/routines" tests/e2e/targets/routines.go ||
	skip_all "go does not build the target"
record go -- "$BUILD/e2e/routines" 2
report go function --by function --min-percent 0 --top 100000
ok "collatz has its half" facts hot go.function main.collatz 10 90
ok "longest has it in total" facts hot go.function main.longest 10 90
ok "sorting has the other" facts hot go.function main.sortWords 10 90
sound go
done_testing
