#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
load lib

make_run() {
	"$CPROF_OBJ/tools/make_run" "$@"
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	mkdir profiles
}

# Six runs of two versions, one of them failed, and another program.
some() {
	local i

	for i in 1 2 3; do
		make_run "profiles/a$i.prof" app version=1.0 \
			start="170000${i}000" wall="${i}00" label=branch=main
		make_run "profiles/b$i.prof" app version=2.0 \
			start="170000${i}500" wall="${i}50" label=ci=7
	done
	make_run profiles/c.prof app version=2.0 start=1700009000 wall=5 status=3
	make_run profiles/d.prof sort start=1600000000 wall=1000 runs=3 step=100
}

# files: those that list names, in its order
files() {
	jq -r '.profiles[].path | sub("profiles/"; "")' <<<"$output" | xargs
}

@test "names of files are whole where no terminal is too narrow for them" {
	local name=a-name-that-is-long-and-made-of-many-words-1.0-of-a-branch.prof

	make_run "profiles/$name" an-application version=1.0 label=branch=main
	cprof registry list
	[[ ${lines[1]} == *" $name" ]] || show
	COLUMNS=80 cprof registry list
	[[ ${lines[1]} == *.prof && ${lines[1]} != *" $name" ]] || show
}

@test "list shows the newest first, with what each run took" {
	some
	cprof registry list
	status_is 0
	err_empty
	[ "${#lines[@]}" -eq 9 ] || show
	[[ ${lines[1]} == *"exit 3"*c.prof ]] || show
	[[ ${lines[8]} == *"sort "*" 3 "*"1.10 s"*d.prof ]] || show
	out_like '^2023-11-14 22:30 +app +1\.0 +1 +100 ms +50\.0 ms .*branch'
}

@test "list --json has the same, and the runs" {
	some
	cprof registry list --json
	status_is 0
	[ "$(files)" = "c.prof b3.prof a3.prof b2.prof a2.prof b1.prof a1.prof d.prof" ] ||
		show
	jq -e '.schema == "cprof.registry-list/1" and .directory == "profiles"
		and (.profiles[0].runs[0].exit_status == 768)
		and (.profiles[7].runs | length == 3)
		and (.profiles[7].recorded == "2020-09-13T12:26:40Z")
		and (.profiles[1].runs[0].labels == [{"key":"ci","value":"7"}])
		and .profiles[0].state == "whole" and .not_profiles == []' \
		<<<"$output"
}

@test "list chooses by name, version, labels and time" {
	some
	cprof registry list --json --name app --version '1*'
	[ "$(files)" = "a3.prof a2.prof a1.prof" ]
	cprof registry list --json --name so* --name nobody
	[ "$(files)" = d.prof ]
	cprof registry list --json --label branch=ma*
	[ "$(files)" = "a3.prof a2.prof a1.prof" ]
	cprof registry list --json --label ci --label ci=7
	[ "$(files)" = "b3.prof b2.prof b1.prof" ]
	cprof registry list --json --label ci --label branch
	[ "$(files)" = "" ]
	cprof registry list --json --since 2023-11-14T22:55:00Z
	[ "$(files)" = "c.prof b3.prof a3.prof b2.prof" ]
	cprof registry list --json --since '2023-11-14 23:04'
	[ "$(files)" = "c.prof b3.prof" ]
	cprof registry list --since 1h
	status_is 0
	[ "$output" = "no profile that fits in profiles" ]
	cprof registry list --since yesterday
	status_is 2
	err_has "'yesterday' is neither a time that has passed"
}

@test "list of no profiles says so; without a directory it is trouble" {
	cprof registry list
	status_is 0
	[ "$output" = "no profiles in profiles" ]
	rmdir profiles
	for words in list summary "prune --keep 1" "baseline rm x"; do
		# shellcheck disable=SC2086 # its words
		cprof registry $words
		status_is 2
		err_has "there is no directory profiles"
	done
	cprof registry list app
	status_is 2
	err_has "--name 'app'"
}

