#!/bin/sh
# SPDX-License-Identifier: MIT
# The functions that style forbids do not compile; nothing at file scope
# changes.
. "$(dirname "$0")/../tap.sh"
cd "${LINT_ROOT:-$(dirname "$0")/../..}" || exit

compiles() {
	printf '%s\n' "#include <stdlib.h>" "#include <string.h>" \
		"char *use(char *a, const char *b, time_t *t);" \
		"char *use(char *a, const char *b, time_t *t)" \
		"{ (void)a; (void)b; (void)t; $1; return a; }" |
		${CC:-cc} -std=gnu11 -D_GNU_SOURCE -Ilib \
			-include lib/base/banned.h -Wall -Werror ${2:+"$2"} \
			-fsyntax-only -x c - >/dev/null 2>&1
}

if compiles 'memcpy(a, b, 1)'; then
	ok "an allowed function compiles"
else
	not_ok "an allowed function compiles"
fi
for call in 'strcpy(a, b)' 'strcat(a, b)' 'sprintf(a, "%s", b)' \
	'strncpy(a, b, 1)' 'strtok(a, b)' 'gmtime(t)' 'localtime(t)' \
	'*a = atoi(b)' 'system(b)' 'a = alloca(3)' 'exit(1)' 'abort()'; do
	if compiles "$call"; then
		not_ok "$call does not compile"
	else
		ok "$call does not compile"
	fi
done
if compiles 'exit(1)' -DMAY_EXIT; then
	ok "exit() compiles where it may be used"
else
	not_ok "exit() compiles where it may be used"
fi

# A function-like macro is no guard for a function's bare name.
nothing "no banned function is used by its bare name" "$(
	grep -nE '[^_[:alnum:]](strcpy|strcat|sprintf|strncpy|strtok|gmtime|localtime|atoi)[,;)]' \
		lib/*/*.c cmd/*.c | grep -vE '/\*|^[^:]*:[0-9]+:[[:space:]]*\*')"

# The debug log's levels, what is done when memory is gone, and flags that
# signal handlers set.
exceptions='^(log_levels|last_resort|[a-z_]*_signal|[a-z_]*_signals)$'
variables() {
	find "$1/lib" "$1/cmd" -name '*.o' | while read -r object; do
		objdump -t "$object" | awk -v object="$object" '
			$3 == "O" && $4 ~ /^\.(data|bss|tdata|tbss)/ &&
			$4 !~ /^\.data\.rel\.ro/ { print $NF, object }
			$2 == "O" && $3 ~ /^\.(data|bss|tdata|tbss)/ &&
			$3 !~ /^\.data\.rel\.ro/ { print $NF, object }'
	done | while read -r name object; do
		printf '%s\n' "${name%.*}" | grep -qE "$exceptions" ||
			echo "$object: $name"
	done
}
name="no variable at file scope can change"
case ${CPROF_OBJ:=build/obj} in
*address* | *thread*) skip "$name" "sanitizers add variables" ;;
*) nothing "$name" "$(variables "$CPROF_OBJ")" ;;
esac
finish
