/* SPDX-License-Identifier: MIT */
#include "gate/recorder.h"

#include "base/clock.h"
#include "gate/helper.h"
#include "record/session.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { EXIT_NEVER_STARTED = 127 };

enum request_kind { REQUEST_FINISH, REQUEST_KEEP, REQUEST_RUN };

struct request {
	enum request_kind kind;
	struct run_place place;
	struct plain_run run;
};

/* What the process says: it is ready for a request, or it has ended. */
struct answer {
	bool ended;
	bool recorded;
	bool prepare_failed;
	struct error err;
};

struct recorder {
	struct helper helper;
	struct answer last;	/* when it has ended */
	bool ready;		/* it waits for a request */
};

/* The process of the recorder. */
struct recorder_process {
	const struct recorder_config *config;
	int fd;
	struct request request;
	struct error err;	/* what the session told */
	bool prepare_failed;
	struct error prepare_err;
	/* As they were before the session, and the side's variables. */
	sigset_t mask;
	char **environment;
};

static void use_file(const char *path, int flags, int standard)
{
	const int fd = open(path, flags | O_CLOEXEC);

	if (fd < 0)
		_exit(EXIT_FAILURE);
	dup2(fd, standard);
}

static void use_input(const struct recorder_config *config)
{
	use_file(config->input ? config->input : "/dev/null", O_RDONLY,
		 STDIN_FILENO);
}

/* As in the runner: its own input, and nothing of what a session needs. */
static _Noreturn void become_prepare(const struct recorder_process *process)
{
	const char *const argv[] = { "sh", "-c", process->config->prepare,
				     NULL };

	setpgid(0, 0);
	use_input(process->config);
	sigprocmask(SIG_SETMASK, &process->mask, NULL);
	execvpe(argv[0], (char *const *)argv, process->environment);
	_exit(EXIT_NEVER_STARTED);
}

/* Until it ends; true: it had to be killed. */
static bool wait_prepare(const struct recorder_process *process, pid_t pid,
			 int *status)
{
	const uint64_t timeout_ns = process->config->timeout_ns;
	const int wait_ms = timeout_ns ? (int)MIN(timeout_ns / NS_PER_MS + 1,
						  UINT64_C(1) << 30) : -1;
	struct pollfd fds[] = {
		{ .fd = pidfd_open(pid, 0), .events = POLLIN },
		{ .fd = process->fd, .events = POLLIN },
	};
	bool late;

	setpgid(pid, pid);
	/* Signals are blocked: nothing interrupts. */
	late = fds[0].fd < 0 ||
	       poll(fds, ARRAY_SIZE(fds), wait_ms) <= 0 ||
	       !fds[0].revents;
	if (late)
		kill(-pid, SIGKILL);
	close(fds[0].fd);
	while (waitpid(pid, status, 0) < 0 && errno == EINTR)
		;
	return late;
}

static int prepare_run(struct recorder_process *process)
{
	struct error *err = &process->prepare_err;
	int status = 0;
	pid_t pid;

	if (!process->config->prepare)
		return 0;
	pid = fork();
	if (pid == 0)
		become_prepare(process);
	if (pid < 0)
		error_set_errno(err, "cannot fork");
	else if (wait_prepare(process, pid, &status))
		error_set(err, ERROR_TARGET, "it ran into the time-out");
	else if (status)
		runner_explain_status(status, err);
	else
		return 0;
	process->prepare_failed = true;
	return error_context(err, "--prepare");
}

static bool next_run(struct session_run *run, void *arg)
{
	const struct answer ready = { .ended = false };
	struct recorder_process *process = arg;
	struct request *request = &process->request;

	if (send(process->fd, &ready, sizeof(ready), MSG_NOSIGNAL) < 0 ||
	    recv(process->fd, request, sizeof(*request), 0) !=
	    sizeof(*request) || request->kind == REQUEST_FINISH)
		return false;
	*run = (struct session_run){
		.kind = request->kind == REQUEST_RUN ? RUN_PROFILED :
						       RUN_PLAIN,
		.place = request->place,
		.measured = request->kind == REQUEST_KEEP ? &request->run :
							    NULL,
	};
	return request->kind != REQUEST_RUN || prepare_run(process) == 0;
}

/* The last that the session says is why it failed, if it did. */
static void hear_notice(const char *text, void *arg)
{
	struct recorder_process *process = arg;

	error_set(&process->err, ERROR_SYSTEM, "%s", text);
}

/* putenv(3) writes into the array. */
static char **copy_environment(void)
{
	size_t count = 0;
	char **copy;

	while (environ[count])
		count++;
	copy = mem_calloc(count + 1, sizeof(*copy));
	for (size_t i = 0; i < count; i++)
		copy[i] = environ[i];
	return copy;
}

