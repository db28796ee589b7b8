/* SPDX-License-Identifier: MIT */
/*
 * Relatives of the 21 calls of blocking.c, as blocking.h runs them: sockets,
 * descriptors and locks of files.
 */
#include "blocking.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

static void must(long ret)
{
	if (ret < 0) {
		perror("relatives");
		exit(99);
	}
}

static void set_timeouts(int fd)
{
	struct timeval t = span_tv();

	must(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof(t)));
	must(setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &t, sizeof(t)));
}

/* -- sockets ---------------------------------------------------------- */

static void make_pair(struct call *c)
{
	int ends[2];

	must(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
	c->fd = ends[0];
	c->other = ends[1];
	set_timeouts(c->fd);
}

static void make_full_pair(struct call *c)
{
	static char bytes[4096];

	make_pair(c);
	while (send(c->fd, bytes, sizeof(bytes), MSG_DONTWAIT) > 0)
		;
}

static void make_datagrams(struct call *c)
{
	int ends[2];

	must(socketpair(AF_UNIX, SOCK_DGRAM, 0, ends));
	c->fd = ends[0];
	c->other = ends[1];
	set_timeouts(c->fd);
}

static void make_full_datagrams(struct call *c)
{
	make_datagrams(c);
	while (send(c->fd, "x", 1, MSG_DONTWAIT) > 0)
		;
}

static int tcp_listener(struct sockaddr_in *address)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	socklen_t len = sizeof(*address);

	*address = (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_addr = { htonl(INADDR_LOOPBACK) },
	};
	must(bind(fd, (struct sockaddr *)address, sizeof(*address)));
	must(listen(fd, 0));
	must(getsockname(fd, (struct sockaddr *)address, &len));
	return fd;
}

static void make_full_tcp(struct call *c)
{
	static char bytes[65536];
	struct sockaddr_in address;
	const int small = 4096;

	/* Else the kernel makes ever more room. */
	c->other = tcp_listener(&address);
	c->fd = socket(AF_INET, SOCK_STREAM, 0);
	setsockopt(c->other, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	setsockopt(c->fd, SOL_SOCKET, SO_SNDBUF, &small, sizeof(small));
	must(connect(c->fd, (struct sockaddr *)&address, sizeof(address)));
	/* Nobody reads; what is on its way makes room for a while. */
	for (int quiet = 0; quiet < 50; quiet++) {
		while (send(c->fd, bytes, sizeof(bytes), MSG_DONTWAIT) > 0 ||
		       send(c->fd, bytes, 1, MSG_DONTWAIT) > 0)
			quiet = 0;
		usleep(1000);
	}
	set_timeouts(c->fd);
}

static long do_recv(struct call *c)
{
	char byte;

	return timed_out(recv(c->fd, &byte, 1, 0), EAGAIN);
}

static long do_recvmsg(struct call *c)
{
	char byte;
	struct iovec part = { &byte, 1 };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };

	return timed_out(recvmsg(c->fd, &message, 0), EAGAIN);
}

static long do_recvmmsg(struct call *c)
{
	char byte;
	struct iovec part = { &byte, 1 };
	struct mmsghdr message = {
		.msg_hdr = { .msg_iov = &part, .msg_iovlen = 1 },
	};

	return timed_out(recvmmsg(c->fd, &message, 1, 0, NULL), EAGAIN);
}

static long do_read_socket(struct call *c)
{
	return timed_out(do_read(c), EAGAIN);
}

static long do_send(struct call *c)
{
	return timed_out(send(c->fd, "x", 1, 0), EAGAIN);
}

static long do_sendmsg(struct call *c)
{
	char byte = 'x';
	struct iovec part = { &byte, 1 };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };

	return timed_out(sendmsg(c->fd, &message, 0), EAGAIN);
}

static long do_write(struct call *c)
{
	return timed_out(write(c->fd, "x", 1), EAGAIN);
}

static struct sockaddr_un unix_name(const struct call *c)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };

	/* The first byte is 0: it is in no folder. */
	memcpy(name.sun_path + 1, c->path, strlen(c->path));
	return name;
}

/* Its queue is full: whoever comes next waits. */
static void make_full_listener(struct call *c)
{
	struct sockaddr_un name;
	int fd;

	snprintf(c->path, sizeof(c->path), "cprof-relatives-%d", getpid());
	name = unix_name(c);
	c->other = socket(AF_UNIX, SOCK_STREAM, 0);
	must(bind(c->other, (struct sockaddr *)&name, sizeof(name)));
	must(listen(c->other, 0));
	do
		fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
	while (connect(fd, (struct sockaddr *)&name, sizeof(name)) == 0);
	c->fd = socket(AF_UNIX, SOCK_STREAM, 0);
	set_timeouts(c->fd);
}

