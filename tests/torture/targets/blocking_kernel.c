/* SPDX-License-Identifier: MIT */
/*
 * Relatives of the 21 calls of blocking.c, as blocking.h runs them: messages,
 * time, signals, futexes, children and queues of the kernel.
 */
#include "blocking.h"

#include <fcntl.h>
#include <linux/aio_abi.h>
#include <linux/futex.h>
#include <linux/io_uring.h>
#include <mqueue.h>
#include <pthread.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/syscall.h>

static void must(long ret)
{
	if (ret < 0) {
		perror("relatives");
		exit(99);
	}
}

/* -- System V and POSIX messages -------------------------------------- */

static void make_semaphore(struct call *c)
{
	c->fd = semget(IPC_PRIVATE, 1, 0600 | IPC_CREAT);
	must(c->fd);
}

static long do_semop(struct call *c)
{
	struct sembuf down = { 0, -1, 0 };

	return semop(c->fd, &down, 1);
}

static void wake_semop(struct call *c)
{
	struct sembuf up = { 0, 1, 0 };

	must(semop(c->fd, &up, 1));
}

struct message {
	long type;
	char text[8192];
};

static void make_full_messages(struct call *c)
{
	static const struct message message = { .type = 1 };

	c->fd = msgget(IPC_PRIVATE, 0600 | IPC_CREAT);
	must(c->fd);
	while (msgsnd(c->fd, &message, sizeof(message.text), IPC_NOWAIT) == 0)
		;
}

static long do_msgsnd(struct call *c)
{
	static const struct message message = { .type = 1 };

	return msgsnd(c->fd, &message, sizeof(message.text), 0);
}

static void wake_msgsnd(struct call *c)
{
	static struct message message;

	must(msgrcv(c->fd, &message, sizeof(message.text), 0, 0));
}

static void make_full_queue(struct call *c)
{
	struct mq_attr attr = { .mq_maxmsg = 1, .mq_msgsize = 8 };

	snprintf(c->path, sizeof(c->path), "/cprof-relatives-%d", getpid());
	c->fd = mq_open(c->path, O_CREAT | O_EXCL | O_RDWR, 0600, &attr);
	must(c->fd);
	mq_unlink(c->path);
	must(mq_send(c->fd, "x", 1, 0));
}

static long do_mq_timedsend(struct call *c)
{
	struct timespec t = after(CLOCK_REALTIME, milliseconds);

	return timed_out(mq_timedsend(c->fd, "x", 1, 0, &t), ETIMEDOUT);
}

/* -- time, signals, futexes ------------------------------------------- */

static long do_clock_nanosleep(struct call *c)
{
	struct timespec t = span();

	(void)c;
	errno = clock_nanosleep(CLOCK_BOOTTIME, 0, &t, NULL);
	return errno ? -1 : 0;
}

static long do_clock_realtime(struct call *c)
{
	struct timespec t = after(CLOCK_REALTIME, milliseconds);

	(void)c;
	errno = clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &t, NULL);
	return errno ? -1 : 0;
}

static long do_sigwaitinfo(struct call *c)
{
	sigset_t set;

	(void)c;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	return sigwaitinfo(&set, NULL);
}

static void wake_blocked_signal(struct call *c)
{
	kill(c->waiter, SIGUSR2);
}

/* It may only come in the call. */
static void make_blocked_handler(struct call *c)
{
	sigset_t set;

	make_handler(c);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
}

static void wake_suspended(struct call *c)
{
	kill(c->waiter, SIGUSR1);
}

/* Its EINTR is right: one for each signal. */
static long do_sigsuspend(struct call *c)
{
	sigset_t none;

	(void)c;
	sigemptyset(&none);
	return timed_out(sigsuspend(&none), EINTR);
}

static long do_futex_bitset(struct call *c)
{
	struct timespec t = after(CLOCK_MONOTONIC, milliseconds);

	return timed_out(syscall(SYS_futex, &c->other,
				 FUTEX_WAIT_BITSET_PRIVATE, c->other, &t, NULL,
				 FUTEX_BITSET_MATCH_ANY), ETIMEDOUT);
}

/* One lock for all of a page that is shared with the helper. */
static void make_futex(struct call *c)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	memcpy(c->path, &page, sizeof(page));
}

static _Atomic int *futex_of(const struct call *c)
{
	_Atomic int *word;

	memcpy(&word, c->path, sizeof(word));
	return word;
}

static void arm_pi(struct call *c)
{
	must(syscall(SYS_futex, futex_of(c), FUTEX_LOCK_PI, 0, NULL));
}

static void wake_pi(struct call *c)
{
	must(syscall(SYS_futex, futex_of(c), FUTEX_UNLOCK_PI));
}

static long do_futex_pi(struct call *c)
{
	long ret = syscall(SYS_futex, futex_of(c), FUTEX_LOCK_PI, 0, NULL);

	if (ret == 0)
		wake_pi(c);
	return ret;
}

