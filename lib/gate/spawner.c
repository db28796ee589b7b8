/* SPDX-License-Identifier: MIT */
#include "gate/spawner.h"

#include "base/clock.h"
#include "record/plain.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	EXIT_NEVER_STARTED = 127,
	EXIT_CANNOT_WORK = 1
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
	int errors_fd;		/* standard error of a run */
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
		use(dup(spawner->errors_fd), STDERR_FILENO);
	}
	for (size_t i = 0; command->env && command->env[i]; i++)
		putenv((char *)command->env[i]);
	atomic_store(&spawner->start->realtime_ns, clock_realtime_ns());
	atomic_store(&spawner->start->monotonic_ns, clock_monotonic_ns());
	execvp(command->argv[0], (char *const *)command->argv);
	fail_start(spawner);
}

/* Until the child ends: 0; the time is over: ETIME; nobody waits: EPIPE. */
static int wait_for_end(const struct spawner *spawner, int pidfd)
{
	const uint64_t timeout_ns = spawner->config->timeout_ns;
	const uint64_t start_ns = clock_monotonic_ns();
	struct pollfd fds[] = {
		{ .fd = pidfd, .events = POLLIN },
		{ .fd = spawner->fd, .events = POLLIN },
	};

	for (;;) {
		const uint64_t spent_ns = clock_monotonic_ns() - start_ns;
		int wait_ms = -1;

		if (timeout_ns && spent_ns >= timeout_ns)
			return ETIME;
		if (timeout_ns)
			wait_ms = MIN((timeout_ns - spent_ns) / NS_PER_MS + 1,
				      UINT64_C(3600000));
		if (poll(fds, ARRAY_SIZE(fds), wait_ms) < 0 && errno != EINTR)
			return errno;
		if (fds[0].revents)
			return 0;
		if (fds[1].revents)
			return EPIPE;
	}
}

static void keep_errors(const struct spawner *spawner,
			struct runner_result *result)
{
	const size_t room = sizeof(result->errors) - 1;
	const off_t size = lseek(spawner->errors_fd, 0, SEEK_END);
	const off_t from = size > (off_t)room ? size - (off_t)room : 0;
	ssize_t got = pread(spawner->errors_fd, result->errors, room, from);

	result->errors[MAX(got, 0)] = '\0';
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
	why = wait_for_end(spawner, pidfd);
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
	if (ftruncate(spawner->errors_fd, 0) < 0 ||
	    lseek(spawner->errors_fd, 0, SEEK_SET) < 0)
		return error_set_errno(err, "cannot empty a file");
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
	keep_errors(spawner, result);
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

/* Out of reach of the terminal: who waits for us decides when to end. */
static int prepare(struct spawner *spawner)
{
	setpgid(0, 0);
	signal(SIGCHLD, SIG_DFL);
	spawner->start = mmap(NULL, sizeof(*spawner->start),
			      PROT_READ | PROT_WRITE,
			      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	spawner->errors_fd = memfd_create("errors", MFD_CLOEXEC);
	spawner->floor_bytes = plain_floor_bytes();
	return spawner->start == MAP_FAILED || spawner->errors_fd < 0 ? -1 : 0;
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
