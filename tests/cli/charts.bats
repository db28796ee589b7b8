#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Pictures of profiles: what stands in them, and that it can be read.
load lib

setup() {
	make_profile=$CPROF_OBJ/tools/make_profile
	[ -x "$make_profile" ] || skip "make_profile is not built"
	needs python3
	mkdir "$BATS_TEST_TMPDIR/work"
	cd "$BATS_TEST_TMPDIR/work" || return
	svg=$TEST_TOP/tests/clients/svg.py
}

made() {
	"$make_profile" "$1" "$1.prof"
}

charts() {
	"$CPROF" export --charts | cut -f1
}

# Charts that need no metrics.
charts_of_all() {
	charts | grep -vx -e memory -e regions
}

# drawn CHART ARGS: into a.svg; its texts are $texts
drawn() {
	cprof export --chart "$1" -o a.svg "${@:2}"
	status_is 0
	err_empty
	"$svg" check a.svg
	texts=$("$svg" texts a.svg)
}

texts_have() {
	grep -qxF -- "$1" <<<"$texts" || { echo "no '$1' in:" &&
		echo "$texts" && false; }
}

texts_lack() {
	! grep -qF -- "$1" <<<"$texts" || { echo "'$1' in:" &&
		echo "$texts" && false; }
}

can_draw_pixels() {
	made plain
	"$CPROF" export -f png -o can.png plain.prof 2>/dev/null ||
		skip "this build has no cairo"
}

# pixels FILE: width and height of a PNG
pixels() {
	python3 -c 'import struct, sys
head = open(sys.argv[1], "rb").read(24)
assert head[:8] == b"\x89PNG\r\n\x1a\n"
print(*struct.unpack(">II", head[16:]))' "$1"
}

@test "every chart has a name, a summary and a place in the man page" {
	cprof export --charts
	status_is 0
	while IFS=$'\t' read -r name summary; do
		[ -n "$name" ]
		[ -n "$summary" ]
		grep -q "^\.It Cm $name\$" "$TEST_TOP/man/cprof-export.1" ||
			{ echo "$name is not in the man page" && false; }
	done <<<"$output"
}

