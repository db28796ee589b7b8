/* SPDX-License-Identifier: MIT */
/* A host that counts SIGCHLD and looks for children while it has a session. */
#include <cprof.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t children;

static void on_child(int number)
{
	children++;
}

static __attribute__((noinline)) void spin_here(double seconds)
{
	const clock_t end = clock() + (clock_t)(seconds * CLOCKS_PER_SEC);
	volatile unsigned int sum = 0;

	do {
		for (unsigned int i = 0; i < 100000; i++)
			sum += i;
	} while (clock() < end);
}

/* Nobody else has the other end of it, whoever was started meanwhile. */
static int ends(int pipe_ends[2])
{
	struct pollfd input = { .fd = pipe_ends[0], .events = POLLIN };
	char byte;

	close(pipe_ends[1]);
	return poll(&input, 1, 5000) == 1 && read(input.fd, &byte, 1) == 0;
}

int main(void)
{
	struct cprof_session *session;
	struct cprof_result result;
	int pipe_ends[2], seen, inner, eof;

	signal(SIGCHLD, getenv("HOST_IGNORES") ? SIG_IGN : on_child);
	if (pipe(pipe_ends))
		return 1;
	session = cprof_start("host");
	eof = ends(pipe_ends);
	/* The profile lies where it was begun. */
	if (chdir("/"))
		return 1;
	spin_here(0.4);
	/* One in another is part of it. */
	inner = cprof_stop(cprof_start("inner"), CPROF_SAVE, NULL);
	seen = waitpid(-1, NULL, WNOHANG) != -1 || errno != ECHILD;
	cprof_stop(session, CPROF_SAVE, &result);
	printf("state=%d inner=%d children=%d seen=%d first=%s share=%d "
	       "cpu_ms=%d saved=%d text=%d eof=%d\n", result.state, inner,
	       (int)children, seen, result.functions[0].name,
	       (int)(result.functions[0].self_ns * 100 /
		     (result.cpu_ns + 1)),
	       (int)(result.cpu_ns / 1000000), *result.path != 0,
	       strstr(cprof_result_text(&result), "spin_here") != NULL, eof);
	printf("%s\n", result.message);
	cprof_result_release(&result);
	return 0;
}
