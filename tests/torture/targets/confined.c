/* SPDX-License-Identifier: MIT */
/*
 * Programs that shut themselves in, as browsers and servers do, and then
 * work: threads that compute and sleep, signals, what is refused to them.
 *
 *	confined filter		what it needs and no more (seccomp), or death
 *	confined landlock	no file may be opened
 *	confined chroot DIR	an empty folder is all there is
 *	confined nobody		gives rights away, and is not dumpable
 *	confined no-proc	a mount namespace without /proc
 *	confined pivot DIR	user, mount, pid namespaces, another root
 *
 * Prints what it counted; ends with 21, or 77 where the kernel refuses.
 */
#include "torture.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

enum {
	THREADS = 3,
	ROUNDS = 150,
	SPIN = 400000,
	REFUSED = 77,
	NOBODY = 65534
};

static volatile long handled;
static _Atomic long interrupted, waits, opened;

static void count_signal(int number)
{
	(void)number;
	handled++;
}

static uint64_t burn(uint64_t hash, long rounds)
{
	while (rounds--)
		hash = (hash ^ (hash >> 29)) * UINT64_C(0xbf58476d1ce4e5b9) + 1;
	return hash;
}

static void *work(void *arg)
{
	const struct timespec pause = { 0, 2000000 };
	uint64_t *hash = arg;

	for (int i = 0; i < ROUNDS; i++) {
		*hash = burn(*hash, SPIN);
		interrupted += nanosleep(&pause, NULL) != 0;
		waits++;
	}
	return NULL;
}

static int be_nobody(const char *arg);

/* The threads are there before the walls are. */
static int work_inside(int (*shut_in)(const char *), const char *arg)
{
	uint64_t hashes[THREADS + 1] = { 0 };
	pthread_t threads[THREADS];
	int ret;

	signal(SIGUSR1, count_signal);
	for (int i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, work, &hashes[i]);
	ret = shut_in ? shut_in(arg) : 0;
	if (ret == 0) {
		for (int i = 0; i < 100; i++) {
			raise(SIGUSR1);
			hashes[THREADS] = burn(hashes[THREADS], SPIN);
		}
		for (int i = 0; i < 3; i++) {
			const int fd = open("/etc/hostname", O_RDONLY);

			opened += fd >= 0;
		}
		work(&hashes[THREADS]);
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	if (ret)
		return REFUSED;
	/* The C library changes the ids of all threads by a signal. */
	printf("%ld waits, %ld interrupted, %ld signals, %ld files opened\n",
	       (long)waits, shut_in == be_nobody ? 0 : (long)interrupted,
	       handled, (long)opened);
	for (int i = 0; i <= THREADS; i++)
		printf("%jx\n", (uintmax_t)hashes[i]);
	return 21;
}

/* -- walls ------------------------------------------------------------ */

/* Calls beyond the list kill the process; openat() gets EACCES. */
static int filter(const char *arg)
{
	static const int allowed[] = {
		SYS_read, SYS_write, SYS_close, SYS_fstat, SYS_newfstatat,
		SYS_mmap, SYS_munmap, SYS_mprotect, SYS_madvise, SYS_brk,
		SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_rt_sigreturn,
		SYS_futex, SYS_clock_nanosleep, SYS_nanosleep, SYS_exit,
		SYS_exit_group, SYS_gettid, SYS_getpid, SYS_tgkill,
		SYS_restart_syscall, SYS_rseq, SYS_clock_gettime,
		SYS_getrandom, SYS_set_robust_list,
	};
	struct sock_filter code[2 * ARRAY_SIZE(allowed) + 6];
	struct sock_fprog program = { .filter = code };
	size_t n = 0;

	(void)arg;
	code[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		offsetof(struct seccomp_data, nr));
	for (size_t i = 0; i < ARRAY_SIZE(allowed); i++) {
		code[n++] = (struct sock_filter)BPF_JUMP(
			BPF_JMP | BPF_JEQ | BPF_K, allowed[i], 0, 1);
		code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K,
			SECCOMP_RET_ALLOW);
	}
	code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
						 SYS_openat, 0, 1);
	code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K,
		SECCOMP_RET_ERRNO | EACCES);
	code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K,
		SECCOMP_RET_KILL_PROCESS);
	program.len = n;
	/* Of all threads, those that were there before, too. */
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	       syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
		       SECCOMP_FILTER_FLAG_TSYNC, &program);
}

static int landlock(const char *arg)
{
	const struct landlock_ruleset_attr rules = {
		.handled_access_fs = LANDLOCK_ACCESS_FS_READ_FILE |
			LANDLOCK_ACCESS_FS_WRITE_FILE |
			LANDLOCK_ACCESS_FS_READ_DIR,
	};
	const int fd = syscall(SYS_landlock_create_ruleset, &rules,
			       sizeof(rules), 0);

	(void)arg;
	return fd < 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	       syscall(SYS_landlock_restrict_self, fd, 0);
}

static int leave(const char *folder)
{
	return chroot(folder) || chdir("/");
}

/* The raw calls, of this thread only, would leave the others' rights. */
static int be_nobody(const char *arg)
{
	(void)arg;
	return setresgid(NOBODY, NOBODY, NOBODY) ||
	       setresuid(NOBODY, NOBODY, NOBODY) ||
	       prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

static int hide_proc(void)
{
	return unshare(CLONE_NEWNS) ||
	       mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	       umount2("/proc", MNT_DETACH);
}

static int move_root(const char *folder)
{
	return unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID) ||
	       mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	       mount("none", folder, "tmpfs", 0, NULL) || chdir(folder) ||
	       syscall(SYS_pivot_root, ".", ".") ||
	       umount2(".", MNT_DETACH) || chdir("/");
}

/* The first process of its namespace does the work. */
static int work_in_child(void)
{
	int status = 0;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0)
		exit(work_inside(NULL, NULL));
	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) ?
	       WEXITSTATUS(status) : 1;
}

int main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "";
	const char *folder = argc > 2 ? argv[2] : ".";

	await_start();
	if (strcmp(mode, "filter") == 0)
		return work_inside(filter, NULL);
	if (strcmp(mode, "landlock") == 0)
		return work_inside(landlock, NULL);
	if (strcmp(mode, "chroot") == 0)
		return work_inside(leave, folder);
	if (strcmp(mode, "nobody") == 0)
		return work_inside(be_nobody, NULL);
	if (strcmp(mode, "no-proc") == 0)
		return hide_proc() ? REFUSED : work_inside(NULL, NULL);
	if (strcmp(mode, "pivot") == 0)
		return move_root(folder) ? REFUSED : work_in_child();
	return 2;
}
