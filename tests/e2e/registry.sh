#!/bin/sh
# SPDX-License-Identifier: MIT
# The registry over real recordings: two versions of a program, where the
# second works twice as long; while some record, others list and prune.
. "$(dirname "$0")/lib.sh"

need "$CC" jq
CPROF_OUTPUT_DIR=$tmp/profiles
export CPROF_OUTPUT_DIR

cat >"$tmp/work.c" <<'END'
#include <stdlib.h>
#include <time.h>

/* Until it has used so many milliseconds of a CPU. */
int main(int argc, char **argv)
{
	const double ms = argc > 1 ? strtod(argv[1], NULL) : 0;
	struct timespec now;

	do
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	while (now.tv_sec * 1e3 + now.tv_nsec / 1e6 < ms);
	return argc > 2;
}
END
$CC -O1 -g -o "$tmp/work" "$tmp/work.c" || skip_all "it cannot be built"

# make VERSION MS [OPTION...]
make_one()
{
	version=$1 ms=$2
	shift 2
	"$CPROF" record -q --version "$version" "$@" -- "$tmp/work" "$ms"
}

for i in 1 2 3; do
	make_one 1.0 100 --label "build=$i" && make_one 2.0 200 ||
		skip_all "recording is not possible here"
done

# json WORDS: what `cprof registry WORDS --json` prints
json()
{
	command=$1
	shift
	"$CPROF" registry "$command" --json "$@"
}

# The CPU time is the program's own account: it does not depend on load,
# but for the time it takes to start.
two_versions()
{
	json summary | jq -c '.profiles_by_operation.work |
		[.runs, .failed_runs, (.versions[] |
			[.runs, .avg_cpu_ms, .avg_duration_ms])]'
	json summary | jq -e '.profiles_by_operation.work |
		.runs == 6 and .failed_runs == 0 and
		.versions["1.0"].runs == 3 and
		.versions["1.0"].avg_cpu_ms >= 95 and
		.versions["2.0"].avg_cpu_ms >= 190 and
		.versions["1.0"].avg_duration_ms >=
			.versions["1.0"].avg_cpu_ms * 0.99 and
		.versions["2.0"].min_cpu_ms > .versions["1.0"].max_cpu_ms and
		.avg_peak_memory_bytes > 100000' >/dev/null
}
ok "summary knows both versions and what they took" two_versions

the_same_total()
{
	report=$("$CPROF" report --json work@2.0 | jq .profile.cpu_ns)
	runs=$(json show work@2.0 | jq '[.profiles[].runs[] |
		.user_ns + .system_ns] | add')
	echo "report: $report, runs: $runs"
	[ "$report" -gt 0 ] && [ "$report" = "$runs" ]
}
ok "report of NAME@VERSION adds up its runs" the_same_total

found()
{
	json list "$@" | jq '.profiles | length'
}
labels()
{
	[ "$(found --label build=2)" = 1 ] && [ "$(found --label build)" = 3 ] &&
		[ "$(found --since 1h)" = 6 ] && [ "$(found --version 2.0)" = 3 ]
}
ok "list finds real recordings by label, time and version" labels

plain_runs()
{
	"$CPROF" record -q --name pairs --runs 2 -- "$tmp/work" 20 || return
	json summary --name pairs | jq -c .profiles_by_operation.pairs
	json summary --name pairs | jq -e '.profiles_by_operation.pairs |
		.runs == 2 and .runs_are == "plain"' >/dev/null
}
ok "runs without a profiler are what counts, where there are any" plain_runs

failed_run()
{
	"$CPROF" record -q --name fails -- "$tmp/work" 1 fail
	json summary --name fails | jq -e '.profiles_by_operation.fails |
		.failed_runs == 1' >/dev/null
}
ok "a run that fails is counted as such" failed_run

