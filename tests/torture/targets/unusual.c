/* SPDX-License-Identifier: MIT */
/*
 * Programs that use of the kernel what few do.  Each prints what it counted,
 * which does not depend on time.
 *
 *	unusual sigsys COUNT	calls that seccomp turns into signals
 *	unusual strict ROUNDS	no calls but read, write and exit
 *	unusual supervised COUNT	calls that another process answers
 *	unusual rseq COUNT	restartable sequences of four threads
 *	unusual robust COUNT	threads that end with a lock in their hands
 *	unusual signalfd COUNT	children whose ends come by a descriptor
 *	unusual pidfd COUNT	children that are waited for by descriptors
 *	unusual stops COUNT	a child is stopped and continued, and waited for
 *	unusual stop-storm COUNT	and is not waited for
 *	unusual ignored COUNT	children that leave no status
 *	unusual maps COUNT	as many mappings
 *	unusual no-new-rights	PR_SET_NO_NEW_PRIVS, kept by exec
 */
#include "torture.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/rseq.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>

enum {
	NO_CALL = 5000,		/* a number that no system call has */
	RSEQ_THREADS = 4,
	CPUS_MAX = 1024
};

static volatile long handled, wrong;

static int tell(const char *what, long count)
{
	printf("%ld %s, %ld wrong\n", count, what, wrong);
	return 13;
}

/* -- seccomp ---------------------------------------------------------- */

static int filter(unsigned int action, unsigned int flags)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, NO_CALL, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, action),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof(code) / sizeof(code[0]), code };

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
}

static void on_sigsys(int sig, siginfo_t *info, void *context)
{
	ucontext_t *user = context;

	(void)sig;
	handled++;
	wrong += info->si_syscall != NO_CALL ||
		 info->si_arch != AUDIT_ARCH_X86_64;
	user->uc_mcontext.gregs[REG_RAX] = handled;
}

static int sigsys(long count)
{
	struct sigaction action = { .sa_sigaction = on_sigsys,
				    .sa_flags = SA_SIGINFO };

	sigaction(SIGSYS, &action, NULL);
	if (filter(SECCOMP_RET_TRAP, 0) < 0)
		return 77;
	for (long i = 1; i <= count; i++) {
		wrong += syscall(NO_CALL) != i;
		spin_ns(5000);
	}
	return tell("calls became signals", handled);
}

/* A call that is not allowed would end it: by us, or for us. */
static int strict(long rounds)
{
	volatile long sum = 0;

	prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT);
	for (long i = 0; i < rounds; i++)
		sum += i;
	if (write(STDOUT_FILENO, "strict\n", 7) != 7)
		syscall(SYS_exit, 98);
	syscall(SYS_exit, 13);
	return 99;
}

/* Answers with the number of the call, and counts those that came twice. */
static void supervise(int listener, long count, int result)
{
	struct seccomp_notif request;
	struct seccomp_notif_resp response;
	long repeated = 0;
	uint64_t last = 0;

	while (last < (uint64_t)count) {
		memset(&request, 0, sizeof(request));
		if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &request))
			continue;
		repeated += request.data.args[0] == last;
		last = request.data.args[0];
		response = (struct seccomp_notif_resp){
			.id = request.id, .val = last,
		};
		while (ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response) &&
		       errno == EINTR)
			;
	}
	if (write(result, &repeated, sizeof(repeated)) < 0)
		_exit(99);
	_exit(0);
}

static int supervised(long count)
{
	long repeated = -1;
	int listener, ends[2];

	listener = filter(SECCOMP_RET_USER_NOTIF,
			  SECCOMP_FILTER_FLAG_NEW_LISTENER);
	if (listener < 0 || pipe(ends))
		return 77;
	if (fork() == 0)
		supervise(listener, count, ends[1]);
	for (long i = 1; i <= count; i++) {
		wrong += syscall(NO_CALL, i) != i;
		spin_ns(20000);
	}
	if (read(ends[0], &repeated, sizeof(repeated)) < 0)
		wrong++;
	wait(NULL);
	figure("asked_twice", repeated);
	return tell("calls were answered by another process", count);
}