static long do_connect(struct call *c)
{
	struct sockaddr_un name = unix_name(c);

	return timed_out(connect(c->fd, (struct sockaddr *)&name,
				 sizeof(name)), EAGAIN);
}

/* Of a queue that is full, TCP drops what asks to get in. */
static void make_silent_tcp(struct call *c)
{
	struct sockaddr_in *address = (struct sockaddr_in *)c->path;

	c->other = tcp_listener(address);
	for (int i = 0; i < 4; i++)
		connect(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0),
			(struct sockaddr *)address, sizeof(*address));
	/* Until what could get in is in. */
	usleep(100000);
}

static long do_connect_tcp(struct call *c)
{
	const int fd = socket(AF_INET, SOCK_STREAM, 0);
	long ret;

	set_timeouts(fd);
	/* EALREADY is the kernel's word for one that was started again. */
	ret = timed_out(connect(fd, (struct sockaddr *)c->path,
				sizeof(struct sockaddr_in)), EINPROGRESS);
	close(fd);
	return ret;
}

static void make_listener(struct call *c)
{
	struct sockaddr_in address;

	c->fd = tcp_listener(&address);
	memcpy(c->path, &address, sizeof(address));
}

static long do_accept4(struct call *c)
{
	int fd = accept4(c->fd, NULL, NULL, SOCK_CLOEXEC);

	if (fd >= 0)
		close(fd);
	return fd;
}

static void wake_listener(struct call *c)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	must(connect(fd, (struct sockaddr *)c->path,
		     sizeof(struct sockaddr_in)));
	close(fd);
}

/* -- descriptors ------------------------------------------------------ */

static void make_event(struct call *c)
{
	c->fd = c->other = eventfd(0, 0);
}

static void wake_event(struct call *c)
{
	must(eventfd_write(c->other, 1));
}

static void make_signalfd(struct call *c)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	c->fd = signalfd(-1, &set, 0);
}

static void wake_blocked_signal(struct call *c)
{
	kill(c->waiter, SIGUSR2);
}

static void make_full_pipe(struct call *c)
{
	int ends[2];

	must(pipe(ends));
	must(fcntl(ends[1], F_SETPIPE_SZ, 4096));
	c->fd = ends[1];
	c->other = ends[0];
}

static long do_write_pipe(struct call *c)
{
	static char bytes[4096];

	return write(c->fd, bytes, sizeof(bytes));
}

/* One page is in it already, but for the first round. */
static void arm_full_pipe(struct call *c)
{
	static char bytes[4096];
	int waiting = 0;

	must(ioctl(c->other, FIONREAD, &waiting));
	if (!waiting)
		must(write(c->fd, bytes, sizeof(bytes)));
}

static void wake_full_pipe(struct call *c)
{
	static char bytes[4096];

	must(read(c->other, bytes, sizeof(bytes)));
}

static long do_splice(struct call *c)
{
	static int null = -1;

	if (null < 0)
		null = open("/dev/null", O_WRONLY);
	return splice(c->fd, NULL, null, NULL, 1, 0);
}

static void make_fifo(struct call *c)
{
	snprintf(c->path, sizeof(c->path), "fifo-%d", getpid());
	must(mkfifo(c->path, 0600));
}

static long do_open_fifo(struct call *c)
{
	int fd = open(c->path, O_RDONLY);

	if (fd >= 0)
		close(fd);
	return fd;
}

/* The next round begins when the writer of this one has left. */
static void arm_fifo(struct call *c)
{
	(void)c;
}

static void wake_fifo(struct call *c)
{
	close(open(c->path, O_WRONLY));
}

static void make_terminal(struct call *c)
{
	c->other = posix_openpt(O_RDWR | O_NOCTTY);
	must(c->other);
	must(grantpt(c->other));
	must(unlockpt(c->other));
	c->fd = open(ptsname(c->other), O_RDWR | O_NOCTTY);
	must(c->fd);
}

static void wake_terminal(struct call *c)
{
	must(write(c->other, "x\n", 2));
}

static long do_poll_forever(struct call *c)
{
	struct pollfd p = { c->fd, POLLIN, 0 };
	int ret = poll(&p, 1, -1);

	return ret < 0 ? ret : do_read(c);
}

static long do_pselect(struct call *c)
{
	struct timespec t = span();
	sigset_t none;
	fd_set set;

	FD_ZERO(&set);
	FD_SET(c->fd, &set);
	sigemptyset(&none);
	return pselect(c->fd + 1, &set, NULL, NULL, &t, &none);
}

static void make_epoll(struct call *c)
{
	struct epoll_event event = { .events = EPOLLIN };

	make_pipe(c);
	snprintf(c->path, sizeof(c->path), "%d", epoll_create1(0));
	must(epoll_ctl(atoi(c->path), EPOLL_CTL_ADD, c->fd, &event));
}

