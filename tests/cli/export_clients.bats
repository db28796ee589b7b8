#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# The programs that exports are for must read them, and find in them what
# cprof report finds.  npm packages come from tests/clients/install.
load lib

setup() {
	make_profile=$CPROF_OBJ/tools/make_profile
	[ -x "$make_profile" ] || skip "make_profile is not built"
	sessions=0
	modules=$TEST_TOP/build/clients/node_modules
	export PROFILER_CLI_SESSION_DIR=$BATS_TEST_TMPDIR/sessions
	export PROFILER_CLI_NO_SYMBOLICATE=1
	cd "$BATS_TEST_TMPDIR" || return
}

kinds="plain recursion threads runs hostile empty small"

made() {
	"$make_profile" "$1" "$1.prof"
}

needs_module() {
	needs node
	[ -d "$modules/$1" ] ||
		skip "npm package $1 is not installed (tests/clients/install)"
}

# firefox ARGS: the Firefox Profiler's own front end, as a command
firefox() {
	timeout 60 "$modules/.bin/node" \
		"$modules/@firefox-devtools/profiler-cli/dist/profiler-cli.js" \
		"$@" 3>&- 4>&- 9>&- </dev/null
}

needs_firefox() {
	needs_module node
	needs_module @firefox-devtools/profiler-cli
	[ -x "$modules/.bin/node" ] || skip "npm's node@24 is not installed"
	mkdir -p "$PROFILER_CLI_SESSION_DIR"
}

teardown() {
	if [ -n "${session:-}" ]; then firefox stop "$session" || true; fi
}

# report_total ARGS: nanoseconds, as the report has them
report_total() {
	"$CPROF" report --json --by function "$@" | jq .total_ns
}

