/* SPDX-License-Identifier: MIT */
/*
 * Code and stacks that are not what they seem.
 *
 *	memory WHAT MS [LIBRARY]
 *
 * Each prints what it computed, which does not depend on time.
 */
#include "torture.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

static uint64_t end_ns;

static int over(void)
{
	return now_ns() >= end_ns;
}

/* mov %edi,%ecx; xor %eax,%eax; 1: inc %eax; dec %ecx; jnz 1b; ret */
static const unsigned char loop_code[] = {
	0x89, 0xf9, 0x31, 0xc0, 0xff, 0xc0, 0xff, 0xc9, 0x75, 0xfa, 0xc3
};

static void *code_page(void *at)
{
	void *page = mmap(at, 4096, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | (at ? MAP_FIXED : 0),
			  -1, 0);

	memcpy(page, loop_code, sizeof(loop_code));
	mprotect(page, 4096, PROT_READ | PROT_EXEC);
	return page;
}

static int call(void *code, int rounds)
{
	int (*function)(int) = (int (*)(int))code;

	return function(rounds);
}

/* One page of code with a name in a perf map. */
static int jit(void)
{
	char path[64];
	void *page = code_page(NULL);
	int sum = 0;
	FILE *map;

	snprintf(path, sizeof(path), "/tmp/perf-%d.map", getpid());
	map = fopen(path, "w");
	fprintf(map, "%lx %zx made_at_run_time\n", (unsigned long)page,
		sizeof(loop_code));
	fclose(map);
	while (!over())
		sum |= call(page, 100000);
	/* cprof reads it at the end: the case removes it. */
	return sum;
}

/* Code that is unmapped and mapped again, there and elsewhere. */
static int remap(void)
{
	void *page = code_page(NULL);
	int sum = 0;

	for (int i = 0; !over(); i++) {
		sum |= call(page, 20000);
		munmap(page, 4096);
		page = code_page(i % 3 ? page : NULL);
	}
	return sum;
}

/* dlopen, call, dlclose. */
static int churn(const char *library)
{
	int sum = 0;

	while (!over()) {
		void *handle = dlopen(library, RTLD_NOW);
		int (*work)(int);

		if (!handle)
			return -1;
		work = (int (*)(int))dlsym(handle, "library_work");
		/* Long enough to be met: a stop takes hold in a call. */
		sum |= work(2000000);
		dlclose(handle);
	}
	return sum;
}

/*
 * The words above the sp are wrong while this runs: they are put back
 * before anybody returns.
 */
__attribute__((noinline)) static int corrupt(uint64_t *random)
{
	volatile uint64_t *frame = __builtin_frame_address(0);
	uint64_t saved[2] = { frame[0], frame[1] };
	int sum = 0;

	for (int i = 0; i < 50; i++) {
		*random = *random * 6364136223846793005u + 1442695040888963407u;
		frame[0] = *random >> (*random & 63);
		frame[1] = i % 4 ? *random >> (*random >> 7 & 63) :
			   (uint64_t)(uintptr_t)corrupt + i;
		for (int j = 0; j < 2000; j++)
			__asm__ volatile("" : "+r"(sum));
	}
	frame[0] = saved[0];
	frame[1] = saved[1];
	return sum;
}

static int corrupted(void)
{
	uint64_t random = 1;
	int sum = 0;

	while (!over())
		sum |= corrupt(&random);
	return sum;
}

static ucontext_t main_context, contexts[2];

static void coroutine(int which)
{
	for (;;) {
		for (volatile int i = 0; i < 2000; i++)
			;
		swapcontext(&contexts[which], &main_context);
	}
}

static int coroutines(void)
{
	static char stacks[2][64 * 1024];

	for (int i = 0; i < 2; i++) {
		getcontext(&contexts[i]);
		contexts[i].uc_stack.ss_sp = stacks[i];
		contexts[i].uc_stack.ss_size = sizeof(stacks[i]);
		makecontext(&contexts[i], (void (*)(void))coroutine, 1, i);
	}
	for (int i = 0; !over(); i++)
		swapcontext(&main_context, &contexts[i % 2]);
	return 2;
}

/* Written by hand, without a word about how to unwind it. */
__asm__(".text\n.globl no_rules\n.type no_rules,@function\n"
	"no_rules:\n"
	"	push %rbx\n"
	"	sub $40, %rsp\n"
	"	mov %edi, %ebx\n"
	"	xor %eax, %eax\n"
	"1:	inc %eax\n"
	"	dec %ebx\n"
	"	jnz 1b\n"
	"	add $40, %rsp\n"
	"	pop %rbx\n"
	"	ret\n"
	".size no_rules,.-no_rules\n");

extern int no_rules(int rounds);

static int without_rules(void)
{
	int sum = 0;

	while (!over())
		sum |= no_rules(100000);
	return sum;
}

/* The own program file is replaced, or gone, while it runs. */
static int deleted(const char *library)
{
	void *handle = dlopen(library, RTLD_NOW);
	int (*work)(int) = (int (*)(int))dlsym(handle, "library_work");
	int sum = 0;
	FILE *file;

	unlink(library);
	file = fopen(library, "w");
	fputs("this is no library\n", file);
	fclose(file);
	while (!over())
		sum |= work(100000);
	return sum;
}

int main(int argc, char **argv)
{
	const char *what = argc > 2 ? argv[1] : "";
	const char *library = argc > 3 ? argv[3] : "";
	int result = -1;

	await_start();
	end_ns = now_ns() + (argc > 2 ? strtoull(argv[2], NULL, 10) : 0) *
		 1000000;
	if (strcmp(what, "jit") == 0)
		result = jit();
	else if (strcmp(what, "remap") == 0)
		result = remap();
	else if (strcmp(what, "churn") == 0)
		result = churn(library);
	else if (strcmp(what, "corrupted") == 0)
		result = corrupted();
	else if (strcmp(what, "coroutines") == 0)
		result = coroutines();
	else if (strcmp(what, "no_rules") == 0)
		result = without_rules();
	else if (strcmp(what, "deleted") == 0)
		result = deleted(library);
	printf("%s %d\n", what, result);
	return 7;
}
