#!/bin/sh
# SPDX-License-Identifier: MIT
# Compressors with worker threads, reading 100 MB and 64 MB.
. "$(dirname "$0")/lib.sh"

made_one=
# Numbers, so that there is something to find and something left to do.
seq 1 14000000 | head -c 104857600 >"$tmp/data"
if command -v zstd >/dev/null; then
	made_one=1
	record zstd -- zstd -q -T2 -12 -f -o "$tmp/data.zst" "$tmp/data"
	ok "zstd wrote a sound archive" zstd -q -t "$tmp/data.zst"
	report zstd function --by function --min-percent 0 --top 100000
	report zstd module --by module --min-percent 0
	# zstd is stripped and exports nothing: functions go by their range.
	ok "zstd's own code is hot" facts hot zstd.module '.*zstd.*' 80
	ok "its functions are told apart by their ranges" \
		facts hot zstd.function 'zstd\+0x[0-9a-f]+' 20 100 self_ns
	sound zstd
else
	skip "zstd -T2" "zstd is not installed"
fi
if command -v xz >/dev/null; then
	made_one=1
	head -c 67108864 "$tmp/data" >"$tmp/less"
	record xz -- xz -T2 -3 -k -f --block-size=8MiB "$tmp/less"
	ok "xz wrote a sound archive" xz -t "$tmp/less.xz"
	report xz function --by function --min-percent 0 --top 100000
	report xz module --by module --min-percent 0
	report xz thread --by thread --min-percent 0
	ok "liblzma is hot" facts hot xz.module '.*liblzma.*' 90
	ok "its workers are threads of their own" facts rows_least xz.thread 3
	sound xz
else
	skip "xz -T2" "xz is not installed"
fi
[ "$made_one" ] || skip_all "neither xz nor zstd is installed"
done_testing