@test "no text overlaps another or leaves the picture, in any chart" {
	for kind in plain recursion threads runs hostile payloads empty small; do
		made "$kind"
		for chart in $(charts_of_all); do
			for clock in cpu wall off-cpu; do
				"$CPROF" export --chart "$chart" --clock \
					"$clock" -o "$kind-$chart-$clock.svg" \
					"$kind.prof"
			done
		done
	done
	for kind in metrics small; do
		made "$kind"
		for metric in memory.rss io.read "queue length"; do
			[ "$kind $metric" != "small queue length" ] || continue
			for chart in memory timeline heatmap regions; do
				"$CPROF" export --chart $chart --metric \
					"$metric" -o "$kind-$chart-${metric%.*}.svg" \
					"$kind.prof"
			done
		done
	done
	"$svg" check ./*.svg
}

@test "nor in very small, very large, flat and tall pictures" {
	made metrics
	made payloads
	for size in "200 200" "200 2000" "2000 200" "320 240" "4000 3000"; do
		for chart in $(charts); do
			for kind in metrics payloads; do
				case $kind-$chart in
				payloads-memory | payloads-regions) continue ;;
				esac
				"$CPROF" export --chart "$chart" --clock wall \
					--width "${size% *}" --height \
					"${size#* }" -o "$kind-$chart-${size% *}-${size#* }.svg" \
					"$kind.prof"
			done
		done
	done
	"$svg" check ./*.svg
}

@test "a picture is as large as was asked for, in both formats" {
	can_draw_pixels
	made metrics
	for chart in $(charts); do
		for size in "200 200" "1234 567" "3000 777"; do
			set -- --width "${size% *}" --height "${size#* }"
			"$CPROF" export --chart "$chart" "$@" -o a.png metrics.prof
			[ "$(pixels a.png)" = "$size" ]
			"$CPROF" export --chart "$chart" "$@" -o a.svg metrics.prof
			[ "$("$svg" size a.svg)" = "$size" ]
		done
		"$CPROF" export --chart "$chart" -o a.png metrics.prof
		[ "$(pixels a.png | cut -d' ' -f1)" -eq 1200 ]
	done
}

@test "without cairo's library, or fonts, there is a message or a picture" {
	can_draw_pixels
	echo '<?xml version="1.0"?><fontconfig></fontconfig>' >none.conf
	FONTCONFIG_FILE=$PWD/none.conf "$CPROF" export --chart functions \
		-o a.png plain.prof
	[ "$(pixels a.png | cut -d' ' -f1)" -eq 1200 ]
}

@test "flamegraph: a box for each call, named where there is room" {
	made plain
	drawn flamegraph plain.prof
	# The root, _start main alpha, beta tiny deflate, nameless, cut short.
	[ "$("$svg" groups a.svg frame)" -eq 10 ]
	for name in _start main alpha beta tiny_inline deflate; do
		texts_have "$name"
	done
	texts_have "flame graph of CPU time"
	texts_have "libz.so.1"
	texts_have "50 ms"
	grep -q '<title>alpha in src/app.c:18: 98.0 ms, 98.00% of CPU time</title>$' a.svg
	drawn flamegraph --clock wall plain.prof
	texts_have "flame graph of wall time"
}

@test "flamegraph is the chart when nobody says" {
	made plain
	drawn flamegraph plain.prof
	mv a.svg wanted.svg
	cprof export -f svg plain.prof
	[ "$output" = "$(cat wanted.svg)" ]
}

@test "functions: bars and numbers of the report, the heaviest first" {
	made plain
	drawn functions plain.prof
	"$CPROF" report --json --by function plain.prof |
		jq -r '.rows[].name' >wanted
	grep -xF -f wanted <<<"$texts" | diff wanted -
	texts_have "60.0 ms"
	texts_have "60.0%"
	drawn functions --top 2 plain.prof
	texts_have "(6 others)"
	texts_lack deflate
	drawn functions --by module plain.prof
	texts_have "modules by CPU time"
	texts_have "libz.so.1"
}

@test "threads: each with its time on a CPU, and a legend of its states" {
	made threads
	drawn threads threads.prof
	texts_have "worker-1 [4712]"
	texts_have "on a CPU"
	texts_have "waiting for a CPU"
	grep -qE '^[0-9.]+ m?s on a CPU$' <<<"$texts"
	drawn threads --thread worker-1 threads.prof
	texts_have "Only a part of the profile is shown, as asked."
}

@test "timeline: a lane for each thread, and the cores in use" {
	made threads
	drawn timeline threads.prof
	texts_have "cores in use"
	texts_have "time since the start"
	[ "$("$svg" groups a.svg row)" -eq \
		"$("$CPROF" report --json --by thread --clock wall \
			threads.prof | jq '.rows | length')" ]
	drawn timeline --top 1 threads.prof
	grep -q "^The busiest threads; .* others with" <<<"$texts"
}

@test "heatmap: functions over time, with a scale" {
	made threads
	drawn heatmap threads.prof
	texts_have "cores in use"
	texts_have "jit_hot"
	[ "$("$svg" groups a.svg scale)" -eq 1 ]
	drawn heatmap --metric off-cpu threads.prof
	texts_have "time off the CPU of functions over time"
	mv a.svg wanted.svg
	drawn heatmap --clock off-cpu threads.prof
	cmp wanted.svg a.svg
}

@test "heatmap: one thread in a function uses one core, whatever its intervals" {
	made uneven
	for clock in cpu wall; do
		drawn heatmap --clock $clock uneven.prof
		# The last label of the scale: 1, in so many digits.
		grep -qE '^1(\.0)?$' <<<"$texts"
		[ -z "$(grep -xE '(1\.[1-9]|[2-9])[0-9.]*' <<<"$texts")" ]
	done
	# The shares are those of the report: 175 ms and 87.5 ms.
	drawn heatmap uneven.prof
	texts_have "66.7%"
	texts_have "33.3%"
}

@test "memory: what it consists of, and its peak" {
	made metrics
	drawn memory metrics.prof
	texts_have "resident memory over time"
	texts_have "peak 60.0 MB after 600 ms"
	texts_have "Between two looks it was higher: 64.0 MB at most."
	texts_have "20 MB"
	texts_have "heap, stacks and other data of its own"
	texts_lack "shared memory"
	[ "$("$svg" groups a.svg series)" -eq 3 ]
	drawn memory --time 0.5-1 metrics.prof
	texts_lack "Between two looks"
	drawn memory --metric io.read metrics.prof
	texts_lack "Between two looks"
	texts_have "io.read over time per second"
	grep -q '^peak 266.7 MB after ' <<<"$texts"
	texts_have "worker-1 [4712]"
	drawn memory --metric "queue length" metrics.prof
	texts_have "peak 7 after 900 ms"
	# It stays as it was set: 3, 7, 1, and no slope between them.
	[ "$("$svg" levels a.svg)" -eq 3 ]
	[ "$("$svg" groups a.svg area)" -eq 1 ]
	cprof export --chart memory --metric memory.rss --thread worker-1 \
		-o none.svg metrics.prof
	status_is 2
	err_has "no metric 'memory.rss' in that part of the profile; there is io.read, queue length"
	made plain
	cprof export --chart memory -o none.svg plain.prof
	status_is 2
	err_has "no metric 'memory.rss' in the profile: it has none (see cprof record --level)"
	cprof export --chart memory --metric x -o none.svg metrics.prof
	status_is 2
	err_has "no metric 'x' in the profile; there is memory.rss, "
	[ ! -e none.svg ]
}

@test "timeline: memory where it was recorded, or the metric that is asked for" {
	made metrics
	drawn timeline metrics.prof
	texts_have "resident memory"
	drawn timeline --metric "queue length" metrics.prof
	texts_lack "resident memory"
	grep -q "^queue length" <<<"$texts"
}

@test "heatmap: a metric is divided over those who ran when it grew" {
	made metrics
	drawn heatmap --metric io.read metrics.prof
	texts_have "io.read of functions over time"
	texts_have "per second"
	texts_have alpha
	texts_have "100.0%"
	texts_lack jit_hot
	grep -q "^Nobody saw who it was" <<<"$texts"
	drawn heatmap --metric memory.rss metrics.prof
	texts_have "grown per second"
}

@test "regions: their exact times, their CPU time, and a metric" {
	made metrics
	drawn regions metrics.prof
	texts_have "regions by the time of their calls"
	texts_have "step > part <b>"
	texts_have "500 ms"
	texts_have "150 ms"
	drawn regions --metric cpu metrics.prof
	texts_have "regions by CPU time"
	drawn regions --metric io.read metrics.prof
	texts_have "regions by io.read"
	texts_have "80.0 MB"
	grep -q "^Of all that ran meanwhile" <<<"$texts"
	drawn regions --metric memory.rss metrics.prof
	texts_have "60.0 MB"
	texts_have "at most (the value on the right)"
	drawn memory --region "part*" metrics.prof
	texts_have "peak 60.0 MB after 1.01 s"
	drawn regions --metric "queue length" metrics.prof
	texts_have "As the program told it."
	texts_have "7"
	drawn functions --by region metrics.prof
	texts_have "step > part <b>"
	drawn heatmap --by region --metric io.read metrics.prof
	texts_have "io.read of regions over time"
	texts_have "step > part <b>"
	texts_have "per second, while it ran"
	texts_have "40.0 MB"
	drawn heatmap --by region --metric "queue length" metrics.prof
	texts_have "at most, while it ran"
	texts_have "step > part <b>"
	drawn heatmap --by region --clock wall metrics.prof
	texts_have "wall time of regions over time"
	texts_have "(no region)"
	made plain
	cprof export --chart regions -o none.svg plain.prof
	status_is 2
	err_has "the profile has no regions"
}

@test "the themes are different, and dark is dark" {
	made plain
	drawn functions plain.prof
	grep -q '<rect x="0" y="0" .* fill="#f6f4ef"' a.svg
	drawn functions --theme dark plain.prof
	grep -q '<rect x="0" y="0" .* fill="#131316"' a.svg
}

@test "a recording that did not end well says so in the picture" {
	made plain
	head -c $(($(stat -c %s plain.prof) - 40)) plain.prof >cut.prof
	drawn functions cut.prof
	grep -q '^Beware: 100% of the files are cut off' <<<"$texts"
}

@test "what cannot be drawn is told before anything is written" {
	made plain
	cprof export --chart nonsense -o a.svg plain.prof
	status_is 2
	err_has "unknown chart 'nonsense': there is flamegraph, "
	cprof export --chart heatmap --metric nonsense -o a.svg plain.prof
	status_is 2
	err_has "no metric 'nonsense'"
	cprof export --chart functions --metric nonsense -o a.svg plain.prof
	status_is 2
	err_has "functions has no metric 'nonsense': it has cpu, wall and off-cpu"
	cprof export --theme pink -o a.svg plain.prof
	status_is 2
	err_has "themes are light and dark"
	cprof export --width 10 -o a.svg plain.prof
	status_is 2
	err_has "pictures have 200 to 16384 pixels"
	cprof export --width 16000 --height 16000 -o a.svg plain.prof
	status_is 2
	err_has "too large"
	cprof export --chart heatmap -o a.md plain.prof
	status_is 2
	err_has "charts are svg or png, not md"
	[ "$(find . -name 'a.*')" = "" ]
}