@test "speedscope: every export fits the schema of its npm package" {
	needs_module speedscope
	needs_module ajv
	for kind in $kinds; do
		made "$kind"
		for clock in cpu wall off-cpu; do
			"$CPROF" export --clock "$clock" \
				-o "$kind.$clock.speedscope.json" "$kind.prof"
		done
	done
	schema=$modules/speedscope/dist/release/file-format-schema.json
	node "$TEST_TOP/tests/clients/validate.js" "$schema" ./*.speedscope.json
	echo '{"shared":{}}' >bad.json
	run node "$TEST_TOP/tests/clients/validate.js" "$schema" bad.json
	[ "$status" -ne 0 ]
}

# pprof_flat FILE: "NANOSECONDS NAME" of each function with time of its own
pprof_flat() {
	go tool pprof -top -unit=ns "$1" 2>/dev/null | awk '
		rows { sub(/ns$/, "", $1); name = $6
			for (i = 7; i <= NF; i++) name = name " " $i
			sub(/ \(inline\)$/, "", name)
			if ($1 > 0) print $1, name }
		$1 == "flat" { rows = 1 }' | sort
}

@test "go tool pprof -top finds the same functions with the same times" {
	needs go
	for kind in plain recursion threads; do
		made "$kind"
		for clock in cpu wall; do
			"$CPROF" export --clock "$clock" -o a.pb.gz "$kind.prof"
			"$CPROF" report --clock "$clock" --by function --json \
				"$kind.prof" | jq -r '.rows[] |
				select(.self_ns > 0) | "\(.self_ns) \(.name)"' |
				sort >wanted
			[ -s wanted ]
			pprof_flat a.pb.gz | diff wanted -
		done
	done
}

@test "go tool pprof -traces shows threads, inlined functions and states" {
	needs go
	made plain
	made threads
	"$CPROF" export -o plain.pb.gz plain.prof
	run go tool pprof -traces plain.pb.gz
	[ "$status" -eq 0 ]
	out_has "tiny_inline (inline)"
	"$CPROF" export --clock off-cpu -o off.pb.gz threads.prof
	run go tool pprof -traces off.pb.gz
	out_has "worker-2"
	out_has "disk"
	run go tool pprof -tags off.pb.gz
	out_has "futex"
}

@test "go tool pprof -peek and -raw read hostile names and show no controls" {
	needs go
	made hostile
	made small
	for kind in hostile small; do
		"$CPROF" export -o "$kind.pb.gz" "$kind.prof"
		go tool pprof -peek . "$kind.pb.gz" >peek 2>/dev/null
		go tool pprof -raw "$kind.pb.gz" >raw 2>/dev/null
		grep -q 'x1b\]0;pwned' peek
		grep -q 'x1b\]0;pwned' raw
		run grep -aP '[\x00-\x08\x0b-\x1f\x7f]' peek raw
		[ "$status" -eq 1 ]
	done
}

@test "go tool pprof compares two profiles" {
	needs go
	made plain
	"$CPROF" export -o a.pb.gz plain.prof
	run go tool pprof -top -diff_base=a.pb.gz a.pb.gz
	[ "$status" -eq 0 ]
	out_has "Total samples = 100ms"
}

@test "protoc decodes the pprof file without an unknown field" {
	needs protoc gzip
	for kind in $kinds; do
		made "$kind"
		"$CPROF" export -f pprof -o "$kind.pb.gz" "$kind.prof"
		gzip -dc "$kind.pb.gz" | protoc -I "$TEST_TOP/tests/clients" \
			--decode=cprof.pprof.Profile profile.proto >decoded
		# An unknown field is printed by its number.
		run grep -E '^ *[0-9]+[:{ ]' decoded
		[ "$status" -eq 1 ]
		grep -q '^sample_type' decoded
	done
	[ "$(grep -c '^sample {' decoded)" -eq 3 ]
}

@test "json: every export fits the schema that is shipped" {
	needs_module ajv
	schema=$TEST_TOP/man/cprof-export.schema.json
	for kind in $kinds; do
		made "$kind"
		for clock in cpu wall off-cpu; do
			"$CPROF" export --clock "$clock" \
				-o "$kind.$clock.json" "$kind.prof"
		done
	done
	node "$TEST_TOP/tests/clients/validate.js" "$schema" ./*.json
	jq 'del(.clock)' plain.cpu.json >bad.json
	run node "$TEST_TOP/tests/clients/validate.js" "$schema" bad.json
	[ "$status" -ne 0 ]
}

# annotated FILE ARGS: "NANOSECONDS FUNCTION" as callgrind_annotate has them
annotated() {
	callgrind_annotate --threshold=100 --auto=no "$@" | awk '
		/ file:function$/ { rows = 1; next }
		rows && /%/ { gsub(",", "", $1); name = $0
			sub(/ \[(\[code not seen\]|[^ ]*)\]$/, "", name)
			sub(/^.*%\) +[^:]*:/, "", name)
			print $1, name }' | sort
}

@test "callgrind_annotate finds the report's self and total of each function" {
	needs callgrind_annotate
	for kind in plain recursion threads runs; do
		made "$kind"
		"$CPROF" export -o "callgrind.out.$kind" "$kind.prof"
		"$CPROF" report --by function --json "$kind.prof" >rows.json
		jq -r '.rows[] | select(.self_ns > 0) |
			"\(.self_ns) \(.name)"' rows.json | sort >self
		jq -r '.rows[] | "\(.total_ns) \(.name)"' rows.json | sort >total
		annotated "callgrind.out.$kind" | diff self -
		# The threads are functions, too: the outermost ones.
		annotated --inclusive=yes "callgrind.out.$kind" |
			grep -vE ' (app|worker-[0-9]) \[[0-9]+\]$' |
			diff total -
	done
}

@test "callgrind_annotate shows the total of each clock, and no warning" {
	needs callgrind_annotate
	for kind in threads hostile small; do
		made "$kind"
		for clock in cpu wall off-cpu; do
			"$CPROF" export --clock "$clock" -f callgrind -o out \
				"$kind.prof"
			wanted=$(report_total --clock "$clock" "$kind.prof")
			[ "$wanted" -gt 0 ] || continue
			callgrind_annotate out >text 2>errors
			[ ! -s errors ]
			[ "$(awk '/PROGRAM TOTALS/ { gsub(",", "", $1)
				print $1 }' text)" = "$wanted" ]
		done
	done
}

# loads FILE: into a session of the Firefox Profiler's front end.  Its command
# "load" allows the daemon half a second to start, which a busy machine does
# not: it is started here, and asked until it answers.  Not before it has told
# where it listens, for who asks too early removes what it tells; and each has
# a name of its own, for one that stops removes what the next one has written.
loads() {
	local daemon file=$PWD/$1 tries

	session=s$((++sessions))
	firefox --daemon "$file" --session "$session" >daemon.log 2>&1 3>&- &
	daemon=$!
	for tries in {1..100}; do
		grep -qx "$session" "$PROFILER_CLI_SESSION_DIR/current.txt" &&
			firefox thread list --session "$session" >load.log &&
			return
		kill -0 "$daemon" || break
		sleep 0.3
	done
	cat daemon.log
	return 1
}

@test "the Firefox Profiler finds the report's time of each thread" {
	needs_firefox
	made threads
	"$CPROF" export --clock wall -o a.firefox.json.gz threads.prof
	loads a.firefox.json.gz
	"$CPROF" report --clock wall --by thread --json threads.prof |
		jq -r '.rows[] | "\(.self_ns)"' | sort >wanted
	for thread in t-0 t-1 t-2; do
		firefox thread functions --json --include-idle --session "$session" \
			--thread $thread | jq '[.functions[].selfSamples] |
			add * 1e6 | round'
	done | sort | diff wanted -
}

@test "the Firefox Profiler finds the report's functions, modules and names" {
	needs_firefox
	made plain
	"$CPROF" export -o a.firefox.json plain.prof
	loads a.firefox.json
	"$CPROF" report --by function --json plain.prof | jq -r '.rows[] |
		"\(.self_ns) \(.total_ns) \(.name)"' | sort >wanted
	firefox thread functions --json --session "$session" --thread t-0 |
		jq -r '.functions[] | "\(.selfSamples * 1e6 | round)" +
		" \(.totalSamples * 1e6 | round) \(.name)"' | sort |
		diff wanted -
	firefox thread functions --json --session "$session" --thread t-0 |
		jq -e 'any(.functions[]; .nameWithLibrary ==
			"libz.so.1!deflate")'
	firefox thread list --session "$session" | grep -q app
}

@test "the Firefox Profiler reads hostile names, and the slices for Chrome" {
	needs_firefox
	made hostile
	"$CPROF" export -o a.firefox.json hostile.prof
	loads a.firefox.json
	firefox thread functions --session "$session" --thread t-0 >text
	grep -qF '\x1b]0;pwned' text
	run grep -aP '[\x00-\x08\x0b-\x1f\x7f]' text
	[ "$status" -eq 1 ]
	firefox stop "$session"
	"$CPROF" export -f chrome -o a.json hostile.prof
	loads a.json
	firefox thread markers --session "$session" --list --thread t-0 |
		grep -qF '\x1b]0;pwned'
}

@test "the Firefox Profiler's own client finds metrics as counters, regions as markers" {
	needs_firefox
	made metrics
	"$CPROF" export --clock wall -o a.firefox.json metrics.prof
	loads a.firefox.json
	firefox counter list --session "$session" >counters
	for name in memory.rss memory.anon "io.read \[4712\]" "queue length"; do
		grep -q "$name" counters
	done
	firefox thread markers --session "$session" --list --thread t-1 >markers
	grep -q 'part <b>' markers
	grep -q 'half way' markers
}
