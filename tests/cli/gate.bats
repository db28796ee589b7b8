#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Verdicts look at time: nothing beside it, and a second try (tests/run).
# test: alone
load lib

setup() {
	cd "$BATS_TEST_TMPDIR" || exit
}

# usage_error TEXT: status 2, the text on stderr, and nothing ran
usage_error() {
	status_is 2
	out_empty
	err_has "cprof gate: "
	err_has "$1"
	[ ! -e ran ]
}

@test "wrong usage is 2, says what would have worked, and runs nothing" {
	cprof gate
	usage_error "--base is missing: the old command"
	cprof gate --base 'touch ran'
	usage_error "--new is missing: the new command"
	cprof gate --base '' --new 'touch ran'
	usage_error "--base has no command"
	cprof gate --base 'touch ran' --new "touch 'ran"
	usage_error "a ' has no other end"
	cprof gate --base 'touch ran >x' --new 'touch ran'
	usage_error "an unquoted '>' needs a shell: quote it, or give --shell"
	cprof gate --base a --new b -- touch ran
	usage_error "the command has no {} to put --base and --new in"
	cprof gate -- touch ran{}
	usage_error "--base is missing"
	cprof gate --base-env =x -- touch ran
	usage_error "'=x' is no variable (as in --base-env MODE=fast)"
	cprof gate --metric speed -- touch ran
	usage_error "'speed' is no metric (wall, cpu, user, system or memory)"
	cprof gate --max-pairs 12 -- touch ran
	usage_error "--max-pairs 12 is not enough for any verdict: 7 and 6 more"
	cprof gate --metric wall --metric cpu --max-pairs 13 -- touch ran
	usage_error "--max-pairs 13 is not enough for any verdict: 8 and 6 more"
	cprof gate --baseline v1 --base-env A=b --new 'touch ran'
	usage_error "--base-env is of no use with --baseline"
	cprof gate --baseline v1 --max-time 1s --new 'touch ran'
	usage_error "--max-time ends rounds"
}

@test "a command that fails, dies, hangs or is not there is trouble, named" {
	cprof gate --base true --new 'sh -c "echo why not >&2; exit 3"'
	status_is 2
	err_has "the new command: exit status 3; it said: why not"
	cprof gate --base false --new true
	status_is 2
	err_has "the base command: exit status 1"
	cprof gate --base true --new 'sh -c '\''kill -9 $$'\'
	status_is 2
	err_has "the new command: killed by signal 9"
	cprof gate --base true --new ./not-there
	status_is 2
	err_has "the new command: cannot execute it: No such file"
	cprof gate --timeout 2s --base true --new 'sleep 100'
	status_is 2
	err_has "the new command: it ran into the time-out"
	cprof gate --input not-there --base true --new true
	status_is 2
	err_has "cprof gate: --input not-there: No such file"
	cprof gate --prepare 'exit 4' --base true --new true
	status_is 2
	err_has "--prepare: exit status 4"
}

@test "a command may flood standard error: its end is told, and no more kept" {
	cprof gate --base true --new \
		'sh -c "yes | head -c 50000000 >&2; echo why >&2; exit 3"'
	status_is 2
	err_has "exit status 3; it said (the last 399 of 50000004 bytes): "
	err_has "why"
	# What it leaves behind goes on writing, to a pipe that nobody reads.
	cprof gate --base true --new 'sh -c "yes >&2 & exit 4"'
	status_is 2
	err_has "exit status 4"
}

@test "a command that does not wait for its standard error fails no other" {
	needs python3
	cat >flood.py <<-'EOF'
		import os
		os.set_blocking(2, False)
	EOF
	# If base got the same end: 2 MB at once do not fit into a pipe.
	cprof gate --max-pairs 13 --threshold 99 --metric memory \
		--base 'sh -c "head -c 2000000 /dev/zero >&2"' \
		--new 'python3 flood.py'
	[ "$status" -ne 2 ] || show
}

