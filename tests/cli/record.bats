#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2012,SC2016 # our names are plain; $ is for sh -c
load lib

setup() {
	mkdir "$BATS_TEST_TMPDIR/work"
	cd "$BATS_TEST_TMPDIR/work" || return
}

# record ARGS: needs the right to trace
record() {
	needs_tracing
	cprof record "$@"
}

# usage_error TEXT: status 125, the text on stderr, and no file anywhere
usage_error() {
	status_is 125
	out_empty
	err_has "cprof record: "
	err_has "$1"
	[ -z "$(find . -type f)" ]
}

@test "wrong usage is 125, says what would have worked, and makes no file" {
	cprof record
	usage_error "no command to run, and no process to attach to (-p PID)"
	cprof record --frequenc 10 true
	usage_error "did you mean '--frequency'?"
	cprof record -p 12,x
	usage_error "'12,x' is not a list of process ids (as in -p 123,456)"
	cprof record -p 0
	usage_error "'0' is not a list of process ids"
	cprof record -p 1 true
	usage_error "either a command or -p PID, not both"
	cprof record -p 1 --runs 3
	usage_error "--runs needs a command"
	cprof record -p 1 --if-enabled
	usage_error "--if-enabled needs a command"
	cprof record --children true
	usage_error "--children needs -p PID; those of a command are"
	cprof record -p 1 --children --no-follow
	usage_error "either --children or --no-follow, not both"
	cprof record --label nothing true
	usage_error "'nothing' is not a label (as in --label branch=main)"
	cprof record -F 10001 true
	usage_error "10000 Hz is the most"
	cprof record -F 0 true
	usage_error "above 0"
	cprof record -d 3x true
	usage_error "3x"
	cprof record -d 0 true
	usage_error "'0' is no time to record"
	cprof record -o "" true
	usage_error "-o needs a file name"
}

@test "the profile goes to ./profiles/NAME-VERSION-TIME-PID.prof" {
	record --version '1.2/x y' -- sh -c true
	status_is 0
	out_empty
	name=$(ls profiles)
	[[ $name =~ ^sh-1\.2_x_y-[0-9]{8}T[0-9]{6}Z-[0-9]+\.prof$ ]]
	[ "$(stat -c %a "profiles/$name")" = 600 ]
	[ "$(ls -A | wc -l)" -eq 1 ]
}

@test "CPROF_OUTPUT_DIR is made with all that lies above it" {
	CPROF_OUTPUT_DIR=$PWD/a/b/c record --name ../odd true
	status_is 0
	[[ $(ls a/b/c) == _._odd-*.prof ]]
	[ ! -e profiles ]
}

@test "what cannot be written is an error before the program starts" {
	echo text >file
	CPROF_OUTPUT_DIR=file/x record touch started
	status_is 125
	err_has "file"
	record -o file touch started
	status_is 125
	err_has "file: exists and is not a cprof profile"
	err_has "--force"
	record -o no/such/folder/p touch started
	status_is 125
	err_has "no/such/folder/p"
	record -o . touch started
	status_is 125
	[ ! -e started ]
	[ "$(cat file)" = text ]
	[ "$(ls)" = file ]
}

@test "-o replaces a profile; --force replaces anything" {
	record -o p true
	status_is 0
	first=$(stat -c %i p)
	record -o p true
	status_is 0
	[ "$(stat -c %i p)" != "$first" ]
	echo text >other
	record --force -o other true
	status_is 0
	cprof inspect other
	status_is 0
	[ "$(ls)" = $'other\np' ]
}

@test "a .partial of an earlier recording is moved aside" {
	echo old >p.partial
	record -o p true
	status_is 0
	[ "$(cat p.partial.1)" = old ]
	[ "$(ls)" = $'p\np.partial.1' ]
}

@test "input and output of the program pass through" {
	needs_tracing
	head -c 300000 /dev/urandom >in
	"$CPROF" record -q -o p -- cat <in >out 2>err
	cmp in out
	[ ! -s err ]
	"$CPROF" record -q -o p -- sh -c 'cat >&2' <in >out 2>err
	cmp in err
	[ ! -s out ]
}

@test "a pipe ends when the program ends, not when cprof does" {
	needs_tracing
	mkfifo fifo
	# Without a copy of its own, nobody else can hold the pipe open.  The
	# program lives on until the reader has seen the end.
	"$CPROF" record -o p -- sh -c 'exec >&-
		until [ -e seen ]; do sleep 0.05; done' >fifo 2>/dev/null &
	recorder=$!
	end=0
	timeout 60 cat fifo || end=$?
	touch seen
	wait $recorder
	[ "$end" -eq 0 ]
}

