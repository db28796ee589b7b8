#!/bin/sh
# SPDX-License-Identifier: MIT
# gcc -O2 on a large file: a driver that starts a compiler and an assembler.
. "$(dirname "$0")/lib.sh"

need gcc "$PYTHON"
"$PYTHON" tests/e2e/targets/bigfile.py 220 >"$tmp/big.c"
# -save-temps=obj is not used: gcc passes a temporary file from cc1 to as.
record gcc -- gcc -O2 -c -o "$tmp/big.o" "$tmp/big.c"
ok "the compiler wrote its object" test -s "$tmp/big.o"
report gcc function --by function --min-percent 0 --top 100000
report gcc process --by process --min-percent 0
report gcc module --by module --min-percent 0
report gcc off --clock off-cpu --by function --min-percent 0 --top 1000
ok "cc1 did most of the work" facts hot gcc.process '.*\bcc1\b.*' 80
ok "as is there too" facts hot gcc.process '.*\bas\b.*' 0.5 20
ok "and the driver that waited for them" facts rows_least gcc.process 3
ok "the module is cc1" facts hot gcc.module '.*\bcc1' 70
ok "the passes are under execute_pass_list" \
	facts hot gcc.function 'execute_pass_list.*' 60
ok "so is all of cc1 under toplev::main" \
	facts hot gcc.function 'toplev::main.*' 80
ok "the driver waited for its children" \
	facts waits gcc.off "$tmp/gcc.out"
sound gcc
done_testing