@test "a run that is killed takes its process group along" {
	cprof gate --timeout 2s --base true --new \
		"sh -c 'sleep 77.77 & echo \$! >pid; wait'"
	status_is 2
	[ -s pid ]
	# A zombie is dead enough: nobody may be there to reap it.
	eventually has_ended "$(cat pid)"
}

has_ended() {
	! grep -q '^State:.*[RSD]' "/proc/$1/status" 2>/dev/null
}

@test "--ignore-failure lets commands fail, but they must begin and end" {
	cprof gate --ignore-failure --max-pairs 13 --threshold 90 \
		--base false --new false
	[ "$status" -eq 0 ] || [ "$status" -eq 3 ] || show
	cprof gate --ignore-failure --base false --new ./not-there
	status_is 2
	cprof gate --ignore-failure --timeout 100ms --base false --new 'sleep 9'
	status_is 2
}

@test "what takes much longer is a regression, told in one closing line" {
	cprof gate --base 'sleep 0.02' --new 'sleep 0.2'
	status_is 1
	err_empty
	[[ ${lines[-1]} =~ ^Regression:\ wall\ time\ \+[0-9]+ ]] || show
	out_like 'in [0-9]+ rounds, confirmed by [0-9]+ more: \+'
	out_like 'Noise: a round.s change spreads by '
	out_like 'Machine: load '
}

@test "what takes much less is no regression" {
	cprof gate --base 'sleep 0.2' --new 'sleep 0.02'
	status_is 0
	[[ ${lines[-1]} =~ ^No\ regression:\ wall\ time\ -[0-9]+ ]] || show
	out_has "better by more than"
	out_like 'note: --max-pairs \(40 now\): here it takes'
}

@test "{} is replaced as words when it stands alone, as text within one" {
	cat >record <<-'EOF'
		#!/bin/sh
		printf '%s|' "$@" >>words
		echo >>words
	EOF
	chmod +x record
	cprof gate --max-pairs 13 --warmup 0 --threshold 99 \
		--base "a 'b c'" --new '' -- ./record {} '-{}-' end
	sort -u words >got
	printf '%s\n' "--|end|" "a|b c|-a 'b c'-|end|" | sort >want
	diff want got
}

@test "variables are set for their side only, and --shell runs a shell" {
	cprof gate --max-pairs 13 --threshold 99 --base-env SIDE=old \
		--new-env SIDE=new --shell -- 'echo "$SIDE" $((1+1)) >>sides'
	[ "$(sort -u sides | tr '\n' ';')" = "new 2;old 2;" ]
	# Rounds of one new run and two of base; and one of each before.
	news=$(grep -c new sides)
	olds=$(grep -c old sides)
	[ "$olds" -eq $((2 * news - 1)) ] || { echo "$olds $news" && false; }
}

@test "--input is read from its beginning by every run; else there is none" {
	printf 'one\ntwo\n' >in
	cprof gate --max-pairs 13 --threshold 99 --input in \
		--shell --base 'cat >>copy' --new 'cat >>copy'
	[ "$(sort copy | uniq -c | awk '{print $1}' | uniq | wc -l)" -eq 1 ]
	echo x | "$CPROF" gate --max-pairs 13 --threshold 99 \
		--shell --base 'cat >>none' --new 'cat >>none' >out || true
	[ ! -s none ]
}

@test "--prepare runs before each run and is not counted" {
	cprof gate --no-explain --prepare 'echo x >>prepared; sleep 0.15' \
		--shell --base 'echo y >>ran' --new 'echo y >>ran; sleep 0.15'
	status_is 1
	[ "$(wc -l <prepared)" -eq "$(wc -l <ran)" ]
	# If it were counted, 150 ms would become 300: twice as much, not more.
	[[ ${lines[-1]} =~ \+([0-9]+) ]]
	[ "${BASH_REMATCH[1]}" -gt 150 ] || show
}

