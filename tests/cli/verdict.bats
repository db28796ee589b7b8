#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The rule of the gate, applied to rows of real runs: see bench/verdict.sh.
load lib

verdict() {
	"$TEST_TOP/tests/bench/verdict.sh" "$@"
}

# cells LOAD RULE: the row, as numbers
cells() {
	awk -v load="$1" -v rule="$2" \
		'$1 == load && $2 == rule { $1 = $2 = ""; print }' table
}

setup_file() {
	cd "$BATS_FILE_TMPDIR" || exit
	verdict table cpu >table
	verdict table wall >walls
}

setup() {
	cd "$BATS_FILE_TMPDIR" || exit
}

@test "cprof-statistics(7) has the table that the stored rows give" {
	[ "$(wc -l <table)" -eq 29 ]
	awk '$2 ~ /cprof|\(/' walls >ours
	[ "$(wc -l <ours)" -eq 12 ]
	cat table ours |
		grep -vxFf "$TEST_TOP/man/cprof-statistics.7" && false
	true
}

@test "no unchanged program is called slower, 24,000 times" {
	for load in quiet neighbour drift busy; do
		[ "$(cells $load cprof | awk '{ print $1 }')" = 0.00 ]
	done
	awk '$2 == "cprof" && $3 != "0.00"' walls | grep . && false
	true
}

@test "the other rules call some unchanged programs slower, from these rows" {
	for load in quiet neighbour drift busy; do
		for rule in welch u-test; do
			cells $load $rule |
				awk '{ exit !($1 > 3) }' || cat table
		done
	done
}

@test "5 % are found in 95 % of the gates, 3 % in 90 % where it is not busy" {
	for load in quiet neighbour drift busy; do
		cells $load cprof | awk '{ exit !($5 >= 95 && $7 >= 95) }'
	done
	for load in quiet neighbour drift; do
		cells $load cprof | awk '{ exit !($4 >= 90) }'
		cells $load "(rounds)" |
			awk '{ exit !($5 <= 14 && $4 <= 40) }'
	done
	awk '$1 == "quiet" && $2 == "cprof" { exit !($6 >= 90 && $7 >= 95) }' \
		walls
}

@test "with normal noise of 1.5 % what was promised is found, and in time" {
	"$CPROF_OBJ/tools/verdict_rules" curve 400 >curve
	awk '$1 == "1.5%" && $2 == "+3%" { exit !($4 >= 372 && $6 <= 40) }' \
		curve
	awk '$1 == "1.5%" && $2 == "+5%" { exit !($4 >= 388 && $6 <= 14) }' \
		curve
	[ "$(awk '$2 == "+0%" { n += $4 } END { print n }' curve)" -eq 0 ]
}

@test "1 % is no regression: it is below the threshold" {
	for load in quiet neighbour drift busy; do
		cells $load cprof | awk '{ exit !($2 < 1) }'
	done
}

@test "more memory is seen by its metric" {
	"$CPROF_OBJ/tools/verdict_rules" memory 300 100 \
		"$TEST_TOP"/tests/data/verdict/*.csv >memory
	[ "$(awk '$2 == "same" && $3 == "cprof" { n += $5 } END { print n }' \
		memory)" -eq 0 ]
	[ "$(awk '$2 == "memory+10%" && $3 == "cprof" { n += $5 }
		END { print n }' memory)" -eq 400 ]
}
