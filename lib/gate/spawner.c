/* SPDX-License-Identifier: MIT */
#include "gate/spawner.h"

#include "base/clock.h"
#include "record/plain.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	EXIT_NEVER_STARTED = 127,
	EXIT_CANNOT_WORK = 1,
	ERRORS_AT_ONCE = 1 << 20,	/* bytes; the size of the pipe, too */
	ERRORS_PAUSE_MS = 5
};

/* In memory shared with the child, until it is another program. */
struct start {
	_Atomic uint64_t monotonic_ns;
	_Atomic uint64_t realtime_ns;
	_Atomic int exec_errno;
};

struct spawner {
	const struct runner_config *config;
	int fd;			/* the other end: the runner */
	int errors_fd;		/* standard error of runs: our end of a pipe */
	char errors_path[32];	/* by which a run gets an end of its own */
	struct start *start;
	uint64_t floor_bytes;	/* see record/plain.h */
};

static void use(int fd, int standard)
{
	if (fd < 0)
		_exit(EXIT_NEVER_STARTED);
	dup2(fd, standard);
	if (fd > STDERR_FILENO)
		close(fd);
}

static _Noreturn void fail_start(const struct spawner *spawner)
{
	atomic_store(&spawner->start->exec_errno, errno ? errno : EINVAL);
	_exit(EXIT_NEVER_STARTED);
}

/* The child, up to exec.  Its clock starts with the last step. */
static _Noreturn void become(const struct spawner *spawner,
			     const struct runner_command *command)
{
	const struct runner_config *config = spawner->config;
	const char *input = config->input ? config->input : "/dev/null";
	const int in = open(input, O_RDONLY | O_CLOEXEC);

	setpgid(0, 0);
	if (in < 0)
		fail_start(spawner);
	use(in, STDIN_FILENO);
	if (!config->show_output) {
		use(open("/dev/null", O_WRONLY | O_CLOEXEC), STDOUT_FILENO);
		use(open(spawner->errors_path, O_WRONLY | O_CLOEXEC),
		    STDERR_FILENO);
	}
	for (size_t i = 0; command->env && command->env[i]; i++)
		putenv((char *)command->env[i]);
	atomic_store(&spawner->start->realtime_ns, clock_realtime_ns());
	atomic_store(&spawner->start->monotonic_ns, clock_monotonic_ns());
	execvp(command->argv[0], (char *const *)command->argv);
	fail_start(spawner);
}

static void add_errors(struct runner_result *result, const char *bytes,
		       size_t count)
{
	const size_t room = sizeof(result->errors) - 1;
	const size_t had = MIN(result->errors_bytes, (uint64_t)room);
	const size_t added = MIN(count, room);
	const size_t kept = MIN(had, room - added);

	result->errors_bytes += count;
	memmove(result->errors, result->errors + had - kept, kept);
	memcpy(result->errors + kept, bytes + count - added, added);
	result->errors[kept + added] = '\0';
}

/* What is there; not for ever, when something goes on writing. */
static void hear_errors(const struct spawner *spawner,
			struct runner_result *result)
{
	char bytes[16384];
	size_t heard = 0;
	ssize_t got;

	while (heard < ERRORS_AT_ONCE &&
	       (got = read(spawner->errors_fd, bytes, sizeof(bytes))) > 0) {
		add_errors(result, bytes, (size_t)got);
		heard += (size_t)got;
	}
}

/* What was left, by what runs on in the background. */
static void forget_errors(const struct spawner *spawner,
			  struct runner_result *result)
{
	hear_errors(spawner, result);
	result->errors_bytes = 0;
	*result->errors = '\0';
}

/*
 * Until the child ends: 0; the time is over: ETIME; nobody waits: EPIPE.
 * Who writes much has a large pipe, and is not disturbed for each line.
 */
static int wait_for_end(const struct spawner *spawner, int pidfd,
			struct runner_result *result)
{
	const uint64_t timeout_ns = spawner->config->timeout_ns;
	const uint64_t start_ns = clock_monotonic_ns();
	struct pollfd fds[] = {
		{ .fd = pidfd, .events = POLLIN },
		{ .fd = spawner->fd, .events = POLLIN },
		{ .fd = spawner->errors_fd, .events = POLLIN },
	};

