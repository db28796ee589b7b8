#!/bin/sh
# SPDX-License-Identifier: MIT
# perl: an interpreter with thousands of small functions in .dynsym.
. "$(dirname "$0")/lib.sh"

PERL=/usr/bin/perl
need $PERL
"$PERL" -MTime::HiRes -e 1 2>/dev/null || skip_all "perl has no Time::HiRes"
record perl -- "$PERL" tests/e2e/targets/words.pl 3
report perl function --by function --min-percent 0 --top 100000
ok "the run loop has it in total" \
	facts hot perl.function 'Perl_runops_standard' 95
ok "hashes are hot" facts hot perl.function 'Perl_hv_common' 5 40
ok "perl_run is under main" facts hot perl.function 'perl_run' 95
sound perl
done_testing
