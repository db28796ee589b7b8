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
}

setup() {
	cd "$BATS_FILE_TMPDIR" || exit
}

@test "cprof-statistics(7) has the table that the stored rows give" {
	[ "$(wc -l <table)" -eq 22 ]
	grep -vxFf "$TEST_TOP/man/cprof-statistics.7" table && false
	true
}

@test "no unchanged program is called slower, 9,000 times" {
	for load in quiet neighbour drift; do
		[ "$(cells $load cprof | awk '{ print $1 }')" = 0.00 ]
	done
}

@test "the other rules call some unchanged programs slower, from these rows" {
	for load in quiet neighbour drift; do
		for rule in welch u-test; do
			cells $load $rule |
				awk '{ exit !($1 > 3) }' || cat table
		done
	done
}

@test "5 % are found in 95 % of the gates, and 3 % where pairs spread by 1 %" {
	for load in quiet neighbour drift; do
		cells $load cprof | awk '{ exit !($5 >= 95 && $7 >= 95) }'
	done
	cells quiet cprof | awk '{ exit !($4 >= 90) }'
	cells quiet "(rounds)" | awk '{ exit !($5 <= 14 && $4 <= 40) }'
}

@test "1 % is no regression: it is below the threshold" {
	for load in quiet neighbour drift; do
		cells $load cprof | awk '{ exit !($2 < 1) }'
	done
}

@test "more memory is seen by its metric" {
	"$CPROF_OBJ/tools/verdict_rules" memory 300 100 \
		"$TEST_TOP"/tests/data/verdict/*.csv >memory
	[ "$(awk '$2 == "same" && $3 == "cprof" { n += $5 } END { print n }' \
		memory)" -eq 0 ]
	[ "$(awk '$2 == "memory+10%" && $3 == "cprof" { n += $5 }
		END { print n }' memory)" -eq 300 ]
}
