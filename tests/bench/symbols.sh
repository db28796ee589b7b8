#!/bin/sh
# SPDX-License-Identifier: MIT
# Seconds to name 5,000 addresses, with lines and inlined callers, of a
# program of 400 units of C++ with debug information, beside addr2line and
# eu-addr2line.  Goal: well under a second.  UNITS=400
. "$(dirname "$0")/lib.sh"

need g++ nm shuf addr2line
tool=${CPROF_OBJ:-$BUILD/obj}/tools/symbols
[ -x "$tool" ] || make -s "$tool" || cannot "$tool cannot be built"
units=${UNITS:-400}
program=$BUILD/bench/units-$units

# One unit compiled, then linked many times under other names.
if [ ! -e "$program" ]; then
	sed -e 's/^int main/extern "C" int unit_main/' \
		-e 's/plain_c/plain_c_unit/g' \
		tests/e2e/targets/inlined.cpp >"$tmp/unit.cpp"
	g++ -O2 -g -c -o "$tmp/unit.o" "$tmp/unit.cpp" || exit 1
	i=0
	while [ $i -lt "$units" ]; do
		objcopy --redefine-sym unit_main=unit_main_$i \
			--redefine-sym plain_c_unit=plain_c_$i \
			--redefine-sym _ZN6shapes4areaEi=area_$i \
			"$tmp/unit.o" "$tmp/unit-$i.o"
		i=$((i + 1))
	done
	echo 'int main() { return 0; }' >"$tmp/main.cpp"
	g++ -O2 -g -o "$program" "$tmp/main.cpp" "$tmp"/unit-*.o || exit 1
fi
stat -c %s "$program" | awk '{ printf "%.1f MB, ", $1 / 1e6 }'
objdump -d --no-show-raw-insn -j .text "$program" |
	sed -n 's/^ *\([0-9a-f]*\):.*/0x\1/p' |
	shuf -n 5000 --random-source="$program" | sort >"$tmp/addresses"
wc -l <"$tmp/addresses" | sed 's/$/ addresses/'

# seconds NAME COMMAND...
seconds()
{
	name=$1
	shift
	begin=$(date +%s%N)
	timeout 300 "$@" <"$tmp/addresses" >"$tmp/out" 2>&1
	end=$(date +%s%N)
	echo "$name $(((end - begin) / 1000000))"
}

{
	seconds cprof "$tool" "$(readlink -f "$program")"
	seconds addr2line addr2line -C -f -i -e "$program"
	if command -v eu-addr2line >/dev/null; then
		seconds eu-addr2line eu-addr2line -C -f -i -e "$program"
	fi
} | awk '$1 == "cprof" { own = $2 ? $2 : 1 }
	{ printf "%-14s %7.3f s   %6.1f times ours\n", $1, $2 / 1e3, $2 / own }'