@test "torn and foreign files, one that goes on: one warning line" {
	some
	echo hello >profiles/foreign.prof
	cp profiles/a1.prof profiles/torn.prof
	truncate -s -7 profiles/torn.prof
	mkdir profiles/dir.prof
	mkfifo profiles/fifo.prof
	ln -s nowhere profiles/link.prof
	cp profiles/torn.prof profiles/new.prof.partial
	: >profiles/begun.prof.partial
	head -c 40 profiles/a1.prof >profiles/header.prof
	echo text >profiles/notes.txt
	exec 8<profiles/new.prof.partial
	flock -x 8
	cprof registry list
	exec 8<&-
	status_is 0
	[ "${#stderr_lines[@]}" -eq 1 ] || show
	err_has "6 files in profiles are no whole profiles: "
	err_has " and 3 more"
	out_like 'being recorded .*new\.prof\.partial$'
	out_like 'cut off .*torn\.prof$'
	out_lacks begun
	cprof registry list --json
	jq -e '[.not_profiles[].file] | sort ==
		["dir.prof", "fifo.prof", "foreign.prof", "link.prof"]' \
		<<<"$output"
	[ "$(jq -r '.profiles[] | select(.path == "profiles/torn.prof") |
		.state + .name' <<<"$output")" = "cut offapp" ]
	cprof registry summary --json
	jq -e '.profiles_by_operation.app.profiles == 7' <<<"$output"
	cprof registry summary profiles/a1.prof profiles/torn.prof
	err_has "1 file is no whole profile: "
}

@test "a file that may not be read is one line, not the end" {
	[ "$(id -u)" -ne 0 ] || skip "root may read all"
	some
	chmod 0 profiles/a1.prof
	cprof registry list
	status_is 0
	err_has "a1.prof (cannot open: Permission denied)"
	chmod 0 profiles
	cprof registry list
	status_is 2
	err_has "cannot look into profiles: Permission denied"
	chmod 755 profiles
}

@test "summary: average and spread by name and version, failed ones apart" {
	some
	cprof registry summary
	status_is 0
	out_like '^app +1\.0 +3 +200 ms +100 ms +100 ms +300 ms +100 ms +50\.0 ms +1\.0 MB *$'
	out_like '^app +2\.0 +3 +250 ms +100 ms +150 ms +350 ms .* 1 failed$'
	out_like '^sort +- +3 +1\.10 s +100 ms '
	cprof registry summary --json --name app
	jq -e '.schema == "cprof.registry-summary/1" and
		(.profiles_by_operation | keys == ["app"]) and
		(.profiles_by_operation.app |
			.avg_duration_ms == 225 and .runs == 6 and
			.failed_runs == 1 and .runs_are == "profiled" and
			.min_duration_ms == 100 and .max_duration_ms == 350 and
			.median_duration_ms == 225 and
			.avg_peak_memory_bytes == 1048576 and
			(.versions | keys == ["1.0", "2.0"]) and
			.versions["1.0"].avg_cpu_ms == 100 and
			.versions["1.0"].stddev_duration_ms == 100)' \
		<<<"$output"
	cprof registry summary app@1.0 --json
	status_is 2
	cprof registry summary --json app@1.0
	jq -e '.profiles_by_operation.app.runs == 3' <<<"$output"
}

@test "a program whose runs all fail is summed up all the same" {
	make_run profiles/a.prof app wall=100 status=1
	cprof registry summary
	out_like '^app +- +1 +100 ms +- .*all failed$'
	cprof registry summary --json
	jq -e '.profiles_by_operation.app | .runs_are == "failed" and
		.avg_duration_ms == 100 and .stddev_duration_ms == null' \
		<<<"$output"
}

# Two versions of a program with regions, and another with the same ones.
with_regions() {
	make_run profiles/a.prof app version=1 wall=800 regions=1 runs=2 plain=2
	make_run profiles/b.prof app version=2 wall=1600 regions=1
	make_run profiles/c.prof other wall=2400 regions=1
	make_run profiles/d.prof third wall=100
}

@test "summary --json has the regions of each name and version" {
	with_regions
	cprof registry summary --json
	status_is 0
	jq -e '.operations_are == "names" and (.profiles_by_operation |
		(.app.regions | keys == ["part", "work"]) and
		(.app.regions.work.avg_duration_ms * 3 | round) == 1600 and
		.app.regions.work.avg_calls == 2 and
		.app.versions["1"].runs_are == "plain" and
		.app.versions["1"].regions.part.runs == 2 and
		.app.versions["1"].regions.part.avg_duration_ms == 100 and
		.app.versions["2"].regions.part.avg_duration_ms == 200 and
		(.third | has("regions") | not))' <<<"$output"
}

