/* SPDX-License-Identifier: MIT */
#include "gate/runner.h"

#include "gate/spawner.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

struct runner {
	pid_t pid;
	int fd;
};

int runner_open(struct runner **out, const struct runner_config *config,
		struct error *err)
{
	struct runner *runner;
	int ends[2];
	pid_t pid;

	*out = NULL;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return error_set_errno(err, "cannot make a socket pair");
	pid = fork();
	if (pid == 0) {
		close(ends[0]);
		_exit(spawner_main(config, ends[1]));
	}
	close(ends[1]);
	if (pid < 0) {
		close(ends[0]);
		return error_set_errno(err, "cannot fork");
	}
	runner = mem_alloc(sizeof(*runner));
	runner->pid = pid;
	runner->fd = ends[0];
	*out = runner;
	return 0;
}

void runner_close(struct runner *runner)
{
	if (!runner)
		return;
	/* Its command is killed by it, then it ends. */
	close(runner->fd);
	while (waitpid(runner->pid, NULL, 0) < 0 && errno == EINTR)
		;
	free(runner);
}

int runner_run(struct runner *runner, size_t command,
	       struct runner_result *result, struct error *err)
{
	const uint32_t request = command;
	struct spawner_answer answer;
	ssize_t got;

	if (send(runner->fd, &request, sizeof(request), MSG_NOSIGNAL) < 0)
		return error_set_errno(err, "the process that runs the "
				       "commands is gone");
	do
		got = recv(runner->fd, &answer, sizeof(answer), 0);
	while (got < 0 && errno == EINTR);
	if (got != sizeof(answer))
		return error_set(err, ERROR_SYSTEM, "the process that runs "
				 "the commands has ended unexpectedly");
	*result = answer.result;
	if (answer.err.kind == ERROR_NONE)
		return 0;
	if (err)
		*err = answer.err;
	return -1;
}

bool runner_result_ok(const struct runner_result *result)
{
	return !result->timed_out && !result->exec_errno &&
	       !result->prepare_status && result->plain.exit_status == 0;
}

void runner_explain_status(int status, struct error *err)
{
	if (WIFSIGNALED(status))
		error_set(err, ERROR_TARGET, "killed by signal %d (%s)",
			  WTERMSIG(status), strsignal(WTERMSIG(status)));
	else
		error_set(err, ERROR_TARGET, "exit status %d",
			  WEXITSTATUS(status));
}

void runner_result_explain(const struct runner_result *result,
			   struct error *err)
{
	if (result->prepare_status) {
		runner_explain_status(result->prepare_status, err);
		error_context(err, "--prepare");
	} else if (result->exec_errno) {
		error_set(err, ERROR_TARGET, "cannot execute it: %s",
			  strerror(result->exec_errno));
	} else if (result->timed_out) {
		error_set(err, ERROR_TARGET, "it ran into the time-out");
	} else {
		runner_explain_status(result->plain.exit_status, err);
	}
}
