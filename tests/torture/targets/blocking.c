/* SPDX-License-Identifier: MIT */
/*
 * Calls that block: does anybody see an EINTR, do time-outs last longer?
 *
 *	blocking MILLISECONDS ROUNDS	print one line for each call:
 *					name, rounds, EINTRs, other errors,
 *					nanoseconds
 *	blocking MILLISECONDS ROUNDS NAME	that call only
 *
 * Each call runs in a process of its own, all at the same time, so that
 * the whole takes MILLISECONDS * ROUNDS.  What has no time-out is woken by
 * a helper process, at fixed times.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <linux/futex.h>
#include <mqueue.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct call {
	const char *name;
	/* Once, before the clock starts; sets `fd` or `other`. */
	void (*prepare)(struct call *);
	/* 0 or more: as it should be; -1 and errno. */
	long (*block)(struct call *);
	/* In the helper, at each time; NULL: the call has a time-out. */
	void (*wake)(struct call *);
	int fd, other;
	pid_t waiter;
	char path[64];
	/* In memory shared with the helper. */
	_Atomic int *done;		/* rounds that are over */
};

static int milliseconds;
static uint64_t start_ns;		/* of this process's first round */

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * UINT64_C(1000000000) + t.tv_nsec;
}

static struct timespec after(clockid_t clock, int ms)
{
	struct timespec t = { 0, 0 };

	if (clock >= 0)
		clock_gettime(clock, &t);
	t.tv_nsec += (long)ms % 1000 * 1000000;
	t.tv_sec += ms / 1000 + t.tv_nsec / 1000000000;
	t.tv_nsec %= 1000000000;
	return t;
}

static struct timespec span(void)
{
	return after(-1, milliseconds);
}

static void make_pipe(struct call *c)
{
	int ends[2];

	if (pipe(ends) < 0)
		exit(99);
	c->fd = ends[0];
	c->other = ends[1];
}

static void make_epoll(struct call *c)
{
	struct epoll_event event = { .events = EPOLLIN };

	make_pipe(c);
	c->other = epoll_create1(0);
	epoll_ctl(c->other, EPOLL_CTL_ADD, c->fd, &event);
}

static long do_epoll_wait(struct call *c)
{
	struct epoll_event event;

	return epoll_wait(c->other, &event, 1, milliseconds);
}

static long do_epoll_pwait2(struct call *c)
{
	struct timespec t = span();
	struct epoll_event event;

	return syscall(SYS_epoll_pwait2, c->other, &event, 1, &t, NULL, 8);
}

static long do_poll(struct call *c)
{
	struct pollfd p = { c->fd, POLLIN, 0 };

	return poll(&p, 1, milliseconds);
}

static long do_ppoll(struct call *c)
{
	struct pollfd p = { c->fd, POLLIN, 0 };
	struct timespec t = span();

	return ppoll(&p, 1, &t, NULL);
}

static long do_select(struct call *c)
{
	struct timeval t = { milliseconds / 1000, milliseconds % 1000 * 1000 };
	fd_set set;

	FD_ZERO(&set);
	FD_SET(c->fd, &set);
	return select(c->fd + 1, &set, NULL, NULL, &t);
}

static long do_nanosleep(struct call *c)
{
	struct timespec t = span();

	(void)c;
	return nanosleep(&t, NULL);
}

static long do_clock_nanosleep(struct call *c)
{
	struct timespec t = after(CLOCK_MONOTONIC, milliseconds);

	(void)c;
	errno = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
	return errno ? -1 : 0;
}

/* A time-out is what is wanted, and no error. */
static long timed_out(long ret, int error)
{
	return ret < 0 && errno == error ? 0 : ret;
}

static long do_futex(struct call *c)
{
	struct timespec t = span();

	return timed_out(syscall(SYS_futex, &c->other, FUTEX_WAIT_PRIVATE,
				 c->other, &t, NULL, 0), ETIMEDOUT);
}

static long do_sem_timedwait(struct call *c)
{
	struct timespec t = after(CLOCK_REALTIME, milliseconds);
	sem_t sem;

	(void)c;
	sem_init(&sem, 0, 0);
	return timed_out(sem_timedwait(&sem, &t), ETIMEDOUT);
}

static void make_semaphore(struct call *c)
{
	c->fd = semget(IPC_PRIVATE, 1, 0600 | IPC_CREAT);
}

