#!/bin/sh
# SPDX-License-Identifier: MIT
# Go: a static binary that switches stacks.
. "$(dirname "$0")/lib.sh"

need go
GOFLAGS=-mod=mod GO111MODULE=off GOCACHE=$tmp/cache \
	go build -o "$BUILD/e2e/routines" tests/e2e/targets/routines.go ||
	skip_all "go does not build the target"
record go -- "$BUILD/e2e/routines" 2
report go function --by function --min-percent 0 --top 100000
ok "collatz has its half" facts hot go.function main.collatz 35 65
ok "longest has it in total" facts hot go.function main.longest 35 65
ok "sorting has the other" facts hot go.function main.sortWords 30 60
sound go
done_testing