@test "at the end: what was recorded, the file, and what to type next" {
	record -o "a b" -- sh -c 'i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done'
	status_is 0
	[ "${#stderr_lines[@]}" -eq 2 ]
	err_like '^cprof: [0-9,]+ samples of 1 thread in 1 process in .* m?s, [0-9]+ Hz per running thread, held .*%, cost about .*; a b, .* k?B$'
	err_like "^cprof: next: cprof report 'a b'$"
	record -- sh -c 'i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done'
	err_like '^cprof: next: cprof report$'
	cprof report
	status_is 0
}

@test "who gives a name or a version is told how to see all of that" {
	for i in 1 2; do
		record --name "a b" --version 1.0 -- sh -c \
			'i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done'
	done
	err_like "^cprof: next: cprof report; all of that name: cprof report 'a b@1.0'$"
	cprof report 'a b@1.0'
	status_is 0
	out_like '^Runs +2 in 2 files'
}

@test "--quiet says nothing; an empty recording says why" {
	record -q -o p true
	status_is 0
	err_empty
	# A look can come at any moment: one in a second, at random, hits a
	# run of some ms now and then, but not five of them.
	for _ in 1 2 3 4 5; do
		record -F 1 -o p true
		status_is 0
		[[ $stderr == *"cprof: 0 samples"* ]] && break
	done
	err_like '^cprof: 0 samples'
	err_like '^cprof: no samples: [a-z]'
	err_lacks "next:"
}

@test "--region is no label of the run" {
	record --region 'x*' -- true
	status_is 0
	cprof registry list --json
	jq -e '[.profiles[].runs[].labels] == [[]]' <<<"$output"
}

@test "--runs runs the command so often, into one profile" {
	record --runs 4 --no-plain-runs --label a=b --label c=d=e -o p -- \
		sh -c 'echo x >>count'
	status_is 0
	[ "$(wc -l <count)" -eq 4 ]
	err_like '^cprof: 4 runs, '
	cprof inspect --json p
	status_is 0
	[ "$(grep -o 'd=e' <<<"$output" | wc -l)" -ge 1 ]
}

# kinds PROFILE: of its runs in order, s for sampled, p for plain
kinds() {
	"$CPROF" inspect --json "$1" | python3 -c '
import json, sys
runs = json.load(sys.stdin)["runs"]
places = [run.get("place", {}) for run in runs]
if len({place.get("series") for place in places}) != 1:
    print("not one series")
if [place.get("order") for place in places] not in (
        list(range(len(runs))), [None] * len(runs)):
    print("order", [place.get("order") for place in places])
pairs = [place.get("pair", i) for i, place in enumerate(places)]
print("".join(run["kind"][0] + str(pair) + " "
              for run, pair in zip(runs, pairs)))'
}

@test "--runs takes turns with plain runs, of every two pairs one each way" {
	needs_tracing
	needs python3
	record --runs 6 -o p -- sh -c 'echo x >>count'
	status_is 0
	[ "$(wc -l <count)" -eq 12 ]
	err_like '^cprof: 6 runs, 6 more without sampling, '
	kinds p
	[[ $(kinds p) =~ ^s0\ p0\ [sp]1\ [sp]1\ ([sp])2\ [sp]2\ ([sp])3 ]]
	[ "${BASH_REMATCH[1]}" != "${BASH_REMATCH[2]}" ]
	[ "$(kinds p | tr -cd p | wc -c)" -eq 6 ]
}

@test "--plain-runs puts a plain run beside a single one" {
	needs_tracing
	needs python3
	record --plain-runs -o p -- sh -c 'echo x >>count; exit 0'
	status_is 0
	[ "$(kinds p)" = "s0 p0 " ]
	rm p count
	cprof record --plain-runs --no-plain-runs true
	usage_error "either --plain-runs or --no-plain-runs, not both"
	cprof record --plain-runs -p 1
	usage_error "--plain-runs needs a command"
}

@test "a plain run tells the program's own CPU time and memory" {
	needs_tracing
	needs python3
	record --plain-runs -o p -- \
		python3 -c 'x = bytes(range(250)) * 400000; sum(range(3000000))'
	status_is 0
	"$CPROF" inspect --json p | python3 -c '
import json, sys
for run in json.load(sys.stdin)["runs"]:
    print(run)
    assert 100e6 < run["peak_memory_bytes"] < 160e6, run
    cpu = run["user_ns"] + run["system_ns"]
    assert cpu > 20e6, run
    # Its one thread cannot use more than there is.
    assert run["kind"] == "sampled" or \
        cpu < (run["end_ns"] - run["start_ns"]) * 1.02 + 10e6, run
'
}