baseline()
{
	"$CPROF" registry baseline set main work@1.0 &&
		[ "$("$CPROF" report --json @main | jq '.profile.runs |
			length')" = 3 ]
}
ok "a baseline holds the runs of a version" baseline

# A program that names itself and its parts; of the part that works, the
# time on a CPU is known by samples, a tenth of a second at 1 kHz or less.
cat >"$tmp/ops.c" <<'END'
#include <cprof.h>
#include <time.h>

static void work(double ms)
{
	struct timespec from, now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
	do
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	while ((now.tv_sec - from.tv_sec) * 1e3 +
	       (now.tv_nsec - from.tv_nsec) / 1e6 < ms);
}

int main(void)
{
	cprof_name("operations");
	cprof_label("batch", "7");
	for (int i = 0; i < 3; i++) {
		CPROF_REGION("compute");
		work(100);
	}
	CPROF_REGION("rest");
	nanosleep(&(struct timespec){ .tv_nsec = 200000000 }, NULL);
	return 0;
}
END
lib=${CPROF_OBJ:-$PWD/build/obj}

operations()
{
	for i in 1 2; do
		"$CPROF" record -q --version "$i" --max-overhead off -- \
			"$tmp/ops" || return
	done
	json summary --name operations --label batch=7 --region '*' |
		jq -c '.profiles_by_operation[] | [.runs, .avg_calls,
			.avg_duration_ms, .avg_cpu_ms, .max_cpu_ms]'
	json summary --name operations --label batch=7 --region '*' | jq -e '
		.profiles_by_operation | keys == ["compute", "rest"] and
		.compute.runs == 2 and .compute.avg_calls == 3 and
		.compute.avg_duration_ms >= 295 and
		.rest.avg_calls == 1 and .rest.avg_duration_ms >= 200 and
		.compute.avg_cpu_ms > 200 and .compute.max_cpu_ms < 400 and
		.rest.max_cpu_ms < 50 and
		(.compute.min_peak_memory_bytes // 1e6) > 100000' >/dev/null &&
		[ "$("$CPROF" report --json operations@2 |
			jq '.profile.runs | length')" = 1 ]
}
text="regions of a program, by the name that it gave itself"
if $CC -O1 -g -Ilib/mark -o "$tmp/ops" "$tmp/ops.c" "$lib/libcprof.a" \
		2>"$tmp/cc.err"; then
	ok "$text" operations
	rm -f "$CPROF_OUTPUT_DIR"/ops-*
else
	skip "$text" "it cannot be built: $(head -n 1 "$tmp/cc.err")"
fi

# Two record one after the other, one lists, one prunes all but one.
crowd()
{
	for who in a b; do
		for i in 1 2 3 4; do
			"$CPROF" record -q --name crowd --label who=$who -- \
				"$tmp/work" 5 || echo failed
		done >"$tmp/crowd.$who" 2>&1 &
		pids="${pids:-} $!"
	done
	while :; do
		"$CPROF" registry list >/dev/null || echo "list: $?"
		"$CPROF" registry prune --keep 1 --name crowd >/dev/null ||
			echo "prune: $?"
		[ -e "$tmp/over" ] && break
	done >"$tmp/crowd.list" 2>&1 &
	lister=$!
	# shellcheck disable=SC2086 # a list of numbers
	wait $pids
	: >"$tmp/over"
	wait $lister
	"$CPROF" registry prune --keep 1 --name crowd || return
	cat "$tmp"/crowd.*
	ls "$CPROF_OUTPUT_DIR"
	[ ! -s "$tmp/crowd.a" ] && [ ! -s "$tmp/crowd.b" ] &&
		[ ! -s "$tmp/crowd.list" ] && [ "$(found --name crowd)" = 1 ] &&
		[ "$(found --name work)" = 6 ] && [ "$(found)" = 9 ]
}
ok "while some record, others list and prune: nothing is lost" crowd

prune()
{
	"$CPROF" registry prune --keep 1 --name work || return
	[ "$(found --version 1.0)" = 3 ] && [ "$(found --version 2.0)" = 1 ]
}
ok "prune keeps the baseline and the newest" prune

# A limit of 0 bytes a file does what a full disk does.
full_disk()
{
	"$CPROF" registry baseline set full work || return
	cp "$CPROF_OUTPUT_DIR/baselines/full" "$tmp/before"
	(
		ulimit -f 0
		trap '' XFSZ
		"$CPROF" registry baseline set full @main
		[ $? -eq 2 ] || exit
		"$CPROF" registry summary -o "$tmp/summary.txt"
		[ $? -eq 2 ]
	) 2>&1 || return
	ls -a "$CPROF_OUTPUT_DIR/baselines"
	cmp "$tmp/before" "$CPROF_OUTPUT_DIR/baselines/full" &&
		[ ! -e "$tmp/summary.txt" ] &&
		[ "$(ls -A "$CPROF_OUTPUT_DIR/baselines")" = "full
main" ]
}
ok "where no byte can be written, a baseline stays as it was" full_disk

done_testing
