/* SPDX-License-Identifier: MIT */
/* 21 calls that block, as blocking.h runs them. */
#include "blocking.h"

#include <fcntl.h>
#include <linux/aio_abi.h>
#include <linux/futex.h>
#include <mqueue.h>
#include <netinet/in.h>
#include <poll.h>
#include <semaphore.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/msg.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>

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
	struct timeval t = span_tv();
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
	struct timeval t = span_tv();
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

static void make_inotify(struct call *c)
{
	snprintf(c->path, sizeof(c->path), "blocking-%d", getpid());
	c->other = open(c->path, O_CREAT | O_RDWR, 0600);
	c->fd = inotify_init();
	inotify_add_watch(c->fd, c->path, IN_MODIFY);
	unlink(c->path);
}

/* The only one whose EINTR is right: one for each signal. */
static long do_pause(struct call *c)
{
	(void)c;
	return timed_out(pause(), EINTR);
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
	{ "inotify", make_inotify, do_read, wake_pipe },
	{ "pipe", make_pipe, do_read, wake_pipe },
	{ "pause", make_handler, do_pause, wake_signal },
	{ "msgrcv", make_messages, do_msgrcv, wake_msgrcv },
	{ "timerfd", make_timer, do_timerfd },
	{ "io_getevents", make_aio, do_io_getevents },
	{ "waitpid", NULL, do_waitpid },
	{ "mq_timedreceive", make_queue, do_mq_timedreceive },
};

enum { CALLS = sizeof(calls) / sizeof(calls[0]) };

static void end(struct call *c)
{
	if (c->block == do_semtimedop)
		semctl(c->fd, 0, IPC_RMID);
	if (c->block == do_msgrcv)
		msgctl(c->fd, IPC_RMID, NULL);
}

int main(int argc, char **argv)
{
	return run_calls(argc, argv, calls, CALLS, end);
}