/* Wakes for each round, also when it comes first. */
static long do_futex_forever(struct call *c)
{
	const int seen = *c->done;
	long ret = 0;

	while (*futex_of(c) == seen && ret == 0)
		ret = syscall(SYS_futex, futex_of(c), FUTEX_WAIT, seen, NULL);
	return ret < 0 && errno == EAGAIN ? 0 : ret;
}

static void wake_futex(struct call *c)
{
	++*futex_of(c);
	must(syscall(SYS_futex, futex_of(c), FUTEX_WAKE, 1));
}

/* struct futex_waitv, which older headers do not have. */
struct wait_one {
	uint64_t value;
	uint64_t address;
	uint32_t flags;
	uint32_t reserved;
};

enum {
	NR_FUTEX_WAITV = 449,
	FUTEX_32_BITS = 2,
	WAIT_PRIVATE = 128
};

static void make_waitv(struct call *c)
{
	if (syscall(NR_FUTEX_WAITV, NULL, 0, 0, NULL, 0) < 0 &&
	    errno == ENOSYS)
		c->skip = "the kernel has none (before 5.16)";
}

static long do_futex_waitv(struct call *c)
{
	struct timespec t = after(CLOCK_MONOTONIC, milliseconds);
	struct wait_one one = {
		.value = c->other, .address = (uintptr_t)&c->other,
		.flags = FUTEX_32_BITS | WAIT_PRIVATE,
	};

	return timed_out(syscall(NR_FUTEX_WAITV, &one, 1, 0, &t,
				 CLOCK_MONOTONIC), ETIMEDOUT);
}

static long do_cond_timedwait(struct call *c)
{
	struct timespec t = after(CLOCK_REALTIME, milliseconds);
	static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
	static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
	int ret;

	(void)c;
	pthread_mutex_lock(&mutex);
	do
		ret = pthread_cond_timedwait(&cond, &mutex, &t);
	while (ret == 0);
	pthread_mutex_unlock(&mutex);
	errno = ret;
	return ret == ETIMEDOUT ? 0 : -1;
}

/* -- children, and queues of the kernel ------------------------------- */

static long do_waitid(struct call *c)
{
	pid_t child = fork();
	siginfo_t info;

	if (child == 0) {
		sleep_until_round(*c->done + 1);
		_exit(0);
	}
	return waitid(P_PID, child, &info, WEXITED);
}

static void make_aio(struct call *c)
{
	aio_context_t context = 0;

	must(syscall(SYS_io_setup, 4, &context));
	memcpy(c->path, &context, sizeof(context));
}

static long do_io_pgetevents(struct call *c)
{
	struct timespec t = span();
	struct io_event event;
	aio_context_t context;

	memcpy(&context, c->path, sizeof(context));
	return syscall(SYS_io_pgetevents, context, 1, 1, &event, &t, NULL);
}

static void make_ring(struct call *c)
{
	struct io_uring_params params = { .flags = 0 };

	c->fd = syscall(SYS_io_uring_setup, 4, &params);
	if (c->fd < 0)
		c->skip = errno == ENOSYS ? "the kernel has no io_uring" :
			  "io_uring is forbidden here";
	else if (!(params.features & IORING_FEAT_EXT_ARG))
		c->skip = "io_uring_enter has no time-outs (before 5.11)";
}

/* Nothing was submitted, nothing will be done. */
static long do_io_uring(struct call *c)
{
	struct timespec t = span();
	struct io_uring_getevents_arg arg = { .ts = (uintptr_t)&t };

	return timed_out(syscall(SYS_io_uring_enter, c->fd, 0, 1,
				 IORING_ENTER_GETEVENTS |
				 IORING_ENTER_EXT_ARG, &arg, sizeof(arg)),
			 ETIME);
}

static struct call calls[] = {
	{ "semop", make_semaphore, do_semop, wake_semop },
	{ "msgsnd", make_full_messages, do_msgsnd, wake_msgsnd },
	{ "mq_timedsend", make_full_queue, do_mq_timedsend },
	{ "clock_nanosleep", NULL, do_clock_nanosleep },
	{ "clock_realtime", NULL, do_clock_realtime },
	{ "sigwaitinfo", NULL, do_sigwaitinfo, wake_blocked_signal },
	{ "sigsuspend", make_blocked_handler, do_sigsuspend, wake_suspended },
	{ "futex_bitset", NULL, do_futex_bitset },
	{ "futex_pi", make_futex, do_futex_pi, wake_pi, arm_pi },
	{ "futex_forever", make_futex, do_futex_forever, wake_futex },
	{ "futex_waitv", make_waitv, do_futex_waitv },
	{ "cond_timedwait", NULL, do_cond_timedwait },
	{ "waitid", NULL, do_waitid },
	{ "io_pgetevents", make_aio, do_io_pgetevents },
	{ "io_uring_enter", make_ring, do_io_uring },
};

static void end(struct call *c)
{
	if (c->block == do_semop)
		semctl(c->fd, 0, IPC_RMID);
	if (c->block == do_msgsnd)
		msgctl(c->fd, IPC_RMID, NULL);
}

int main(int argc, char **argv)
{
	return run_calls(argc, argv, calls, sizeof(calls) / sizeof(calls[0]),
			 end);
}
