/* SPDX-License-Identifier: MIT */
/*
 * The stack of a thread lies below memory that somebody else has to provide
 * (userfaultfd), who does not: the thread never comes there, but who copies
 * its stack may.
 *
 *	provided	works for a second and more; ends with 9, or with 77
 *			where that is not allowed
 */
#include "torture.h"

#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <ucontext.h>

enum { BYTES = 1 << 20, USED = 64 << 10, ROUNDS = 300 };

static ucontext_t before, inside;

static void work(void)
{
	const struct timespec pause = { 0, 4000000 };

	for (int i = 0; i < ROUNDS; i++) {
		spin_ns(1000000);
		nanosleep(&pause, NULL);
	}
	swapcontext(&inside, &before);
}

static void *on_other_stack(void *stack)
{
	getcontext(&inside);
	inside.uc_stack.ss_sp = stack;
	inside.uc_stack.ss_size = USED;
	makecontext(&inside, work, 0);
	swapcontext(&before, &inside);
	return NULL;
}

static char *provided(void)
{
	const int fd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
	struct uffdio_register range = {
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};
	struct uffdio_api api = { .api = UFFD_API };
	char *memory = mmap(NULL, BYTES, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (fd < 0 || memory == MAP_FAILED || ioctl(fd, UFFDIO_API, &api))
		return NULL;
	memset(memory, 0, USED);
	range.range.start = (uintptr_t)memory + USED;
	range.range.len = BYTES - USED;
	return ioctl(fd, UFFDIO_REGISTER, &range) ? NULL : memory;
}

int main(void)
{
	char *stack = provided();
	pthread_t thread;

	if (!stack)
		return 77;
	await_start();
	pthread_create(&thread, NULL, on_other_stack, stack);
	pthread_join(thread, NULL);
	puts("done");
	return 9;
}
