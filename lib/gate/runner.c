/* SPDX-License-Identifier: MIT */
#include "gate/runner.h"

#include "base/mem.h"
#include "gate/helper.h"
#include "gate/spawner.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>

struct runner {
	struct helper helper;
};

int runner_open(struct runner **out, const struct runner_config *config,
		struct error *err)
{
	struct helper helper;

	*out = NULL;
	if (helper_open(&helper, spawner_main, config, err))
		return -1;
	*out = mem_alloc(sizeof(**out));
	(*out)->helper = helper;
	return 0;
}

void runner_close(struct runner *runner)
{
	if (!runner)
		return;
	/* Its command is killed by it, then it ends. */
	helper_close(&runner->helper);
	free(runner);
}

int runner_run(struct runner *runner, size_t command,
	       struct runner_result *result, struct error *err)
{
	const uint32_t request = command;
	struct spawner_answer answer;
	ssize_t got;

	if (send(runner->helper.fd, &request, sizeof(request),
		 MSG_NOSIGNAL) < 0)
		return error_set_errno(err, "the process that runs the "
				       "commands is gone");
	do
		got = recv(runner->helper.fd, &answer, sizeof(answer), 0);
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