@test "summary --region makes operations of regions, whatever runs them" {
	with_regions
	cprof registry summary --json --region 'wo*'
	status_is 0
	jq -e '.operations_are == "regions" and
		(.profiles_by_operation | keys == ["work"]) and
		(.profiles_by_operation.work | .runs == 4 and
			.avg_duration_ms == 700 and
			.versions["1"].runs == 2 and .avg_cpu_ms == 0 and
			.versions["2"].avg_duration_ms == 800)' <<<"$output"
	COLUMNS=120 cprof registry summary --region part --name app
	status_is 0
	[ "${#lines[@]}" -eq 3 ] || show
	out_like '^app +1 +2 +1 +100 ms +0 ns +100 ms +100 ms +0 ns +0 ns +part *$'
	out_like '^app +2 +1 +1 +200 ms +- +200 ms .* part *$'
	cprof registry summary --region part --name app
	out_like '^app +1 +2 +1 +100 ms +0 ns +0 ns +0 ns +part *$'
	cprof registry summary --region nothing
	[ "$output" = "no run that fits" ]
}

@test "list and show --region tell of the profiles that have such ones" {
	with_regions
	cprof registry list --region work
	status_is 0
	[ "${#lines[@]}" -eq 4 ] || show
	out_like ' 2 +400 ms .*a\.prof$'
	cprof registry list --json --region part
	jq -e '[.profiles[].regions[].name] | unique == ["part"]' <<<"$output"
	cprof registry show --region part app@1
	out_like '^ +1 +1 +100 ms +100 ms +part *$'
	out_like '^ +2 +1 +100 ms +100 ms +part *$'
	out_lacks work
	cprof registry show --json app@2
	jq -e '.profiles[0].regions[0] == {"run": 0, "name": "work",
		"calls": 2, "total_ns": 800000000, "max_ns": 400000000}' \
		<<<"$output"
}

@test "a name that the program itself gave is the name" {
	make_run profiles/a.prof a.out said=service regions=1 plain=1
	cprof registry list
	out_like ' service +'
	cprof report service
	status_is 0
	cprof registry summary --json
	jq -e '.profiles_by_operation | keys == ["service"]' <<<"$output"
}

@test "names that are not UTF-8 are keys all the same" {
	make_run profiles/a.prof $'a\xffb' version=$'\xc3'
	cprof registry summary --json
	status_is 0
	jq -e '.profiles_by_operation["a\\xffb"].versions | keys == ["\\xc3"]' \
		<<<"$output"
}

@test "show tells of each run of what is asked for" {
	some
	cprof registry show sort
	status_is 0
	out_has profiles/d.prof
	out_like '^  Name +sort$'
	out_like '^  Command +\./bin --fast$'
	out_like '^ +3 +1\.20 s +600 ms +450 ms +150 ms +1\.0 MB +2 *$'
	out_lacks profiled
	make_run mixed.prof mixed runs=2 plain=1
	cprof registry show mixed.prof
	out_like '^ +run +kind +wall '
	out_like '^ +1 +profiled '
	out_like '^ +3 +plain '
	cprof registry show --json app@1.0
	jq -e '.schema == "cprof.registry-show/1" and
		[.profiles[].path] == ["profiles/a1.prof", "profiles/a2.prof",
			"profiles/a3.prof"]' <<<"$output"
	make_run elsewhere.prof other
	cprof registry show elsewhere.prof
	out_like '^  Name +other$'
	cprof registry show nothing.prof
	status_is 2
	err_has "nothing.prof: cannot open"
}