@test "a plain run that fails is the last, and its status is passed on" {
	needs_tracing
	needs python3
	# The second of all runs is the plain one.
	record --runs 3 -o p -- sh -c 'echo x >>count; test $(wc -l <count) -lt 2'
	status_is 1
	[ "$(kinds p)" = "s0 p0 " ]
}

@test "every run reads standard input from where the first began, in a file" {
	needs_tracing
	printf 'skipped\nline\n' >input
	{
		read -r
		"$CPROF" record -q --runs 2 -o p -- sh -c 'cat >>copy'
	} <input
	[ "$(sort copy | uniq -c | tr -d ' ')" = "4line" ]
}

@test "a report leaves plain runs out of its sums, and counts them" {
	needs_tracing
	record --runs 2 -o p -- sh -c 'i=0; while [ $i -lt 99999 ]; do
		i=$((i+1)); done'
	status_is 0
	cprof report p
	status_is 0
	out_like '^Runs +2, added up: .*; 2 more without sampling: '
	out_like 'in 2 processes'
}

@test "-d ends the recording; the program runs on and cprof waits for it" {
	needs_tracing
	SECONDS=0
	cprof record -d 200ms -o p -- sh -c 'sleep 2; exit 5'
	status_is 5
	[ "$SECONDS" -ge 2 ]
	# Not the two seconds of the program, even on a busy machine.
	err_like ' in ([1-9][0-9][0-9] ms|1\.[0-9]+ s)'
}

@test "--if-enabled executes the command in cprof's place" {
	unset CPROF_PROFILE
	cprof record --if-enabled -- sh -c 'cat /proc/$PPID/comm; exit 7'
	status_is 7
	err_empty
	[ "$output" = bash ]
	[ ! -e profiles ]
	CPROF_PROFILE=0 cprof record --if-enabled -- true
	[ ! -e profiles ]
	run -127 "$CPROF" record --if-enabled -- no-such-command
	CPROF_PROFILE=1 record --if-enabled -- sh -c 'exit 7'
	status_is 7
	[ "$(ls profiles | wc -l)" -eq 1 ]
}

@test "a full disk costs the recording, not the program" {
	needs_tracing
	# A limit of 1 kB for files; the program writes none.
	full() {
		run --separate-stderr bash -c 'ulimit -f 1; exec "$@"' - \
			"$CPROF" record "$@" -o p -- \
			sh -c 'ls -R /usr/lib >/dev/null; exit 6'
	}
	full
	status_is 6
	err_has "p.partial"
	err_has "File too large"
	[ ! -e p ]
	[ -s p.partial ]
	cprof inspect p.partial
	status_is 0
	out_has "met a full disk"
	rm p.partial
	full --strict
	status_is 125
}

@test "of a program that goes into the background it says who runs on" {
	needs_tracing
	"$CPROF" record -o p -- sh -c 'sleep 60 3>&- & echo $!' >out 2>err
	left=$(cat out)
	kill "$left"
	grep -q "process $left (.*) of the program runs on, " err
	grep -q "cprof record -p $left$" err
	"$CPROF" record -o p -- sh -c 'sleep 0.1; true' 2>err
	! grep -q "runs on" err
}

@test "a full disk ends the recording at once, and the program runs on" {
	needs_tracing
	bash -c 'ulimit -f 1; exec "$@"' - "$CPROF" record -F 5000 \
		--max-overhead off -o p -- sh -c \
		'while ! grep -q "program runs on" err; do :; done; exit 6' \
		>out 2>err &
	wait_status=0
	timeout 20 tail --pid=$! -f /dev/null
	wait $! || wait_status=$?
	[ "$wait_status" -eq 6 ]
	grep -q 'p.partial.*File too large; the program runs on' err
	cprof inspect p.partial
	status_is 0
}

@test "-p records a process that runs, and leaves it running" {
	needs_tracing
	sleep 30 3>&- &
	target=$!
	cprof record -p $target -d 200ms -o p
	status_is 0
	err_has "1 process"
	grep -q 'TracerPid:.0$' /proc/$target/status
	eventually grep -q '^State:.S' /proc/$target/status
	kill $target
}

@test "-p of one process, twice, records it once" {
	needs_tracing
	sleep 30 3>&- &
	target=$!
	cprof record -p $target,$target -p $target -d 200ms -o p
	status_is 0
	err_has "1 process"
	kill $target
}

@test "-p of a thread records its process" {
	needs_tracing
	cat >threads.py <<-'end'
		import threading, time
		class Thread(threading.Thread):
		    def run(self):
		        print(threading.get_native_id(), flush=True)
		        while True:
		            one = threading.Thread(target=time.sleep, args=(.01,))
		            one.start()
		            one.join()
		Thread().start()
	end
	timeout 60 python3 threads.py >tid 3>&- &
	target=$!
	eventually [ -s tid ]
	cprof record -p "$(cat tid)" -d 300ms -o p
	status_is 0
	err_has "1 process "
	kill $target
}

