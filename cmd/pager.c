/* SPDX-License-Identifier: MIT */
#include "pager.h"

#include "base/output.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* A pager has commands that start programs: not with borrowed rights. */
static bool has_borrowed_rights(void)
{
	return getenv("SUDO_UID") || getenv("PKEXEC_UID") ||
	       geteuid() != getuid() || getegid() != getgid();
}

/* The pager's command line, or NULL for none. */
static const char *pager_command(void)
{
	const char *pager = getenv("CPROF_PAGER");
	const char *term = getenv("TERM");

	if (!pager)
		pager = getenv("PAGER");
	/* less asks for a key first where it cannot move the cursor. */
	if (!pager && (!term || strcmp(term, "dumb") == 0))
		return NULL;
	if (!pager)
		pager = "less -FRX";
	if (!*pager || strcmp(pager, "cat") == 0)
		return NULL;
	return pager;
}

static void run_pager(const char *pager, int fd)
{
	dup2(fd, STDIN_FILENO);
	setenv("LESS", "FRX", 0);
	execl("/bin/sh", "sh", "-c", pager, (char *)NULL);
	_exit(127);
}

/* Returns false when the pager could not be run: nothing was shown. */
static bool show_with(const char *pager, const char *text, size_t len)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	struct sigaction quit, interrupt, broken;
	int status = 0;
	int ends[2];
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC))
		return false;
	pid = fork();
	if (pid == 0)
		run_pager(pager, ends[0]);
	close(ends[0]);
	if (pid < 0) {
		close(ends[1]);
		return false;
	}
	/* Ctrl-C is for the pager; leaving it early is no failure. */
	sigaction(SIGPIPE, &ignore, &broken);
	sigaction(SIGINT, &ignore, &interrupt);
	sigaction(SIGQUIT, &ignore, &quit);
	write_all(ends[1], text, len, NULL);
	close(ends[1]);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	sigaction(SIGPIPE, &broken, NULL);
	sigaction(SIGINT, &interrupt, NULL);
	sigaction(SIGQUIT, &quit, NULL);
	return !WIFEXITED(status) || WEXITSTATUS(status) < 126;
}

int pager_show(const char *text, size_t len, bool no_pager, struct error *err)
{
	const char *pager = pager_command();

	fflush(stdout);
	if (!no_pager && pager && isatty(STDOUT_FILENO) &&
	    !has_borrowed_rights() && show_with(pager, text, len))
		return 0;
	if (fwrite(text, 1, len, stdout) == len)
		return 0;
	return error_set_errno(err, "standard output");
}