/* -- restartable sequences, robust locks ------------------------------ */

static struct { intptr_t value; char space[56]; } counters[CPUS_MAX];
static long increments;

/* counters[cpu]++, without a lock; false: begin again. */
static int increment(struct rseq *area)
{
	const int cpu = area->cpu_id_start;
	intptr_t *value = &counters[cpu].value;

	__asm__ goto(
		".pushsection __rseq_cs, \"aw\"\n"
		".balign 32\n"
		"3:	.long 0, 0\n"
		"	.quad 1f, (2f - 1f), 4f\n"
		".popsection\n"
		"	leaq 3b(%%rip), %%rax\n"
		"	movq %%rax, %[cs]\n"
		"1:	cmpl %[cpu], %[now]\n"
		"	jnz 4f\n"
		"	addq $1, %[value]\n"
		"2:\n"
		".pushsection __rseq_failure, \"ax\"\n"
		"	.byte 0x0f, 0xb9, 0x3d\n"
		"	.long 0x53053053\n"
		"4:	jmp %l[again]\n"
		".popsection\n"
		: : [cs] "m"(area->rseq_cs), [cpu] "r"(cpu),
		    [now] "m"(area->cpu_id), [value] "m"(*value)
		: "memory", "cc", "rax" : again);
	return 1;
again:
	return 0;
}

static void *count_by_cpu(void *arg)
{
	struct rseq *area = (struct rseq *)((char *)__builtin_thread_pointer() +
					    __rseq_offset);

	(void)arg;
	for (long i = 0; i < increments; i++) {
		while (!increment(area))
			;
	}
	return NULL;
}

static int rseq(long count)
{
	pthread_t threads[RSEQ_THREADS];
	long sum = 0;

	if (!__rseq_size)
		return 77;
	increments = count;
	for (int i = 0; i < RSEQ_THREADS; i++)
		pthread_create(&threads[i], NULL, count_by_cpu, NULL);
	for (int i = 0; i < RSEQ_THREADS; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < CPUS_MAX; i++)
		sum += counters[i].value;
	return tell("increments", sum);
}

static pthread_mutex_t lock;

static void *die_with_lock(void *arg)
{
	pthread_mutex_lock(&lock);
	spin_ns(50000);
	return arg;
}

static int robust(long count)
{
	pthread_mutexattr_t attributes;
	long died = 0;

	pthread_mutexattr_init(&attributes);
	pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
	pthread_mutex_init(&lock, &attributes);
	for (long i = 0; i < count; i++) {
		pthread_t thread;
		int got;

		pthread_create(&thread, NULL, die_with_lock, NULL);
		pthread_join(thread, NULL);
		got = pthread_mutex_lock(&lock);
		died += got == EOWNERDEAD;
		wrong += got != EOWNERDEAD;
		pthread_mutex_consistent(&lock);
		pthread_mutex_unlock(&lock);
	}
	return tell("owners had died", died);
}

/* -- children --------------------------------------------------------- */

static pid_t child_of(long number)
{
	const pid_t child = fork();

	if (child == 0) {
		spin_ns(100000);
		_exit(number % 251);
	}
	return child;
}

static int by_signalfd(long count)
{
	struct signalfd_siginfo info;
	long ended = 0;
	sigset_t set;
	int fd, status;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	fd = signalfd(-1, &set, SFD_CLOEXEC);
	for (long i = 0; i < count; i++) {
		const pid_t child = child_of(i);

		wrong += read(fd, &info, sizeof(info)) != sizeof(info) ||
			 info.ssi_pid != (uint32_t)child ||
			 info.ssi_code != CLD_EXITED ||
			 info.ssi_status != i % 251;
		ended += waitpid(child, &status, WNOHANG) == child &&
			 WEXITSTATUS(status) == i % 251;
	}
	return tell("children, told by a descriptor", ended);
}