	for (;;) {
		const uint64_t spent_ns = clock_monotonic_ns() - start_ns;
		const bool paused = fds[2].fd < 0;
		int wait_ms = paused ? ERRORS_PAUSE_MS : -1;

		if (timeout_ns && spent_ns >= timeout_ns)
			return ETIME;
		if (timeout_ns && !paused)
			wait_ms = MIN((timeout_ns - spent_ns) / NS_PER_MS + 1,
				      UINT64_C(3600000));
		if (poll(fds, ARRAY_SIZE(fds), wait_ms) < 0 && errno != EINTR)
			return errno;
		if (fds[0].revents)
			return 0;
		if (fds[1].revents)
			return EPIPE;
		if (fds[2].revents)
			hear_errors(spawner, result);
		fds[2].fd = fds[2].revents ? -1 : spawner->errors_fd;
		fds[2].revents = 0;
	}
}

/* Run it and wait; the result is all but the start. */
static int attend(const struct spawner *spawner, pid_t pid,
		  struct runner_result *result, struct error *err)
{
	const int pidfd = pidfd_open(pid, 0);
	struct rusage usage;
	int status = 0;
	int why;

	if (pidfd < 0) {
		error_set_errno(err, "pidfd_open");
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		return -1;
	}
	/* Whoever is first, it has its group before it can be killed. */
	setpgid(pid, pid);
	why = wait_for_end(spawner, pidfd, result);
	result->plain.end_ns = clock_monotonic_ns();
	close(pidfd);
	if (why)
		kill(-pid, SIGKILL);
	while (wait4(pid, &status, 0, &usage) < 0) {
		if (errno != EINTR)
			return error_set_errno(err, "wait4");
	}
	if (why == EPIPE)
		_exit(EXIT_SUCCESS);
	result->timed_out = why == ETIME;
	plain_run_fill(&result->plain, status, &usage, spawner->floor_bytes);
	return 0;
}

static int run_command(const struct spawner *spawner,
		       const struct runner_command *command,
		       struct runner_result *result, struct error *err)
{
	struct start *start = spawner->start;
	pid_t pid;

	atomic_store(&start->exec_errno, 0);
	forget_errors(spawner, result);
	pid = fork();
	if (pid == 0)
		become(spawner, command);
	if (pid < 0)
		return error_set_errno(err, "cannot fork");
	if (attend(spawner, pid, result, err))
		return -1;
	result->plain.start_ns = atomic_load(&start->monotonic_ns);
	result->plain.start_realtime_ns = atomic_load(&start->realtime_ns);
	result->exec_errno = atomic_load(&start->exec_errno);
	hear_errors(spawner, result);
	return 0;
}

static void serve(const struct spawner *spawner, uint32_t request,
		  struct spawner_answer *answer)
{
	const struct runner_config *config = spawner->config;
	struct runner_result *result = &answer->result;

	if (config->prepare) {
		const char *const argv[] = { "sh", "-c", config->prepare,
					     NULL };
		const struct runner_command prepare = { .argv = argv };

		if (run_command(spawner, &prepare, result, &answer->err))
			return;
		result->prepare_status = result->plain.exit_status;
		if (result->prepare_status)
			return;
	}
	run_command(spawner, &config->commands[request], result,
		    &answer->err);
}

/* Both ends stay ours, so that there is always one to read and to write. */
static int open_errors(struct spawner *spawner)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0 ||
	    fcntl(ends[0], F_SETFL, O_NONBLOCK) < 0)
		return -1;
	/* If it cannot be that large, it stays as it is. */
	fcntl(ends[0], F_SETPIPE_SZ, ERRORS_AT_ONCE);
	spawner->errors_fd = ends[0];
	/*
	 * Each run opens it anew: what a program does to its end (O_NONBLOCK)
	 * must not be there for the next.
	 */
	snprintf(spawner->errors_path, sizeof(spawner->errors_path),
		 "/proc/self/fd/%d", ends[1]);
	return 0;
}

/* Out of reach of the terminal: who waits for us decides when to end. */
static int prepare(struct spawner *spawner)
{
	setpgid(0, 0);
	signal(SIGCHLD, SIG_DFL);
	spawner->start = mmap(NULL, sizeof(*spawner->start),
			      PROT_READ | PROT_WRITE,
			      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	spawner->floor_bytes = plain_floor_bytes();
	return spawner->start == MAP_FAILED ? -1 : open_errors(spawner);
}

int spawner_main(const void *its_config, int fd)
{
	const struct runner_config *config = its_config;
	struct spawner spawner = { .config = config, .fd = fd };
	uint32_t request;

	if (prepare(&spawner))
		return EXIT_CANNOT_WORK;
	while (recv(fd, &request, sizeof(request), 0) == sizeof(request)) {
		struct spawner_answer answer;

		memset(&answer, 0, sizeof(answer));
		if (request >= config->count)
			return EXIT_CANNOT_WORK;
		serve(&spawner, request, &answer);
		if (send(fd, &answer, sizeof(answer), MSG_NOSIGNAL) < 0)
			break;
	}
	return EXIT_SUCCESS;
}
