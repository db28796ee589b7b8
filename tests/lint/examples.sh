#!/bin/sh
# SPDX-License-Identifier: MIT
# Recipes for CI are what their systems read: YAML, a pipeline, and within
# them shell that a shell accepts, and options that cprof knows.
. "$(dirname "$0")/../tap.sh"
cd "${LINT_ROOT:-$(dirname "$0")/../..}" || exit
CPROF=${CPROF:-./cprof}
[ -d man/examples ] || skip_all "no man/examples"
python3 -c 'import yaml' 2>/dev/null ||
	skip_all "python3-yaml is not installed"

snippets=$(mktemp -d)
trap 'rm -rf "$snippets"' EXIT
for recipe in github-actions.yml gitlab-ci.yml Jenkinsfile; do
	succeeds "man/examples/$recipe is well formed" \
		python3 tests/lint/examples.py "$snippets" \
		"man/examples/$recipe"
done
for snippet in "$snippets"/*.[0-9]*; do
	succeeds "sh accepts ${snippet##*/}" sh -n "$snippet"
done
known=$("$CPROF" gate --list-options | cut -f1,2 | tr '\t' '\n')
nothing "cprof gate knows the options of the recipes" \
	"$(grep -vxF "$known" "$snippets/options" || true)"
finish