static long do_semtimedop(struct call *c)
{
	struct sembuf down = { 0, -1, 0 };
	struct timespec t = span();

	return timed_out(semtimedop(c->fd, &down, 1, &t), EAGAIN);
}

static long do_sigtimedwait(struct call *c)
{
	struct timespec t = span();
	sigset_t set;

	(void)c;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	return timed_out(sigtimedwait(&set, NULL, &t), EAGAIN);
}

static void make_socket(struct call *c)
{
	struct timeval t = { milliseconds / 1000, milliseconds % 1000 * 1000 };
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr = { htonl(INADDR_LOOPBACK) },
	};
	const int stream = strcmp(c->name, "accept") == 0;

	c->fd = socket(AF_INET, stream ? SOCK_STREAM : SOCK_DGRAM, 0);
	if (bind(c->fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		exit(99);
	if (stream)
		listen(c->fd, 1);
	setsockopt(c->fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof(t));
}

static long do_recv(struct call *c)
{
	char byte;

	return timed_out(recv(c->fd, &byte, 1, 0), EAGAIN);
}

static long do_accept(struct call *c)
{
	return timed_out(accept(c->fd, NULL, NULL), EAGAIN);
}

static void make_timer(struct call *c)
{
	c->fd = timerfd_create(CLOCK_MONOTONIC, 0);
}

static long do_timerfd(struct call *c)
{
	struct itimerspec t = { .it_value = span() };
	uint64_t count;

	timerfd_settime(c->fd, 0, &t, NULL);
	return read(c->fd, &count, sizeof(count));
}

static void make_aio(struct call *c)
{
	aio_context_t context = 0;

	syscall(SYS_io_setup, 4, &context);
	memcpy(c->path, &context, sizeof(context));
}

static long do_io_getevents(struct call *c)
{
	struct timespec t = span();
	struct io_event event;
	aio_context_t context;

	memcpy(&context, c->path, sizeof(context));
	return syscall(SYS_io_getevents, context, 1, 1, &event, &t);
}

static void make_queue(struct call *c)
{
	struct mq_attr attr = { .mq_maxmsg = 2, .mq_msgsize = 8 };

	snprintf(c->path, sizeof(c->path), "/cprof-blocking-%d", getpid());
	c->fd = mq_open(c->path, O_CREAT | O_EXCL | O_RDWR, 0600, &attr);
	mq_unlink(c->path);
}

static long do_mq_timedreceive(struct call *c)
{
	struct timespec t = after(CLOCK_REALTIME, milliseconds);
	char message[8];

	return timed_out(mq_timedreceive(c->fd, message, 8, NULL, &t),
			 ETIMEDOUT);
}

static long do_read(struct call *c)
{
	char byte;

	return read(c->fd, &byte, 1);
}

static long do_read_event(struct call *c)
{
	char bytes[512];

	return read(c->fd, bytes, sizeof(bytes));
}

static void wake_pipe(struct call *c)
{
	if (write(c->other, "x", 1) < 0)
		exit(99);
}

static void make_inotify(struct call *c)
{
	snprintf(c->path, sizeof(c->path), "blocking-%d", getpid());
	c->other = open(c->path, O_CREAT | O_RDWR, 0600);
	c->fd = inotify_init();
	inotify_add_watch(c->fd, c->path, IN_MODIFY);
	unlink(c->path);
}

static void handled(int signal)
{
	(void)signal;
}

static void make_handler(struct call *c)
{
	struct sigaction action = { .sa_handler = handled };

	(void)c;
	sigaction(SIGUSR1, &action, NULL);
}

/* The only one whose EINTR is right: one for each signal. */
static long do_pause(struct call *c)
{
	(void)c;
	return timed_out(pause(), EINTR);
}

static void wake_pause(struct call *c)
{
	kill(c->waiter, SIGUSR1);
}

static void make_messages(struct call *c)
{
	c->fd = msgget(IPC_PRIVATE, 0600 | IPC_CREAT);
}

struct message {
	long type;
	char text[8];
};

static long do_msgrcv(struct call *c)
{
	struct message message;

	return msgrcv(c->fd, &message, sizeof(message.text), 0, 0);
}

static void wake_msgrcv(struct call *c)
{
	struct message message = { 1, "" };

	msgsnd(c->fd, &message, sizeof(message.text), 0);
}

static void sleep_until_round(int round)
{
	const uint64_t at = start_ns + (uint64_t)round * milliseconds * 1000000;
	const struct timespec t = { at / 1000000000, at % 1000000000 };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL))
		;
}

