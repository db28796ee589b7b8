/* SPDX-License-Identifier: MIT */
/*
 * Preloaded: one call of cprof's tracer does not return.  HANG is
 * "copy" (process_vm_readv), "read" (pread), or "loop": the copy again, which
 * does not sleep.
 */
#include <dlfcn.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/uio.h>
#include <unistd.h>

enum {
	CALLS_BEFORE = 100
};

static _Atomic int calls;

static void hang(const char *where)
{
	const char *how = getenv("HANG");
	char name[16] = "";

	prctl(PR_GET_NAME, name);
	if (!how || strcmp(name, "cprof-sampler") != 0)
		return;
	if (strcmp(where, strcmp(how, "loop") == 0 ? "copy" : how) != 0 ||
	    ++calls != CALLS_BEFORE)
		return;
	while (strcmp(how, "loop") == 0)
		;
	sleep(20);
}

ssize_t process_vm_readv(pid_t pid, const struct iovec *local,
			 unsigned long locals, const struct iovec *remote,
			 unsigned long remotes, unsigned long flags)
{
	typeof(process_vm_readv) *real = dlsym(RTLD_NEXT, "process_vm_readv");

	hang("copy");
	return real(pid, local, locals, remote, remotes, flags);
}

ssize_t pread(int fd, void *data, size_t bytes, off_t offset)
{
	typeof(pread) *real = dlsym(RTLD_NEXT, "pread");

	hang("read");
	return real(fd, data, bytes, offset);
}

ssize_t pread64(int fd, void *data, size_t bytes, off64_t offset)
{
	return pread(fd, data, bytes, offset);
}