static long do_epoll_pwait(struct call *c)
{
	struct epoll_event event;
	sigset_t none;

	sigemptyset(&none);
	return epoll_pwait(atoi(c->path), &event, 1, milliseconds, &none);
}

static long do_epoll_forever(struct call *c)
{
	struct epoll_event event;
	int ret = epoll_wait(atoi(c->path), &event, 1, -1);

	return ret < 0 ? ret : do_read(c);
}

/* -- locks ------------------------------------------------------------ */

static void make_lock(struct call *c)
{
	snprintf(c->path, sizeof(c->path), "lock-%d", getpid());
	c->fd = open(c->path, O_RDWR | O_CREAT, 0600);
	must(c->fd);
	c->other = -1;
}

/* The helper's own: one that is inherited would be the same lock. */
static int helper_fd(struct call *c)
{
	if (c->other < 0)
		c->other = open(c->path, O_RDWR);
	return c->other;
}

static int set_lock(int fd, int command, short type)
{
	struct flock lock = { .l_type = type, .l_whence = SEEK_SET };

	return fcntl(fd, command, &lock);
}

static void arm_flock(struct call *c)
{
	must(flock(helper_fd(c), LOCK_EX));
}

static void wake_flock(struct call *c)
{
	must(flock(c->other, LOCK_UN));
}

static long do_flock(struct call *c)
{
	int ret = flock(c->fd, LOCK_EX);

	flock(c->fd, LOCK_UN);
	return ret;
}

static void arm_setlk(struct call *c)
{
	must(set_lock(helper_fd(c), F_SETLKW, F_WRLCK));
}

static void wake_setlk(struct call *c)
{
	must(set_lock(c->other, F_SETLK, F_UNLCK));
}

static long do_setlk(struct call *c)
{
	int ret = set_lock(c->fd, F_SETLKW, F_WRLCK);

	set_lock(c->fd, F_SETLK, F_UNLCK);
	return ret;
}

static void arm_ofd(struct call *c)
{
	must(set_lock(helper_fd(c), F_OFD_SETLKW, F_WRLCK));
}

static void wake_ofd(struct call *c)
{
	must(set_lock(c->other, F_OFD_SETLK, F_UNLCK));
}

static long do_ofd(struct call *c)
{
	int ret = set_lock(c->fd, F_OFD_SETLKW, F_WRLCK);

	set_lock(c->fd, F_OFD_SETLK, F_UNLCK);
	return ret;
}

static struct call calls[] = {
	{ "recv_timeout", make_pair, do_recv },
	{ "recvmsg_timeout", make_pair, do_recvmsg },
	{ "recvmsg_datagram", make_datagrams, do_recvmsg },
	{ "recvmmsg_timeout", make_datagrams, do_recvmmsg },
	{ "read_socket", make_pair, do_read_socket },
	{ "send_timeout", make_full_pair, do_send },
	{ "send_tcp", make_full_tcp, do_send },
	{ "sendmsg_datagram", make_full_datagrams, do_sendmsg },
	{ "write_socket", make_full_pair, do_write },
	{ "connect_timeout", make_full_listener, do_connect },
	{ "connect_tcp", make_silent_tcp, do_connect_tcp },
	{ "accept4", make_listener, do_accept4, wake_listener },
	{ "eventfd", make_event, do_read, wake_event },
	{ "signalfd", make_signalfd, do_read, wake_blocked_signal },
	{ "write_pipe", make_full_pipe, do_write_pipe, wake_full_pipe,
	  arm_full_pipe },
	{ "splice", make_pipe, do_splice, wake_pipe },
	{ "open_fifo", make_fifo, do_open_fifo, wake_fifo, arm_fifo },
	{ "read_terminal", make_terminal, do_read, wake_terminal },
	{ "poll_forever", make_pipe, do_poll_forever, wake_pipe },
	{ "pselect", make_pipe, do_pselect },
	{ "epoll_pwait", make_epoll, do_epoll_pwait },
	{ "epoll_forever", make_epoll, do_epoll_forever, wake_pipe },
	{ "flock", make_lock, do_flock, wake_flock, arm_flock },
	{ "F_SETLKW", make_lock, do_setlk, wake_setlk, arm_setlk },
	{ "F_OFD_SETLKW", make_lock, do_ofd, wake_ofd, arm_ofd },
};

static void end(struct call *c)
{
	if (c->block == do_flock || c->block == do_setlk ||
	    c->block == do_ofd || c->block == do_open_fifo)
		unlink(c->path);
}

int main(int argc, char **argv)
{
	return run_calls(argc, argv, calls, sizeof(calls) / sizeof(calls[0]),
			 end);
}
