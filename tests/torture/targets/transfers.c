/* SPDX-License-Identifier: MIT */
/*
 * Calls that move many bytes at once, for some time.  A stop that meets one
 * may end it early: each mode counts how often it got less than it asked for.
 *
 *	transfers MODE MS
 *
 * From sources without state, where nothing may be seen of a stop: read,
 * pread, readv, large (64 MiB), random, getrandom.  They see to it that all
 * of each buffer was written.  To and from others, which end early now and
 * then: pipe, nonblocking, socket, vector, message, sendfile, file (till its
 * end, which is no cut), waitall, datagrams.  They see to it that no byte is
 * lost.
 */
#include "torture.h"

#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/random.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>

enum {
	BYTES = 1 << 20,
	LARGE = 64 << 20,
	FILE_BYTES = 3 << 19,	/* one and a half of what is asked for */
	PARTS = 100,		/* of a vector: more than 64 */
	DATAGRAM = 100 * 1000,
};

static char *bytes;
static long wrong;
static uint64_t until_ns;

static int verdict(long calls, long cut)
{
	figure("transfers", calls);
	figure("cut_short", cut);
	printf("%ld wrong\n", wrong);
	return wrong ? 1 : 13;
}

/* -- sources without state --------------------------------------------- */

struct source {
	const char *mode;
	const char *path;	/* NULL: getrandom(2) */
	size_t size;
	ssize_t (*take)(int fd, size_t size);
};

static ssize_t by_read(int fd, size_t size)
{
	return read(fd, bytes, size);
}

static ssize_t by_pread(int fd, size_t size)
{
	return pread(fd, bytes, size, 12345);
}

static ssize_t by_readv(int fd, size_t size)
{
	struct iovec parts[PARTS];

	for (size_t i = 0; i < PARTS; i++) {
		const size_t begin = size * i / PARTS;

		parts[i].iov_base = bytes + begin;
		parts[i].iov_len = size * (i + 1) / PARTS - begin;
	}
	return readv(fd, parts, PARTS);
}

static ssize_t by_getrandom(int fd, size_t size)
{
	(void)fd;
	return getrandom(bytes, size, 0);
}

static const struct source sources[] = {
	{ "read", "/dev/zero", BYTES, by_read },
	{ "pread", "/dev/zero", BYTES, by_pread },
	{ "readv", "/dev/zero", BYTES, by_readv },
	{ "large", "/dev/zero", LARGE, by_read },
	{ "random", "/dev/urandom", BYTES, by_read },
	{ "getrandom", NULL, BYTES, by_getrandom },
};

/* Eight marks in a page; 64 bits that are still there are not chance. */
static void put_marks(size_t size)
{
	for (size_t at = 0; at + 8 <= size; at += 512)
		memset(bytes + at, 0xa5, 8);
}

static long marks_left(size_t size)
{
	const uint64_t mark = 0xa5a5a5a5a5a5a5a5u;
	long left = 0;

	for (size_t at = 0; at + 8 <= size; at += 512)
		left += memcmp(bytes + at, &mark, 8) == 0;
	return left;
}

static int from_source(const struct source *source)
{
	const int fd = source->path ? open(source->path, O_RDONLY) : 0;
	long calls = 0, cut = 0;

	if (fd < 0)
		return 99;
	while (now_ns() < until_ns) {
		ssize_t got;

		put_marks(source->size);
		got = source->take(fd, source->size);
		if (got <= 0) {
			wrong++;
			continue;
		}
		cut += (size_t)got < source->size;
		wrong += marks_left(got);
		calls++;
	}
	return verdict(calls, cut);
}

/* -- others ------------------------------------------------------------- */

/* Take what comes until the other end closes; its number to `results`. */
static void drain(int from, int results)
{
	long got, received = 0;

	while ((got = read(from, bytes, BYTES)) > 0)
		received += got;
	_exit(write(results, &received, sizeof(received)) < 0);
}

static ssize_t put_write(int to, size_t size)
{
	return write(to, bytes, size);
}

static ssize_t put_all(int to, size_t size)
{
	ssize_t put = write(to, bytes, size);

	if (put < 0) {
		poll(&(struct pollfd){ .fd = to, .events = POLLOUT }, 1, -1);
		put = write(to, bytes, size);
	}
	return put < 0 ? 0 : put;
}

static ssize_t put_writev(int to, size_t size)
{
	struct iovec parts[PARTS];

	for (size_t i = 0; i < PARTS; i++)
		parts[i] = (struct iovec){ bytes, size * (i + 1) / PARTS -
						  size * i / PARTS };
	return writev(to, parts, PARTS);
}

