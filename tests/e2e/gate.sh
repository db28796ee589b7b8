#!/bin/sh
# SPDX-License-Identifier: MIT
# A gate between two versions of which one does more in one function, and
# between two that are the same.  CPU time decides: it is what a busy machine
# leaves alone most; the slowdown is large for the same reason.
. "$(dirname "$0")/lib.sh"

target=$BUILD/e2e/verdict_target
$CC -O2 -g -o "$target" tests/bench/verdict_target.c || exit 1
export CPROF_OUTPUT_DIR="$tmp/profiles"

# gate NAME STATUS NEW: what FUNCTION per cent more of the run come to
gate()
{
	"$CPROF" gate -q --metric cpu -f markdown -o "$tmp/$1.md" --base 0 \
		--new "$3" -- "$target" 0 {} 0 >"$tmp/$1.out" 2>"$tmp/$1.err"
	status=$?
	sed 's/^/# /' "$tmp/$1.out" "$tmp/$1.err"
	case " $2 " in *" $status "*) return 0 ;; esac
	echo "status $status"
	return 1
}

# The row behind the head of the table of functions.
first_function()
{
	sed -n '/^| function/{n;n;p;}' "$1" | cut -d'|' -f2 | tr -d ' `'
}

names()
{
	got=$(first_function "$tmp/$1.md")
	[ "$got" = "$2" ] || { echo "first is '$got'"; return 1; }
}

profiles()
{
	set -- "$tmp"/profiles/verdict_target-base-*.prof \
		"$tmp"/profiles/verdict_target-new-*.prof
	[ $# -eq 2 ] && [ -s "$1" ] && [ -s "$2" ]
}

if "$CPROF" doctor >/dev/null 2>&1; then
	ok "a slowdown in one function is a regression" gate slow 1 80
	ok "the guilty function is named first" names slow f3
	ok "there is a profile for each side" profiles
else
	ok "a slowdown in one function is a regression" gate slow 1 80
fi
ok "the same command passes, or nobody can tell" gate same "0 3" 0
done_testing