@test "-o writes a file, whole or not at all" {
	some
	cprof registry summary --json -o summary.json
	status_is 0
	out_empty
	jq -e .profiles_by_operation.app summary.json
	cprof registry list -o list.txt
	[ "$(wc -l <list.txt)" -eq 9 ]
	if [ -e /dev/full ]; then
		run --separate-stderr bash -c \
			"'$CPROF' registry list >/dev/full"
		status_is 2
		err_has "No space left on device"
	fi
	cprof registry list -o nowhere/list.txt
	status_is 2
	err_has "cannot create 'nowhere/list.txt'"
}

@test "baselines: set, list, show, report, rm" {
	some
	cprof registry baseline set main app@1.0
	status_is 0
	[ "$output" = "@main: 3 profiles" ]
	cprof registry baseline set newest
	[ "$output" = "@newest: 1 profile" ]
	cprof registry baseline list
	[ "${lines[0]}" = $'@main\t3 profiles' ] || show
	[ "${lines[1]}" = $'@newest\t1 profile' ] || show
	cprof registry baseline list --json
	jq -e '.baselines[0].name == "main" and
		.baselines[0].profiles[0] == {"path": "profiles/a1.prof",
			"exists": true}' <<<"$output"
	cprof registry list
	out_like 'main +…?.*a1\.prof$'
	cprof report @main
	out_like '^Runs +3 in 3 files'
	cprof registry show --json @main
	jq -e '.profiles[0].baselines == ["main"]' <<<"$output"
	cprof registry baseline set main app@2.0
	cprof report @main
	out_like '^Runs +4 in 4 files'
	cprof registry baseline rm main
	status_is 0
	[ ! -e profiles/baselines/main ]
	[ -e profiles/a1.prof ]
	cprof registry baseline rm main
	status_is 2
	err_has "no baseline 'main'"
}

@test "a baseline moves with its directory, and may list others' files" {
	some
	make_run other.prof other
	cprof registry baseline set main profiles/a1.prof other.prof
	status_is 0
	mv profiles moved
	export CPROF_OUTPUT_DIR=$PWD/moved
	mkdir sub
	cd sub
	cprof report --json @main
	status_is 0
	[ "$(jq -r '.profile.files[].path' <<<"$output" | xargs)" = \
		"$BATS_TEST_TMPDIR/moved/a1.prof $BATS_TEST_TMPDIR/other.prof" ]
}

@test "names of baselines that are paths, options or hidden are refused" {
	some
	for name in ../x a/b /x .x -x x.tmp '' $'a\nb' $'\e[2J' "$(printf %0101d 0)"; do
		cprof registry baseline set -- "$name" app
		status_is 2
		err_has "cannot be the name of a baseline"
		err_lacks $'\e'
		cprof registry baseline rm -- "$name"
		status_is 2
	done
	[ ! -e profiles/baselines ]
}

@test "a baseline of what is not whole, or not there, is refused" {
	some
	truncate -s -7 profiles/a1.prof
	cprof registry baseline set main profiles/a1.prof
	status_is 2
	err_has "profiles/a1.prof is cut off"
	cprof registry baseline set main nobody
	status_is 2
	cprof registry baseline set
	status_is 2
	[ ! -e profiles/baselines/main ]
}

