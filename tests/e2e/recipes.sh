#!/bin/sh
# SPDX-License-Identifier: MIT
# The recipes of man/examples run as their systems run them: a repository
# with versions of a program, a clone of it for the job, the variables of the
# job, and the shell of the recipe.  The first job makes the program slower,
# the second, in the same place, does not.
. "$(dirname "$0")/lib.sh"

need bash git jq make "$CC"
"$PYTHON" -c 'import yaml' 2>/dev/null ||
	skip_all "python3-yaml is not installed"
mkdir "$tmp/bin" "$tmp/snippets" "$tmp/program"
ln -s "$(realpath "$CPROF")" "$tmp/bin/cprof"
PATH=$tmp/bin:$PATH
sampled=
"$CPROF" doctor >/dev/null 2>&1 && sampled=yes
"$PYTHON" tests/lint/examples.py "$tmp/snippets" man/examples/*.yml \
	man/examples/Jenkinsfile || exit 1

cat >"$tmp/program/app.c" <<'END'
#include <stdio.h>
#include <stdlib.h>

#define TIMES 1

static volatile unsigned long sum;

__attribute__((noinline)) static void parse(unsigned long n)
{
	for (unsigned long i = 0; i < n; i++)
		sum += i;
}

__attribute__((noinline)) static void hash(unsigned long n)
{
	for (unsigned long i = 0; i < n * TIMES; i++)
		sum ^= i;
}

int main(int argc, char **argv)
{
	FILE *file = argc > 1 ? fopen(argv[1], "r") : NULL;
	char number[20];

	if (!file || !fgets(number, sizeof(number), file))
		return 1;
	parse(strtoul(number, NULL, 10));
	hash(strtoul(number, NULL, 10));
	return 0;
}
END
printf 'app: app.c\n\t%s -O2 -g -o $@ app.c\n' "$CC" >"$tmp/program/Makefile"
echo 3000000 >"$tmp/program/benchmark-input"
printf '%s\n' app profiles '*.json' '*.xml' >"$tmp/program/.gitignore"

git()
{
	command git -c user.name=test -c user.email=test@example.com "$@"
}

# The branch "slow" takes twice as long: three times as much of hash().
make_repository()
{
	cd "$tmp/program" || return
	git init -q -b main && git add . && git commit -q -m one &&
		git checkout -q -b slow && sed -i 's/TIMES 1/TIMES 3/' app.c &&
		git commit -q -a -m two && git checkout -q -b same main &&
		echo '/* nothing new */' >>app.c && git commit -q -a -m three
}
(make_repository) >"$tmp/git.out" 2>&1 || {
	sed 's/^/# /' "$tmp/git.out"
	skip_all "git cannot make a repository here"
}

# job SYSTEM BRANCH SHELL WORDS: each snippet in which WORDS are; its status
job()
{
	place=$tmp/$1/workspace
	[ -d "$place" ] || git clone -q "$tmp/program" "$place" || return
	git -C "$place" checkout -q --detach "origin/$2" || return
	for snippet in "$tmp/snippets/$1"*.[0-9]; do
		grep -Eq "$4" "$snippet" || continue
		(cd "$place" && exec $3 "$snippet") >>"$tmp/$1.$2" 2>&1 ||
			return
	done
}

# ended STATUS SYSTEM BRANCH SHELL WORDS: with one of these
ended()
{
	job "$2" "$3" "$4" "${5:-.}"
	status=$?
	cat "$tmp/$2.$3"
	case " $1 " in *" $status "*) return 0 ;; esac
	echo "status $status"
	return 1
}

one_summary()
{
	cat "$GITHUB_STEP_SUMMARY"
	[ "$(grep -c '^### Slower: CPU time ' "$GITHUB_STEP_SUMMARY")" = 1 ]
}

annotated()
{
	grep -q '^::error title=cprof::.*slower: CPU time' "$tmp/github.slow" &&
		{ [ -z "$sampled" ] || grep -q \
		'^::warning file=app.c,line=1[79],title=hash::' \
		"$tmp/github.slow"; }
}

GITHUB_BASE_REF=main GITHUB_STEP_SUMMARY=$tmp/summary.md
GITHUB_WORKSPACE=$tmp/github/workspace
export GITHUB_BASE_REF GITHUB_STEP_SUMMARY GITHUB_WORKSPACE
words="worktree|cprof gate"
ok "GitHub: a slower branch fails" \
	ended 1 github slow "bash -e" "$words"
ok "GitHub: the summary of the job has the verdict, once" one_summary
ok "GitHub: the verdict is an annotation, and so is the line" annotated
ok "GitHub: another branch passes, in the same place" \
	ended 0 github same "bash -e" "$words"
unset GITHUB_BASE_REF GITHUB_STEP_SUMMARY GITHUB_WORKSPACE

finding()
{
	jq -c . "$1"
	[ -z "$sampled" ] || jq -e '.[0].location.path == "app.c" and
		(.[0].description | test("hash is slower"))' "$1" >/dev/null
}

CI_MERGE_REQUEST_DIFF_BASE_SHA=$(git -C "$tmp/program" rev-parse main)
CI_PROJECT_DIR=$tmp/gitlab/workspace
export CI_MERGE_REQUEST_DIFF_BASE_SHA CI_PROJECT_DIR
ok "GitLab: a slower branch fails" \
	ended 1 gitlab slow "bash -eo pipefail"
ok "GitLab: the finding is where the function is" \
	finding "$CI_PROJECT_DIR/gl-code-quality-report.json"
# 3 is a warning there.
ok "GitLab: another branch passes, in the same place" \
	ended "0 3" gitlab same "bash -eo pipefail"
ok "GitLab: and no test has failed" \
	sh -c '! grep "<failure" "$1"' sh "$CI_PROJECT_DIR/gate.xml"
unset CI_MERGE_REQUEST_DIFF_BASE_SHA CI_PROJECT_DIR

CHANGE_TARGET=main
export CHANGE_TARGET
ok "Jenkins: a slower branch fails" \
	ended 1 Jenkins slow "sh -xe"
ok "Jenkins: so does the test of the metric that decides" \
	sh -c 'grep -A 1 "<testcase name=.CPU time." "$1" | grep "<failure"' \
	sh "$tmp/Jenkins/workspace/gate.xml"
ok "Jenkins: another branch passes, in the same place" \
	ended "0 3" Jenkins same "sh -xe"
ok "Jenkins: and no test has failed" \
	sh -c '! grep "<failure" "$1"' sh "$tmp/Jenkins/workspace/gate.xml"
done_testing