/* What the gate must know: more than that there is a file, or none. */
static void explain_end(const struct recorder_process *process,
			const struct session_result *result,
			struct error *err)
{
	const bool ignore = process->config->ignore_failure;

	if (process->prepare_failed)
		*err = process->prepare_err;
	else if (result->timed_out)
		error_set(err, ERROR_TARGET, "it ran into the time-out");
	else if (result->started && result->status && !ignore)
		runner_explain_status(result->status, err);
	else
		*err = process->err;
}

/* Another recorder's end, held here, could not be seen. */
static void keep_only(int fd)
{
	if (fd > STDERR_FILENO + 1)
		close_range(STDERR_FILENO + 1, fd - 1, 0);
	close_range(fd + 1, UINT32_MAX, 0);
}

static int recorder_main(const void *its_config, int fd)
{
	const struct recorder_config *config = its_config;
	struct recorder_process process = { .config = config, .fd = fd };
	const struct session_options options = {
		.recording = config->recording,
		.next = next_run,
		.next_arg = &process,
		.ignore_status = config->ignore_failure,
		.limit_ns = config->timeout_ns,
		.watch = { .notice = hear_notice, .arg = &process },
	};
	const char *const *env = config->command->env;
	struct session_result result = { .started = false };
	struct answer answer = { .ended = true };

	keep_only(fd);
	sigprocmask(SIG_SETMASK, NULL, &process.mask);
	process.environment = copy_environment();
	use_input(config);
	if (!config->show_output) {
		use_file("/dev/null", O_WRONLY, STDOUT_FILENO);
		use_file("/dev/null", O_WRONLY, STDERR_FILENO);
	}
	for (size_t i = 0; env && env[i]; i++)
		putenv((char *)env[i]);
	if (session_launch(&options, &result, &process.err) == 0)
		answer.recorded = result.recorded;
	answer.prepare_failed = process.prepare_failed;
	explain_end(&process, &result, &answer.err);
	free(process.environment);
	send(fd, &answer, sizeof(answer), MSG_NOSIGNAL);
	return EXIT_SUCCESS;
}

int recorder_open(struct recorder **out, const struct recorder_config *config,
		  struct error *err)
{
	struct helper helper;

	*out = NULL;
	if (helper_open(&helper, recorder_main, config, err))
		return -1;
	*out = mem_alloc(sizeof(**out));
	(*out)->helper = helper;
	return 0;
}

/* Until it waits for a request: true; false: it has ended. */
static bool wait_ready(struct recorder *recorder)
{
	struct answer answer;
	ssize_t got;

	if (recorder->ready)
		return true;
	if (recorder->last.ended)
		return false;
	do
		got = recv(recorder->helper.fd, &answer, sizeof(answer), 0);
	while (got < 0 && errno == EINTR);
	if (got != sizeof(answer)) {
		answer = (struct answer){ .ended = true };
		error_set(&answer.err, ERROR_SYSTEM,
			  "the recorder has ended unexpectedly");
	}
	if (answer.ended)
		recorder->last = answer;
	recorder->ready = !answer.ended;
	return recorder->ready;
}

static bool ask(struct recorder *recorder, const struct request *request)
{
	if (!wait_ready(recorder))
		return false;
	recorder->ready = false;
	return send(recorder->helper.fd, request, sizeof(*request),
		    MSG_NOSIGNAL) >= 0;
}

static int tell_end(const struct recorder *recorder, struct error *err)
{
	if (recorder->last.err.kind != ERROR_NONE && err)
		*err = recorder->last.err;
	else
		error_set(err, ERROR_SYSTEM, "the recording has ended");
	return -1;
}

void recorder_keep(struct recorder *recorder, const struct plain_run *run,
		   const struct run_place *place)
{
	struct request request;

	memset(&request, 0, sizeof(request));
	request.kind = REQUEST_KEEP;
	request.place = *place;
	request.run = *run;
	ask(recorder, &request);
}

int recorder_run(struct recorder *recorder, const struct run_place *place,
		 struct error *err)
{
	struct request request;

	memset(&request, 0, sizeof(request));
	request.kind = REQUEST_RUN;
	request.place = *place;
	if (ask(recorder, &request) && wait_ready(recorder))
		return 0;
	return tell_end(recorder, err);
}

bool recorder_prepare_failed(const struct recorder *recorder)
{
	return recorder->last.prepare_failed;
}

int recorder_finish(struct recorder *recorder, struct error *err)
{
	struct request request;
	int ret = 0;

	memset(&request, 0, sizeof(request));
	request.kind = REQUEST_FINISH;
	ask(recorder, &request);
	while (wait_ready(recorder))
		recorder->ready = false;
	if (!recorder->last.recorded)
		ret = tell_end(recorder, err);
	helper_close(&recorder->helper);
	free(recorder);
	return ret;
}