@test "prune keeps the newest of each name and version" {
	some
	cprof registry prune --keep 1 --dry-run
	status_is 0
	out_has "would remove 5 profiles"
	[ "$(echo profiles/*)" = "profiles/a1.prof profiles/a2.prof profiles/a3.prof profiles/b1.prof profiles/b2.prof profiles/b3.prof profiles/c.prof profiles/d.prof" ]
	cprof registry prune --keep 1
	status_is 0
	[ "$(echo profiles/*)" = "profiles/a3.prof profiles/c.prof profiles/d.prof" ]
	out_like '^profiles/a1\.prof$'
	out_has "removed 5 profiles"
	out_has "; kept 3"
	cprof registry prune
	status_is 2
	err_has "--keep N, --older TIME, or both"
}

@test "prune --older and --keep together remove what both allow" {
	some
	make_run profiles/e.prof app version=2.0 start="$(date +%s)"
	cprof registry prune --json --older 1d --keep 2
	status_is 0
	jq -e '.removed == ["profiles/a1.prof", "profiles/b1.prof",
		"profiles/b2.prof", "profiles/b3.prof"] and .kept == 5' \
		<<<"$output"
	cprof registry prune --json --older 1d --name app
	jq -e '(.removed | length == 3) and .kept == 1' <<<"$output"
	[ "$(echo profiles/*)" = "profiles/d.prof profiles/e.prof" ]
}

@test "prune never removes baselines, links, other files, recordings" {
	some
	cprof registry baseline set main app@1.0
	echo hello >profiles/foreign.prof
	cp profiles/a1.prof profiles/torn.prof
	truncate -s -7 profiles/torn.prof
	cp profiles/a1.prof profiles/new.prof.partial
	ln -s d.prof profiles/link.prof
	make_run other.prof app version=1.0
	ln -s ../other.prof profiles/away.prof
	cprof registry prune --older 1s
	status_is 0
	err_empty
	out_has "removed 5 profiles"
	out_has "; kept 3, 3 of them for baselines; left alone: 5"
	[ "$(cd profiles && echo ./*)" = "./a1.prof ./a2.prof ./a3.prof ./away.prof ./baselines ./foreign.prof ./link.prof ./new.prof.partial ./torn.prof" ]
	[ -e other.prof ]
}

@test "prune removes nothing when a baseline cannot be read" {
	some
	mkdir -p profiles/baselines/main
	cprof registry prune --older 1s
	status_is 2
	err_has "profiles/baselines/main is not a regular file"
	[ -e profiles/a1.prof ]
	cprof registry list
	status_is 0
	err_has "profiles/baselines/main is not a regular file"
}

@test "names and labels from files do nothing to the terminal" {
	make_run profiles/h.prof $'n\e[2J' version=$'v\e[3J\n' \
		label=$'k\e]0;x\a=l\e[1m' host=$'h\e[4m'
	cp profiles/h.prof $'profiles/f\e[5m\n.prof'
	: >$'profiles/s\e[6m.prof'
	# Not the newest, which show would take.
	touch -d '2020-01-01' $'profiles/s\e[6m.prof'
	for words in list summary show "prune --older 1s --dry-run"; do
		# shellcheck disable=SC2086 # its words
		cprof registry $words
		status_is 0
		out_lacks $'\e'
		err_lacks $'\e'
		# shellcheck disable=SC2086
		cprof registry $words --json
		out_lacks $'\e'
		[ "$words" = show ] && continue
		jq -e . <<<"$output" >/dev/null
	done
	cprof registry list
	out_has 'n\x1b[2J'
}

@test "commands behind registry: help, unknown ones, nearest" {
	cprof registry
	status_is 0
	alone=$output
	cprof registry --help
	[ "$output" = "$alone" ]
	cprof help registry
	[ "$output" = "$alone" ]
	cprof registry lits
	status_is 2
	err_has "did you mean 'registry list'?"
	cprof registry --json list
	status_is 2
	err_has "options stand behind the command"
	cprof help registry baseline rm
	status_is 0
	out_has "usage: cprof registry baseline rm NAME..."
}
