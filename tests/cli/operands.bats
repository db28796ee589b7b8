#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
load lib

make_run() {
	"$CPROF_OBJ/tools/make_run" "$@"
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	mkdir profiles
	make_run profiles/b.prof app version=1.0 start=1000 wall=100
	make_run profiles/a.prof app version=1.0 start=2000 wall=200
	make_run profiles/c.prof app version=2.0 start=3000 wall=400
}

@test "NAME and NAME@VERSION stand for their profiles, in each command" {
	cprof report app@1.0
	status_is 0
	err_empty
	out_like '^Runs +2 in 2 files, added up: 100 ms, 200 ms$'
	cprof report app
	out_like '^Runs +3 in 3 files, added up: 100 ms, 200 ms, 400 ms$'
	cprof report app@1.0 app@2.0 app
	out_like '^Runs +3 in 3 files'
	cprof export -f csv app@2.0
	status_is 0
	[ "${#lines[@]}" -gt 1 ] || show
	cprof inspect app@2.0
	status_is 0
	out_like '^Content +2 samples, 1 run'
	cprof inspect app
	status_is 2
	err_has "'app' stands for 3 files"
	err_has profiles/c.prof
}

@test "a program of the name does not hide its profiles, ./ does" {
	cp /bin/true app
	cprof report app@1.0
	status_is 0
	cprof report app
	status_is 0
	cprof report ./app
	status_is 2
	err_has "./app: not a cprof profile"
	rm app && make_run app other
	cprof report app
	out_like '^Name +other'
}

@test "CPROF_OUTPUT_DIR is where names are looked for" {
	mkdir elsewhere
	make_run elsewhere/z.prof zap
	CPROF_OUTPUT_DIR=elsewhere cprof report zap
	status_is 0
	CPROF_OUTPUT_DIR=elsewhere cprof report app
	status_is 2
	err_has "no profile of that name in elsewhere; the names there: zap"
	CPROF_OUTPUT_DIR=nowhere cprof report app
	status_is 2
	err_has "there is no directory nowhere"
}

@test "unknown names and versions: status 2, and what there is" {
	cprof report axx
	status_is 2
	out_empty
	err_has "axx: no such file, and no profile of that name in profiles"
	cprof report -
	status_is 2
	err_has "profiles are read from files, not from standard input"
	make_run profiles/nameless.prof ""
	cprof report ,
	status_is 2
	err_lacks "did you mean"
	rm profiles/nameless.prof
	cprof report app@1
	status_is 2
	err_has "the versions there: 2.0, 1.0"
	cprof report @main
	status_is 2
	err_has "no baseline 'main'"
}

@test "a report of many runs tells of all of them, not of the first" {
	make_run profiles/d.prof app version=2.0 start=90000 wall=300 \
		status=3 host=elsewhere label=a=b
	COLUMNS=200 cprof report app
	status_is 0
	out_like '^Name +app, versions 1\.0, 2\.0, labels that differ$'
	out_like '^Recorded +1970-01-01 00:16:40 UTC to 1970-01-02 01:00:00 UTC on there .* and 1 other host$'
	out_like '^Time +1\.00 s wall.*; a run: 250 ms wall, 125 ms CPU$'
	out_like '^Ended +1 of 4 runs failed, the last of them with exit status 3$'
	cprof report app@1.0
	out_like '^Name +app, version 1\.0$'
	out_lacks Ended
}

@test "cut-off profiles are left out of a name, with one line" {
	truncate -s -10 profiles/a.prof
	cprof report app
	status_is 0
	[ "$stderr" = "cprof report: profiles/a.prof is not whole: left out" ]
	out_like '^Runs +2 in 2 files, added up: 100 ms, 400 ms$'
	truncate -s -10 profiles/b.prof
	cprof report app
	status_is 0
	[ "${#stderr_lines[@]}" -eq 1 ] || show
	cprof report app@1.0
	status_is 2
	err_has "profiles/a.prof"
}

@test "names from files do nothing to the terminal" {
	make_run profiles/h.prof $'ev\e[2Jil' version=$'\e]0;x\a'
	cprof report nope
	err_lacks $'\e'
	cprof report $'ev\e[2Jil@9'
	status_is 2
	err_lacks $'\e'
	err_has '\x1b]0;x\x07'
}