static ssize_t put_sendmsg(int to, size_t size)
{
	struct iovec parts[2] = { { bytes, size / 2 }, { bytes, size / 2 } };
	struct msghdr header = { .msg_iov = parts, .msg_iovlen = 2 };

	return sendmsg(to, &header, 0);
}

static ssize_t put_datagram(int to, size_t size)
{
	(void)size;
	return send(to, bytes, DATAGRAM, 0);
}

static int some_file(void)
{
	char name[] = "/tmp/transfersXXXXXX";
	const int fd = mkstemp(name);

	unlink(name);
	if (fd < 0 || write(fd, bytes, BYTES) < 0 ||
	    pwrite(fd, bytes, BYTES, FILE_BYTES - BYTES) < 0)
		exit(99);
	return fd;
}

/* All of the file's first part: there is more behind it. */
static ssize_t put_sendfile(int to, size_t size)
{
	static int fd = -1;
	off_t from = 0;

	if (fd < 0)
		fd = some_file();
	return sendfile(to, fd, &from, size);
}

/* More than it has, till its end: that is early, and no cut. */
static ssize_t put_file(int to, size_t size)
{
	static int fd = -1;

	if (fd < 0)
		fd = some_file();
	lseek(fd, FILE_BYTES - (off_t)size, SEEK_SET);
	return sendfile(to, fd, NULL, size + BYTES);
}

struct way {
	const char *mode;
	int type;		/* of socket; 0: pipe */
	ssize_t (*put)(int to, size_t size);
	size_t size;
};

static const struct way ways[] = {
	{ "pipe", 0, put_write, BYTES },
	{ "nonblocking", 0, put_all, BYTES },
	{ "socket", SOCK_STREAM, put_write, BYTES },
	{ "vector", SOCK_STREAM, put_writev, BYTES },
	{ "message", SOCK_STREAM, put_sendmsg, BYTES },
	{ "sendfile", SOCK_STREAM, put_sendfile, BYTES },
	{ "file", SOCK_STREAM, put_file, FILE_BYTES / 2 },
	{ "datagrams", SOCK_DGRAM, put_datagram, DATAGRAM },
};

static int put_some(const struct way *way)
{
	long sent = 0, received = 0, calls = 0, cut = 0;
	int ends[2], results[2];

	if (pipe(results) || (way->type ?
			      socketpair(AF_UNIX, way->type, 0, ends) :
			      pipe(ends)))
		return 99;
	if (fork() == 0) {
		close(ends[1]);
		drain(ends[0], results[1]);
	}
	close(ends[0]);
	if (!strcmp(way->mode, "nonblocking"))
		fcntl(ends[1], F_SETFL, O_NONBLOCK);
	while (now_ns() < until_ns) {
		const ssize_t put = way->put(ends[1], way->size);

		wrong += put < 0;
		cut += put < (ssize_t)way->size;
		sent += put;
		calls++;
	}
	/* The end of the datagrams. */
	if (way->type == SOCK_DGRAM)
		wrong += send(ends[1], bytes, 0, 0) != 0;
	close(ends[1]);
	wrong += read(results[0], &received, sizeof(received)) < 0;
	wrong += sent != received;
	wait(NULL);
	return verdict(calls, cut);
}

/* The program itself receives; a child sends, in small pieces. */
static int take_all(void)
{
	long calls = 0, cut = 0, last = 0;
	int ends[2];
	ssize_t got;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends))
		return 99;
	if (fork() == 0) {
		close(ends[0]);
		while (now_ns() < until_ns)
			for (int i = 0; i < BYTES; i += BYTES / 64)
				wrong += send(ends[1], bytes, BYTES / 64,
					      MSG_NOSIGNAL) != BYTES / 64;
		_exit(wrong != 0);
	}
	close(ends[1]);
	for (;;) {
		got = recv(ends[0], bytes, BYTES, MSG_WAITALL);
		if (got <= 0)
			break;
		cut += last;
		last = got < BYTES;
		calls++;
	}
	/* The last one is short anyway where one before it was. */
	wait(NULL);
	return verdict(calls, cut);
}

int main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "";
	const long ms = argc > 2 ? atol(argv[2]) : 0;

	await_start();
	bytes = calloc(1, LARGE);
	until_ns = now_ns() + (uint64_t)ms * 1000000;
	if (!strcmp(mode, "waitall"))
		return take_all();
	for (size_t i = 0; i < sizeof(sources) / sizeof(*sources); i++) {
		if (!strcmp(mode, sources[i].mode))
			return from_source(&sources[i]);
	}
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		if (!strcmp(mode, ways[i].mode))
			return put_some(&ways[i]);
	}
	return 99;
}
