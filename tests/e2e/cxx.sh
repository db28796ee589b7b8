#!/bin/sh
# SPDX-License-Identifier: MIT
# C++ with templates, exceptions and inlining, at -O2 -g.
. "$(dirname "$0")/lib.sh"

need "$CXX"
build templates
record cxx -- "$BUILD/e2e/templates" 4
report cxx function --by function --min-percent 0 --top 100000
report cxx line --by line --min-percent 0 --top 100000
ok "multiply() has its name, template and namespace" \
	facts hot cxx.function 'linear::matrix<double, 96ul>::multiply.*' 40
ok "dot(), inlined into it, is a function of its own" \
	facts hot cxx.function 'linear::matrix<double, 96ul>::dot.*' 40
ok "exceptions pass through _Unwind_RaiseException and reach main" \
	facts hot cxx.function '_Unwind_RaiseException.*' 2 40
ok "the work is under throw_and_catch(int)" \
	facts hot cxx.function 'throw_and_catch\(int\)|throw_and_catch' 3 50
ok "main has it all" facts hot cxx.function main 98.5
ok "no name is left mangled" facts absent cxx.function '_Z.*'
ok "lines of the source are known" facts lines cxx.line templates.cpp 40
sound cxx
done_testing