static int by_pidfd(long count)
{
	long ended = 0;

	for (long i = 0; i < count; i++) {
		const pid_t child = child_of(i);
		struct pollfd end = { syscall(SYS_pidfd_open, child, 0),
				      POLLIN, 0 };
		siginfo_t seen = { 0 }, got = { 0 };

		wrong += poll(&end, 1, 10000) != 1;
		wrong += waitid(P_PIDFD, end.fd, &seen, WEXITED | WNOWAIT) ||
			 seen.si_status != i % 251;
		wrong += waitid(P_PIDFD, end.fd, &got, WEXITED) ||
			 got.si_pid != child || got.si_status != i % 251;
		wrong += waitid(P_PID, child, &got, WEXITED | WNOHANG) == 0;
		ended++;
		close(end.fd);
	}
	return tell("children, waited for by descriptors", ended);
}

static pid_t endless(void)
{
	const pid_t child = fork();

	if (child == 0) {
		for (;;)
			spin_ns(1000000);
	}
	return child;
}

static void expect(pid_t child, int options, int code, int number)
{
	siginfo_t info = { 0 };

	wrong += waitid(P_PID, child, &info, options) ||
		 info.si_code != code || info.si_status != number;
}

static int stops(long count)
{
	const pid_t child = endless();
	const int numbers[] = { SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU };
	siginfo_t none = { 0 };

	for (long i = 0; i < count; i++) {
		kill(child, numbers[i % 4]);
		expect(child, WSTOPPED | WNOWAIT, CLD_STOPPED, numbers[i % 4]);
		expect(child, WSTOPPED, CLD_STOPPED, numbers[i % 4]);
		kill(child, SIGCONT);
		expect(child, WCONTINUED, CLD_CONTINUED, SIGCONT);
		spin_ns(i % 5 * 20000);
		/* And nothing that was not. */
		wrong += waitid(P_PID, child, &none, WSTOPPED | WCONTINUED |
				WEXITED | WNOHANG) || none.si_pid;
	}
	kill(child, SIGTERM);
	expect(child, WEXITED, CLD_KILLED, SIGTERM);
	return tell("stops and continuations", count);
}

static int stop_storm(long count)
{
	const pid_t child = endless();

	for (long i = 0; i < count; i++) {
		kill(child, SIGSTOP);
		if (i % 3)
			spin_ns(i % 7 * 5000);
		kill(child, SIGCONT);
	}
	kill(child, SIGSTOP);
	expect(child, WSTOPPED, CLD_STOPPED, SIGSTOP);
	kill(child, SIGKILL);
	expect(child, WEXITED, CLD_KILLED, SIGKILL);
	return tell("stops, and killed in the last", count);
}

static int ignored(long count)
{
	signal(SIGCHLD, SIG_IGN);
	for (long i = 0; i < count; i++)
		wrong += child_of(i) < 0;
	wrong += wait(NULL) != -1 || errno != ECHILD;
	return tell("children without a status", count);
}

/* -- the rest --------------------------------------------------------- */

static int maps(long count)
{
	const long page = sysconf(_SC_PAGESIZE);
	char *all = mmap(NULL, count * page, PROT_READ,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	long made = 0;

	for (long i = 0; i < count; i += 2)
		made += 2 * !mprotect(all + i * page, page,
				      PROT_READ | PROT_WRITE);
	spin_ns(500000000);
	for (long i = 0; i < count; i += 2)
		wrong += munmap(all + i * page, page) != 0;
	return tell("mappings", made);
}

static int no_new_rights(char **argv, long round)
{
	char *again[] = { argv[0], argv[1], "1", NULL };

	wrong += prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != round;
	if (round)
		return tell("execution kept it", round);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	execv(argv[0], again);
	return 99;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(long count);
	} modes[] = {
		{ "sigsys", sigsys }, { "strict", strict },
		{ "supervised", supervised }, { "rseq", rseq },
		{ "robust", robust }, { "signalfd", by_signalfd },
		{ "pidfd", by_pidfd }, { "stops", stops },
		{ "stop-storm", stop_storm }, { "ignored", ignored },
		{ "maps", maps },
	};
	const char *mode = argc > 1 ? argv[1] : "";
	const long number = argc > 2 ? atol(argv[2]) : 0;

	await_start();
	if (!strcmp(mode, "no-new-rights"))
		return no_new_rights(argv, number);
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		if (!strcmp(mode, modes[i].name))
			return modes[i].run(number);
	}
	return 99;
}
