#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
load lib

make_profile() {
	"$CPROF_OBJ/tools/make_profile" "$@"
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

# size FILE
size() {
	stat -c %s "$1"
}

# offset_of TYPE FILE: of its first chunk's header
offset_of() {
	"$CPROF" inspect --chunks "$2" |
		awk -v type="$1" '$3 == type { print $2; exit }'
}

# flip_byte OFFSET FILE
flip_byte() {
	local byte

	byte=$(od -An -tu1 -j "$1" -N 1 "$2")
	printf %b "\\x$(printf %x $((byte ^ 255)))" |
		dd of="$2" bs=1 seek="$1" conv=notrunc status=none
}

@test "inspect tells state, machine, content and runs of a profile" {
	make_profile threads a.prof
	cprof inspect a.prof
	status_is 0
	err_empty
	out_like '^State +whole$'
	out_like '^Recorded +2023-11-14 22:13:20 UTC on there$'
	out_like '^Content +457 samples, 1 run, 1 process, 3 threads, 4 modules, 9 stacks, 8 frames \(8 with a name\)$'
	out_like '^Lost +nothing$'
	out_like '^  command +\./app --fast .input file.$'
	out_like '^  end +status 0 after 1\.85 s, 457 samples'
	out_like '^WIND +1 .* samples$'
	out_like '^ +4711 +0 +3 +457 +400 ms +app \(/usr/bin/app\)$'
	out_lacks Damage
}

@test "inspect breaks long lines where a terminal ends" {
	needs script
	make_profile threads a.prof
	TERM=dumb COLUMNS=60 script -qc "'$CPROF' inspect a.prof" /dev/null \
		</dev/null | tr -d '\r' | sed '/^$/,$d' >out
	grep -qx 'Content    457 samples, 1 run, .*' out
	grep -qx '           .* frames (8 with a name)' out
	[ "$(awk '{ print length }' out | sort -n | tail -1)" -le 60 ]
}

@test "inspect counts truncated stacks and late and unstopped samples" {
	make_profile small a.prof
	cprof inspect a.prof
	out_like '^Quality +33\.3% truncated stacks, 16\.7% late, 33\.3% read without a stop$'
	out_like '^Lost +2 samples, 10 ticks, 14 threads$'
}

@test "inspect lets names from the file do nothing to the terminal" {
	make_profile small a.prof
	cprof inspect --chunks a.prof
	status_is 0
	out_has '\x1b]0;pwned\x07'
	out_lacks $'\x1b'
}

@test "inspect --chunks lists every chunk; together they are the file" {
	make_profile small a.prof
	cprof inspect --chunks a.prof
	status_is 0
	total=$(awk '$NF ~ /critical|skippable|zstd/ { sum += $5 }
		END { print sum + 32 }' <<<"$output")
	[ "$total" -eq "$(size a.prof)" ]
	out_like "^ +[0-9]+ +$(($(size a.prof) - 68)) +TAIL +1 +68 +24 +critical$"
}

@test "inspect --verify of a whole file prints so, status 0" {
	make_profile runs a.prof
	cprof inspect --verify a.prof
	status_is 0
	err_empty
	[ "$output" = "a.prof: whole" ]
}

@test "inspect --verify of a cut-off file: status 1, wherever it was cut" {
	make_profile small a.prof
	tail=$(offset_of TAIL a.prof)
	for bytes in 32 33 100 130 700 $((tail - 49)) "$tail" $((tail + 67)); do
		head -c "$bytes" a.prof >cut.prof
		cprof inspect --verify cut.prof
		status_is 1
		out_has "cut.prof: cut off"
		cprof inspect cut.prof
		status_is 0
	done
	out_has "67 bytes behind the last whole chunk are lost"
}

@test "inspect names chunk and offset of damage, and shows the rest" {
	make_profile small a.prof
	offset=$(offset_of STAK a.prof)
	flip_byte $((offset + 50)) a.prof
	cprof inspect --verify a.prof
	status_is 1
	[ "$output" = "a.prof: damaged: chunk 7 at offset $offset: bad checksum" ]
	cprof inspect a.prof
	status_is 0
	out_has "State      damaged: chunk 7 at offset $offset"
	out_like '^Damage +72 bytes in 1 place cannot be read, 1 chunk is missing'
	out_like '^Content +12 samples'
}

@test "inspect shows what is left of a file with a damaged header" {
	make_profile small a.prof
	flip_byte 20 a.prof
	cprof inspect --verify a.prof
	status_is 1
	out_has "the file header is damaged"
	cprof inspect a.prof
	status_is 0
	out_like '^Content +12 samples'
}

@test "inspect sees bytes behind the end" {
	make_profile small a.prof
	echo >>a.prof
	cprof inspect --verify a.prof
	status_is 1
	out_has "1 bytes follow the end of the profile"
}

@test "inspect --verify refuses a newer major version, status 2" {
	make_profile small a.prof
	# A header of version 2.0 whose checksum is right.
	printf '\x89CPROF\r\n\2\0\0\0aaaaaaaabbbbbbbb\xe5\xd3\xbd\x61' >new
	tail -c +33 a.prof >>new
	cprof inspect --verify new
	status_is 2
	err_has "format version 2.0; this cprof reads version 1"
}

@test "inspect of what is no profile is trouble, status 2, and says which" {
	echo "hello, world" >text
	: >empty
	mkfifo fifo
	for file in text empty fifo missing .; do
		cprof inspect "$file"
		status_is 2
		out_empty
		err_has "cprof inspect: $file: "
	done
	cprof inspect --verify missing
	status_is 2
	for file in text empty; do
		cprof inspect --verify "$file"
		status_is 1
		out_has "$file: "
		err_empty
	done
	cprof inspect
	status_is 2
	cprof inspect a b
	status_is 2
}

@test "inspect --json is JSON and says the same" {
	needs python3
	make_profile threads a.prof
	cprof inspect --json --chunks a.prof
	status_is 0
	python3 - "$(size a.prof)" <<-'END' "$output"
		import json, sys
		d = json.loads(sys.argv[2])
		assert d["schema"] == "cprof.inspect/1"
		assert d["file"]["state"] == "whole"
		assert d["file"]["bytes"] == int(sys.argv[1])
		assert d["quality"]["samples"] == 457
		assert d["cpu_ns"] == 400000000
		assert d["wall_ns"] == 1850000000
		assert [r["name"] for r in d["runs"]] == ["app"]
		assert sum(t["chunks"] for t in d["chunk_types"]) == \
			len(d["chunks"])
		assert sum(c["bytes"] for c in d["chunks"]) + 32 == \
			int(sys.argv[1])
	END
}