@test "--prepare before a sampled run is the same, and may fail there, too" {
	needs_tracing
	# Blocked signals are inherited: a service started here never stops.
	cat >prepare <<-'EOF'
		grep SigBlk /proc/self/status >>masks
		cat >>inputs
		echo "${SIDE-none}" >>variables
		[ ! -e sampled ] || exit 5
	EOF
	echo text >in
	cprof gate --prepare 'sh ./prepare' --input in --shell --explain \
		--base-env SIDE=a --new-env SIDE=b --max-pairs 13 \
		--base 'cat >>copies' --new 'cat >>copies; sleep 0.1'
	status_is 1
	[ "$(sort -u masks | wc -l)" -eq 1 ]
	[ "$(wc -l <inputs)" -eq "$(wc -l <masks)" ]
	[ "$(wc -l <copies)" -eq "$(wc -l <masks)" ]
	[ "$(sort -u variables)" = none ]
	cprof gate --prepare 'sh ./prepare' --shell --explain --base true \
		--new 'sleep 0.1; grep -q "TracerPid:.[1-9]" /proc/$$/status &&
			touch sampled; true'
	status_is 2
	err_has "command: --prepare: exit status 5"
}

@test "a sampled run that fails or hangs explains nothing" {
	needs_tracing
	cprof gate --shell --explain --base true \
		--new 'sleep 0.1; ! grep -q "TracerPid:.[1-9]" /proc/$$/status'
	status_is 1
	err_has "nothing is explained: a sampled run of the new command: "
	err_has "exit status 1"
	out_has "nothing is explained: a sampled run has failed"
	# Long enough for a machine that stands still for a while.
	cprof gate --shell --explain --timeout 4s --base true \
		--new 'sleep 0.1; grep -q "TracerPid:.[1-9]" /proc/$$/status &&
			exec sleep 88; true'
	status_is 1
	err_has "a sampled run of the new command: it ran into the time-out"
}

@test "memory decides when it is asked to" {
	needs python3
	cprof gate --metric memory --base 10 --new 40 -- \
		python3 -c 'bytearray({} * 1000000)'
	status_is 1
	[[ ${lines[-1]} =~ ^Regression:\ peak\ memory\ \+ ]] || show
}

@test "output of the commands is hidden, or shown on demand" {
	cprof gate --max-pairs 13 --threshold 99 \
		--shell --base 'echo noise; echo more >&2' --new 'echo noise'
	out_lacks $'\nnoise'
	err_empty
	cprof gate --show-output --max-pairs 13 --threshold 99 \
		--shell --base 'echo noise; echo more >&2' --new 'echo noise'
	out_has noise
	err_has more
}

@test "--max-time ends the rounds, and then nobody can tell" {
	cprof gate --max-time 300ms --base 'sleep 0.1' --new 'sleep 0.1'
	status_is 3
	[[ ${lines[-1]} =~ ^Inconclusive:\ wall\ time ]] || show
	cprof gate --max-time 1ms --base true --new true
	status_is 3
	out_has "too few rounds for any verdict: 1"
	out_lacks inf
	out_lacks "here it takes"
	cprof gate --allow-inconclusive --max-time 300ms \
		--base 'sleep 0.1' --new 'sleep 0.1'
	status_is 0
}

@test "where only waiting is noisy, the metric without it is proposed" {
	cprof gate --max-pairs 13 --base 0 --new 0 -- bash -c \
		'sleep 0.$((RANDOM % 2))$((RANDOM % 10)){}'
	status_is 3
	out_like 'try: --metric cpu, where work matters and waiting does not'
	out_lacks e+
	cprof gate --max-pairs 13 --metric cpu --metric wall --max-time 1ms \
		--base 'sleep 0.01' --new 'sleep 0.01'
	status_is 2
	cprof gate --max-pairs 16 --metric cpu --metric wall --max-time 1ms \
		--base 'sleep 0.01' --new 'sleep 0.01'
	status_is 3
	out_lacks "--metric cpu"
}

@test "--bisect knows good, bad, and what cannot be tested" {
	cprof gate --bisect --base 'sleep 0.2' --new 'sleep 0.01'
	status_is 0
	cprof gate --bisect --base 'sleep 0.01' --new 'sleep 0.2'
	status_is 1
	cprof gate --bisect --base true --new false
	status_is 125
	err_has "cprof gate: the new command: exit status 1"
	cprof gate --bisect --max-time 200ms --base 'sleep 0.1' \
		--new 'sleep 0.1'
	status_is 125
	cprof gate --bisect --no-such-option
	status_is 125
}