/* The child ends at its time, however long fork took. */
static long do_waitpid(struct call *c)
{
	pid_t child = fork();

	if (child == 0) {
		sleep_until_round(*c->done + 1);
		_exit(0);
	}
	return waitpid(child, NULL, 0);
}

static struct call calls[] = {
	{ "epoll_wait", make_epoll, do_epoll_wait },
	{ "epoll_pwait2", make_epoll, do_epoll_pwait2 },
	{ "poll", make_pipe, do_poll },
	{ "ppoll", make_pipe, do_ppoll },
	{ "select", make_pipe, do_select },
	{ "nanosleep", NULL, do_nanosleep },
	{ "clock_nanosleep", NULL, do_clock_nanosleep },
	{ "futex", NULL, do_futex },
	{ "sem_timedwait", NULL, do_sem_timedwait },
	{ "semtimedop", make_semaphore, do_semtimedop },
	{ "sigtimedwait", NULL, do_sigtimedwait },
	{ "recv", make_socket, do_recv },
	{ "accept", make_socket, do_accept },
	{ "inotify", make_inotify, do_read_event, wake_pipe },
	{ "pipe", make_pipe, do_read, wake_pipe },
	{ "pause", make_handler, do_pause, wake_pause },
	{ "msgrcv", make_messages, do_msgrcv, wake_msgrcv },
	{ "timerfd", make_timer, do_timerfd },
	{ "io_getevents", make_aio, do_io_getevents },
	{ "waitpid", NULL, do_waitpid },
	{ "mq_timedreceive", make_queue, do_mq_timedreceive },
};

enum { CALLS = sizeof(calls) / sizeof(calls[0]) };

/*
 * At fixed times, however late the one before was.  Never two for one
 * round: events merge.  But a signal may come just before pause().
 */
static void wake_at_times(struct call *c, int rounds)
{
	const struct timespec shortly = { .tv_nsec = 5000000 };

	for (int i = 1; i <= rounds; i++) {
		sleep_until_round(i);
		while (*c->done < i - 1)
			sched_yield();
		c->wake(c);
		while (c->wake == wake_pause && *c->done < i) {
			nanosleep(&shortly, NULL);
			if (*c->done < i)
				c->wake(c);
		}
	}
	_exit(0);
}

static void run_call(struct call *c, int rounds)
{
	int interrupted = 0, failed = 0;
	uint64_t took;
	pid_t waker = 0;
	char line[200];

	c->waiter = getpid();
	c->done = mmap(NULL, sizeof(*c->done), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (c->prepare)
		c->prepare(c);
	start_ns = now_ns();
	if (c->wake) {
		waker = fork();
		if (waker == 0)
			wake_at_times(c, rounds);
	}
	for (int i = 0; i < rounds; i++, ++*c->done) {
		if (c->block(c) >= 0)
			continue;
		interrupted += errno == EINTR;
		failed += errno != EINTR;
	}
	took = now_ns() - start_ns;
	if (waker)
		waitpid(waker, NULL, 0);
	if (c->block == do_semtimedop)
		semctl(c->fd, 0, IPC_RMID);
	if (c->block == do_msgrcv)
		msgctl(c->fd, IPC_RMID, NULL);
	snprintf(line, sizeof(line), "%s %d %d %d %ju\n", c->name, rounds,
		 interrupted, failed, (uintmax_t)took);
	if (write(STDOUT_FILENO, line, strlen(line)) < 0)
		exit(99);
}

int main(int argc, char **argv)
{
	const int rounds = argc > 2 ? atoi(argv[2]) : 10;
	int children = 0, status, failed = 0;
	sigset_t set;

	milliseconds = argc > 1 ? atoi(argv[1]) : 20;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	sigprocmask(SIG_BLOCK, &set, NULL);
	for (int i = 0; i < CALLS; i++) {
		if (argc > 3 && strcmp(argv[3], calls[i].name) != 0)
			continue;
		if (fork() == 0) {
			run_call(&calls[i], rounds);
			_exit(0);
		}
		children++;
	}
	while (children-- > 0) {
		wait(&status);
		failed |= status;
	}
	return failed != 0;
}
