/* SPDX-License-Identifier: MIT */
/*
 * Preloaded: memory that is not to be had, and a disk that is slow, for one
 * of cprof's processes.  In the environment:
 *
 *	FAIL_IN		"cprof", "cprof-sampler" or "cprof-symbols": its name
 *	FAIL_AT		this allocation of it fails; and all that follow it,
 *			when it is negative
 *	FAIL_EVERY	each so-manieth fails
 *	SLOW_MS		writing to a regular file takes so long
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

extern void *__libc_malloc(size_t bytes);
extern void *__libc_calloc(size_t count, size_t bytes);
extern void *__libc_realloc(void *data, size_t bytes);

#define TOLD "memory was refused\n"

static _Atomic long calls, told;

static long setting(const char *name)
{
	const char *value = getenv(name);

	return value ? strtol(value, NULL, 10) : 0;
}

/* Not the program's own: it inherits the environment. */
static int is_meant(void)
{
	const char *who = getenv("FAIL_IN");
	char name[16] = "";

	return who && prctl(PR_GET_NAME, name) == 0 && strcmp(name, who) == 0;
}

static int fails(void)
{
	long at, every, now;

	if (!is_meant())
		return 0;
	now = ++calls;
	at = setting("FAIL_AT");
	every = setting("FAIL_EVERY");
	if ((at > 0 && now == at) || (at < 0 && now >= -at) ||
	    (every && now % every == 0)) {
		/* Told by whoever asks for it the first time. */
		if (!told++ && write(STDERR_FILENO, TOLD, strlen(TOLD)) < 0)
			return 1;
		errno = ENOMEM;
		return 1;
	}
	return 0;
}

void *malloc(size_t bytes)
{
	return fails() ? NULL : __libc_malloc(bytes);
}

void *calloc(size_t count, size_t bytes)
{
	return fails() ? NULL : __libc_calloc(count, bytes);
}

void *realloc(void *data, size_t bytes)
{
	return fails() ? NULL : __libc_realloc(data, bytes);
}

static void be_slow(int fd)
{
	const long ms = setting("SLOW_MS");
	const struct timespec pause = { ms / 1000, ms % 1000 * 1000000 };
	struct stat status;

	if (ms && is_meant() && fstat(fd, &status) == 0 &&
	    S_ISREG(status.st_mode))
		nanosleep(&pause, NULL);
}

ssize_t write(int fd, const void *data, size_t bytes)
{
	typeof(write) *real = dlsym(RTLD_NEXT, "write");

	be_slow(fd);
	return real(fd, data, bytes);
}

ssize_t pwrite(int fd, const void *data, size_t bytes, off_t offset)
{
	typeof(pwrite) *real = dlsym(RTLD_NEXT, "pwrite");

	be_slow(fd);
	return real(fd, data, bytes, offset);
}

ssize_t pwrite64(int fd, const void *data, size_t bytes, off64_t offset)
{
	return pwrite(fd, data, bytes, offset);
}