@test "-p of a process that ends: the recording ends with it" {
	needs_tracing
	sleep 100 3>&- &
	target=$!
	{
		eventually grep -q 'TracerPid:.[1-9]' /proc/$target/status
		kill $target
	} 3>&- &
	cprof record -p $target -o p
	status_is 0
	[ -s p ]
}

@test "a program that nobody saw is told to be run often" {
	needs_tracing
	for _ in $(seq 30); do
		"$CPROF" record -q -F 50 -o p -- true
		[ "$("$CPROF" report --json p | jq .profile.samples)" -eq 0 ] &&
			break
	done
	cprof report p
	[[ "$output" == *"Samples   0, "* ]] || skip "it was seen each time"
	out_has "it ended before anybody looked; run it often"
	! grep -q "what it waited for" <<<"$output"
}

@test "an empty name is none: the program has one" {
	cprof record --name= -o p -- sh -c :
	status_is 0
	cprof report p
	out_has "Command   sh -c :"
	cprof report --json p
	[ "$(jq -r '.profile.runs[0].name' <<<"$output")" = sh ] || show
}

@test "too little memory to begin leaves no file, and is said" {
	local kilobytes ended=0

	for kilobytes in 14000 20000 26000 32000; do
		(ulimit -v $kilobytes && "$CPROF" --version) || continue
		run --separate-stderr bash -c "ulimit -v $kilobytes &&
			'$CPROF' record -o p -- touch ran"
		if [ -e ran ]; then
			rm -f ran p
			continue
		fi
		ended=$((ended + 1))
		status_is 125
		err_like "out of memory|cannot start a thread"
		[ -z "$(ls -A)" ] || show
	done
	[ $ended -gt 0 ] || skip "it starts with as little, or never"
}

@test "a directory is not executed, and it is said so" {
	mkdir folder
	cprof record -o p -- ./folder
	status_is 126
	err_has "cannot execute './folder': it is a directory"
}

@test "on a terminal the summary is broken where words end" {
	TERM=dumb COLUMNS=70 script -qc "'$CPROF' record -o p -- \
		sh -c 'i=0; while [ \$i -lt 30000 ]; do i=\$((i + 1)); done'" \
		/dev/null </dev/null | tr -d '\r' >out
	grep -q '^cprof: [0-9]* samples* of 1 thread ' out || show
	tr -s '\n ' ' ' <out | grep -q '; p, [0-9]' || show
	grep -q '^  ' out || show
	[ "$(awk '{ print length }' out | sort -n | tail -1)" -le 70 ] || show
}

@test "a status line is shown on a terminal while attached, and erased" {
	needs script
	needs_tracing
	sleep 30 3>&- &
	target=$!
	TERM=xterm script -qc "'$CPROF' record -p $target -d 1 -o p" /dev/null \
		>typescript
	kill $target
	grep -q $'\rcprof: 0 s, [0-9]* samples\\?, 1 thread, 1 process' typescript
	# Between the last state and the closing line it is taken away.
	grep -q $'\r\e\\[Kcprof: [0-9]* samples\\? of' typescript
	TERM=dumb script -qc "'$CPROF' record -d 1 -o p -- sleep 1" /dev/null \
		>typescript
	run ! grep -q $'\e' typescript
}

@test "a 32-bit program runs on, and is one thread that was not seen" {
	needs as ld
	cat >old.s <<-'END'
		.globl _start
		_start: mov $1000000000, %ecx
		1: dec %ecx
		jnz 1b
		mov $1, %eax
		mov $7, %ebx
		int $0x80
	END
	as --32 -o old.o old.s && ld -m elf_i386 -o old old.o ||
		skip "32-bit programs cannot be linked here"
	run ./old
	[ "$status" -eq 7 ] || skip "32-bit programs do not run here"
	record -o p -- ./old
	status_is 7
	err_has "old is a 32-bit program"
	err_has "stacks not read, 1 thread not seen"
	COLUMNS=500 cprof report p
	out_has '1 thread not seen'
	./old & target=$!
	cprof dump -p $target
	kill $target
	status_is 2
	err_has "it is not a 64-bit x86 thread"
}

@test "a thread is not called by the program that comes after it" {
	record -o p sh -c 'sleep 0.05; exec sleep 0.05'
	status_is 0
	cprof report --by thread --clock wall p
	status_is 0
	out_has "sh ["
	# One in a child of sh, one in its place.
	[ "$(grep -c 'sleep \[[0-9]*\]$' <<<"$output")" -eq 2 ]
}