@test "a gate that is killed takes the command that runs along" {
	"$CPROF" gate --base 'sh -c "echo \$\$ >pid; exec sleep 55.55"' \
		--new true &
	gate=$!
	eventually test -s pid
	kill -9 "$gate"
	wait "$gate" 2>/dev/null || true
	eventually has_ended "$(cat pid)"
}

# stored NAME: a baseline of runs of `sleep 0.02`
stored() {
	"$CPROF" record -q --runs 10 -- sleep 0.02
	"$CPROF" registry baseline set "$1" profiles/sleep-*.prof
}

@test "a slowdown against stored runs is a warning, unless they are trusted" {
	needs_tracing
	stored v1
	cprof gate --baseline v1 --no-explain --new 'sleep 0.2'
	status_is 3
	out_has "not interleaved: base is what baseline 'v1' has stored"
	out_has "it is a warning, not more"
	[[ ${lines[-1]} =~ ^Inconclusive:\ wall\ time\ \+ ]] || show
	cprof gate --baseline v1 --trust-baseline --no-explain \
		--new 'sleep 0.2'
	status_is 1
	[[ ${lines[-1]} =~ ^Regression:\ wall\ time\ \+ ]] || show
	cprof gate --baseline @v1 --bisect --no-explain --new 'sleep 0.2'
	status_is 125
}

@test "a baseline that is not there, or not fit, is named" {
	needs_tracing
	cprof gate --baseline v1 --new true
	status_is 2
	err_has "no baseline 'v1'"
	"$CPROF" record -q -- true
	"$CPROF" registry baseline set v2 profiles/true-*.prof
	cprof gate --baseline v2 --new true
	status_is 2
	err_has "baseline 'v2' has no runs without sampling"
	cprof gate --baseline v2 --base a --new true
	status_is 2
	err_has "either --base or --baseline, not both"
	cprof gate --trust-baseline --base a --new true
	status_is 2
	err_has "--trust-baseline needs --baseline"
}

@test "a pass against stored runs is none where noise could hide a slowdown" {
	needs_tracing
	# Runs of 20 to 38 ms, and a threshold far below what they tell.
	"$CPROF" record -q --runs 10 -- sh -c \
		'echo >>n; sleep 0.0$((20 + 2 * ($(wc -l <n) % 10)))'
	"$CPROF" registry baseline set wide profiles/*.prof
	rm n
	cprof gate --baseline wide --threshold 0.01 --no-explain --new "sh -c \
		'echo >>n; sleep 0.0\$((20 + 2 * (\$(wc -l <n) % 10)))'"
	[ "$status" -ne 0 ] || show
	status_is 3
}

@test "JSON has the noise of the metric that decides" {
	needs jq
	cprof gate -f json -o a.json --max-pairs 13 --base 'sleep 0.01' \
		--new 'sleep 0.01'
	[ "$status" -ne 2 ] || show
	jq -e '.noise_percent > 0 and .noise_percent ==
		(.metrics[] | select(.decides) | .noise_percent)' a.json
}

@test "a verdict outlives a report that cannot be written" {
	cprof gate --no-explain -o not/there --base 'sleep 0.02' \
		--new 'sleep 0.2'
	status_is 2
	err_has "cprof gate: Regression: wall time"
}

@test "a report goes to each file that was asked for, in its form" {
	cprof gate -f markdown -o a.md -f junit -o a.xml --max-time 200ms \
		--allow-inconclusive --base 'sleep 0.1' --new 'sleep 0.1'
	status_is 0
	[ "${#lines[@]}" -eq 1 ]
	grep -q '^| metric ' a.md
	grep -q '<testsuite' a.xml
	cprof gate -f markdown -f junit -o a --base true --new true
	status_is 2
	err_has "2 forms (-f) and 1 files (-o): which goes where?"
	cprof gate -f wrong --base true --new true
	status_is 2
	err_has "'wrong' is no format (text, json, "
}
