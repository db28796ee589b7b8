/* SPDX-License-Identifier: MIT */
/*
 * Code whose stacks are hard to follow.
 *
 *	stacks KIND SECONDS
 */
#define _GNU_SOURCE
#include <alloca.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#define NOINLINE __attribute__((noinline, noclone))

static volatile unsigned long sink;
static double end;

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec * 1e-9;
}

NOINLINE static void burn(int rounds)
{
	for (int i = 0; i < rounds; i++)
		sink += i;
}

/* The program and the C library by turns, forty times. */
static int depth;

static int compare(const void *a, const void *b)
{
	int numbers[12];

	for (int i = 0; i < 12; i++)
		numbers[i] = rand();
	if (depth < 20) {
		depth++;
		qsort(numbers, 12, sizeof(int), compare);
		depth--;
	}
	sink += numbers[3];
	if (now() > end)
		exit(0);
	return memcmp(a, b, sizeof(int));
}

static void sorting(void)
{
	int numbers[100];

	for (;;) {
		for (int i = 0; i < 100; i++)
			numbers[i] = rand();
		qsort(numbers, 100, sizeof(int), compare);
	}
}

NOINLINE static void deep(int n)
{
	if (n > 1)
		deep(n - 1);
	else
		burn(300000);
	sink++;
}

static void handler(int sig)
{
	burn(200000);
	sink += sig;
}

/* Half of the time in a handler of signals. */
static void handling(int flags)
{
	static char stack[64 * 1024];
	const stack_t other = { .ss_sp = stack, .ss_size = sizeof(stack) };
	const struct sigaction action = {
		.sa_handler = handler,
		.sa_flags = SA_RESTART | flags,
	};
	const struct itimerval often = { { 0, 1000 }, { 0, 1000 } };

	sigaltstack(&other, NULL);
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
	while (now() < end)
		deep(10);
}

static void asking_for_the_time(void)
{
	while (now() < end)
		sink++;
}

NOINLINE static void room(size_t bytes)
{
	char *p = alloca(bytes);

	memset(p, 1, bytes);
	burn(1000);
	sink += p[bytes / 2];
}

/* Without unwind information, with a frame pointer. */
void bare(void (*fn)(int), int arg);
__asm__(".text\n.globl bare\n.type bare, @function\nbare:\n"
	"	push %rbp\n	mov %rsp, %rbp\n	push %rbx\n"
	"	sub $24, %rsp\n	mov %rdi, %rax\n	mov %esi, %edi\n"
	"	call *%rax\n	add $24, %rsp\n	pop %rbx\n"
	"	pop %rbp\n	ret\n.size bare, .-bare\n");

/* Through the linkage table, all the time. */
NOINLINE static void calling(int rounds)
{
	for (int i = 0; i < rounds; i++)
		sink += (unsigned long)labs(i) + (unsigned long)ffs(i);
}

/* The parent sleeps without a frame, its return address in a register. */
NOINLINE static void spawning(void)
{
	pid_t child = vfork();

	if (child == 0) {
		usleep(20000);
		_exit(0);
	}
	waitpid(child, NULL, 0);
	sink++;
}

/* Two contexts that switch to each other. */
static ucontext_t here, there;

static void coroutine(void)
{
	for (;;) {
		burn(20000);
		swapcontext(&there, &here);
	}
}

static void switching(void)
{
	static char stack[64 * 1024];

	getcontext(&there);
	there.uc_stack.ss_sp = stack;
	there.uc_stack.ss_size = sizeof(stack);
	there.uc_link = &here;
	makecontext(&there, coroutine, 0);
	while (now() < end) {
		burn(20000);
		swapcontext(&here, &there);
	}
}

int main(int argc, char **argv)
{
	const char *kind = argc > 2 ? argv[1] : "";

	end = now() + (argc > 2 ? atof(argv[2]) : 0);
	if (strcmp(kind, "sorting") == 0)
		sorting();
	else if (strcmp(kind, "handler") == 0)
		handling(0);
	else if (strcmp(kind, "other-stack") == 0)
		handling(SA_ONSTACK);
	else if (strcmp(kind, "vdso") == 0)
		asking_for_the_time();
	else if (strcmp(kind, "coroutine") == 0)
		switching();
	while (now() < end) {
		if (strcmp(kind, "alloca") == 0)
			room(10 + (size_t)rand() % 5000);
		else if (strcmp(kind, "bare") == 0)
			bare(burn, 10000);
		else if (strcmp(kind, "linkage") == 0)
			calling(10000);
		else if (strcmp(kind, "vfork") == 0)
			spawning();
		else
			return 2;
	}
	return 0;
}
