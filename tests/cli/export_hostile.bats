#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# More than 200 names that are out to harm, in each place where names stand:
# functions, files, threads, modules, labels, the command.  They arrive in
# each format, and do nothing.  The names are tests/unit/format_payloads.h.
load lib

setup() {
	make_profile=$CPROF_OBJ/tools/make_profile
	[ -x "$make_profile" ] || skip "make_profile is not built"
	mkdir "$BATS_TEST_TMPDIR/work"
	cd "$BATS_TEST_TMPDIR/work" || return
	"$make_profile" payloads a.prof
	names=$TEST_TOP/tests/clients/names.py
}

# exported FORMAT ARGS: into the file `out`
exported() {
	"$CPROF" export -f "$1" -o out "${@:2}" a.prof
}

# wanted: the functions, shown as cprof shows what it cannot show
wanted() {
	exported csv
	"$names" csv out | sort -u
}

@test "there are 200 different names and more" {
	needs python3
	[ "$(wanted | wc -l)" -gt 200 ]
}

@test "hostile names of functions are the same in each format" {
	needs python3
	wanted >all
	for format in json speedscope firefox chrome callgrind; do
		exported $format
		"$names" $format out | sort -u >got
		# The threads of callgrind are functions that call the others.
		if [ $format = callgrind ]; then
			grep -v ' \[1[0-9][0-9][0-9]\]"$' got >functions
			mv functions got
		fi
		# An empty name is told to be one; a row of a table stays empty.
		sed -i '/^"\[no name\]"$/d; /^"???"$/d' got
		sed '/^""$/d' all | diff - got || {
			echo "in $format" && return 1
		}
	done
}

@test "collapsed stacks have them, but for the ; that is a :" {
	needs python3
	wanted | sed '/^""$/d' | tr ';' ':' | sort -u >all
	exported collapsed
	"$names" collapsed out | sed '/^"\[no name\]"$/d' | sort -u >got
	diff all got
}

@test "Markdown has them all in code spans" {
	needs python3
	wanted | sed '/^""$/d' >all
	exported md --top 1000
	"$names" md out | sed '/^" *"$/d' | sort -u >got
	diff all got
}

@test "hostile files, modules and threads arrive in each format, harmless" {
	needs python3
	for pair in json:file json:module json:thread speedscope:file \
		speedscope:thread firefox:file firefox:module firefox:thread \
		chrome:file chrome:thread callgrind:file callgrind:module \
		collapsed:thread csv:file csv:module md:module md:thread; do
		case $pair in
		md:*) exported md --top 1000 ;;
		*) exported "${pair%:*}" ;;
		esac
		"$names" "${pair%:*}" out "${pair#*:}" | sort -u >got
		[ "$(wc -l <got)" -gt 200 ] || {
			echo "$pair: $(wc -l <got) names" && return 1
		}
		grep -qF 'script' got
		grep -qF '__proto__' got
	done
}

@test "no JSON can end a script that it stands in" {
	for format in json speedscope firefox chrome; do
		exported $format
		jq -e . out >/dev/null
		[ "$(tr -cd '<>&' <out | wc -c)" -eq 0 ]
	done
}

@test "labels and the command arrive in JSON and pprof" {
	exported json
	[ "$(jq '.metadata | length' out)" -gt 200 ]
	[ "$(jq '.recording.command | length' out)" -gt 200 ]
	jq -e '.metadata | has("__proto__")' out
	needs protoc gzip
	exported pprof
	gzip -dc out | protoc -I "$TEST_TOP/tests/clients" \
		--decode=cprof.pprof.Profile profile.proto >decoded
	[ "$(grep -c '^comment' decoded)" -gt 200 ]
	# protoc shows control characters in octal: there is none.
	run grep -E '^string_table.*\\(0[0-3][0-7]|177|[nrt])' \
		<(sed 's/\\\\//g' decoded)
	[ "$status" -eq 1 ]
}

@test "go tool pprof and callgrind_annotate show no control character" {
	needs go callgrind_annotate
	exported pprof
	go tool pprof -top -unit=ns out >top 2>/dev/null
	go tool pprof -traces out >traces 2>/dev/null
	grep -q '260000000ns total' top
	exported callgrind
	callgrind_annotate --threshold=100 out >annotated 2>errors
	[ ! -s errors ]
	grep -q '^260,000,000 .*PROGRAM TOTALS' annotated
	run grep -laP '[\x00-\x08\x0b-\x1f\x7f]' top traces annotated
	[ "$status" -eq 1 ]
	run grep -lP '[\x{80}-\x{9f}\x{2028}-\x{202e}\x{2066}-\x{2069}]' \
		top traces annotated
	[ "$status" -eq 1 ]
}

@test "a flame graph as svg has them where the mouse is, and no markup" {
	needs python3
	wanted >all
	exported svg
	"$TEST_TOP/tests/clients/svg.py" check out
	# "NAME in PLACE: 1 ms, ..."; there may be no place.
	"$TEST_TOP/tests/clients/svg.py" titles out |
		sed 's/: [0-9.]* .*//; p; s/\(.*\) in .*/\1/' | sort -u >got
	# What XML cannot hold is shown as cprof shows what acts.
	sed 's/^"//; s/"$//; s/\\"/"/g; s/\\\\/\\/g' all | grep -v '\uffff' |
		sort -u >plain
	[ "$(comm -23 plain got | wc -l)" -le 12 ]
	[ "$(comm -12 plain got | wc -l)" -gt 200 ]
}
