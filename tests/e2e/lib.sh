# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# Sourced by the cases in this directory: TAP, building targets, recording.
#
# A case says what must be true of a real run, in margins that come from the
# number of samples.  It never compares whole outputs with times in them.
#
#	KEEP=1		leave the profiles and reports in build/e2e/kept-CASE

cd "$(dirname "$0")/../.." || exit 1
CPROF=${CPROF:-$PWD/cprof}
BUILD=${BUILD:-build}
CC=${CC:-cc}
CXX=${CXX:-c++}
# Debian's own: a shim of a version manager would be the program measured.
PYTHON=/usr/bin/python3
made=0 failed=0

mkdir -p "$BUILD/e2e" || exit 1
if [ "${KEEP:-}" ]; then
	tmp=$BUILD/e2e/kept-$(basename "$0" .sh)
	rm -rf "$tmp" && mkdir "$tmp" || exit 1
else
	tmp=$(mktemp -d "${TMPDIR:-/tmp}/cprof-e2e.XXXXXX") || exit 1
fi
clean_up()
{
	if [ "${KEEP:-}" ]; then echo "# kept: $tmp"; else rm -rf "$tmp"; fi
}
trap clean_up EXIT
trap 'exit 1' HUP INT TERM

skip_all()
{
	echo "1..0 # SKIP $1"
	exit 0
}

# need COMMAND...: skip the whole case when one is missing.
need()
{
	for command; do
		command -v "$command" >/dev/null 2>&1 ||
			skip_all "$command is not installed"
	done
}

done_testing()
{
	echo "1..$made"
	[ $failed -eq 0 ]
}

# ok TEXT COMMAND...: one assertion.  What the command prints is shown as a
# comment, so that a passing run tells its figures too.
ok()
{
	text=$1
	shift
	made=$((made + 1))
	if "$@" >"$tmp/ok.out" 2>&1; then
		echo "ok $made - $text"
		result=0
	else
		echo "not ok $made - $text"
		echo "#   failed: $*"
		failed=$((failed + 1))
		result=1
	fi
	sed 's/^/#   /' "$tmp/ok.out" | head -n 40
	return $result
}

# skip TEXT REASON: an assertion that cannot be made here.
skip()
{
	made=$((made + 1))
	echo "ok $made - $1 # SKIP $2"
}

# build NAME [FLAGS...]: compile targets/NAME.c to $BUILD/e2e/NAME.
build()
{
	build_as "$1" "$@"
}

# build_as OUTPUT NAME [FLAGS...]
build_as()
{
	output=$1 source=tests/e2e/targets/$2
	shift 2
	compiler=$CC
	if [ -e "$source.cpp" ]; then
		compiler=$CXX source=$source.cpp
	else
		source=$source.c
	fi
	# Through another name: cases may run at the same time.
	if ! $compiler -O2 -g -o "$tmp/$output" "$source" "$@" -pthread \
		>"$tmp/build.err" 2>&1; then
		sed 's/^/# /' "$tmp/build.err"
		echo "Bail out! cannot build $source"
		exit 1
	fi
	mv "$tmp/$output" "$BUILD/e2e/$output"
}

# record NAME [OPTIONS...] -- COMMAND...: record to $tmp/NAME.prof, keep what
# the command and cprof print, and assert that all went well.
record()
{
	name=$1
	shift
	timeout 150 "$CPROF" record --max-overhead off -o "$tmp/$name.prof" "$@" \
		>"$tmp/$name.out" 2>"$tmp/$name.err"
	status=$?
	ok "$name: recorded, and the program ended well" finished "$name" $status
}

# attach NAME LEVEL TARGET: TARGET GATE says "ready" and works when something
# is written to GATE, which is done when it is traced.  stdout as of record.
attach()
{
	name=$1
	mkfifo "$tmp/$name.go"
	"$BUILD/e2e/$3" "$tmp/$name.go" >"$tmp/$name.out" &
	pid=$!
	until grep -q ready "$tmp/$name.out"; do sleep 0.05; done
	timeout 100 "$CPROF" record --level "$2" --max-overhead off -p $pid \
		-o "$tmp/$name.prof" 2>"$tmp/$name.err" &
	recorder=$!
	tries=200
	while grep -q '^TracerPid:[[:space:]]*0$' "/proc/$pid/status" &&
		[ $((tries -= 1)) -gt 0 ]; do
		sleep 0.05
	done
	: >"$tmp/$name.go"
	wait $pid
	wait $recorder
	status=$?
	ok "$name: recorded, and the program ended well" finished "$name" \
		$status
}

finished()
{
	cat "$tmp/$1.err"
	[ "$2" -eq 0 ] && [ -s "$tmp/$1.prof" ] &&
		[ ! -e "$tmp/$1.prof.partial" ]
}

# report NAME VIEW [OPTIONS...]: write $tmp/NAME.VIEW.json.
report()
{
	profile=$1 view=$2
	shift 2
	timeout 60 "$CPROF" report --json "$@" "$tmp/$profile.prof" \
		>"$tmp/$profile.$view.json" 2>"$tmp/$profile.$view.err"
	status=$?
	[ $status -eq 0 ] && [ ! -s "$tmp/$profile.$view.err" ] && return
	ok "$profile: report $* works and has nothing to complain about" \
		show_and_fail "$tmp/$profile.$view.err"
}

show_and_fail()
{
	cat "$1"
	return 1
}

# facts FACT NAME.VIEW ARGUMENTS...: see facts.py.
facts()
{
	fact=$1 json=$tmp/$2.json
	shift 2
	"$PYTHON" tests/e2e/facts.py "$fact" "$json" "$@"
}

# The assertions that every profile of healthy code must stand.
# sound NAME [PERCENT]: PERCENT of the CPU time may lack a name (1).
sound()
{
	[ -e "$tmp/$1.function.json" ] || report "$1" function --by function \
		--min-percent 0 --top 100000
	ok "$1: no more than ${2:-1} % of the CPU time has no name" \
		facts resolved "$1.function" "${2:-1}"
	ok "$1: 99 % of the samples unwind to the outermost frame" \
		facts unwound "$1.function" 99
	ok "$1: the file is whole" \
		"$CPROF" inspect --verify "$tmp/$1.prof"
}
