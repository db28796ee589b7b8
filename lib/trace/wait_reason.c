/* SPDX-License-Identifier: MIT */
#include "trace/wait_reason.h"

#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The reason is that of the file behind the first argument. */
enum { BY_FILE = STATE_COUNT };

static const struct {
	int number;
	int state;
} calls[] = {
	{ SYS_futex, STATE_FUTEX },
#ifdef SYS_futex_waitv
	{ SYS_futex_waitv, STATE_FUTEX },
#endif
	{ SYS_poll, STATE_POLL },
	{ SYS_ppoll, STATE_POLL },
	{ SYS_select, STATE_POLL },
	{ SYS_pselect6, STATE_POLL },
	{ SYS_epoll_wait, STATE_POLL },
	{ SYS_epoll_pwait, STATE_POLL },
#ifdef SYS_epoll_pwait2
	{ SYS_epoll_pwait2, STATE_POLL },
#endif
	{ SYS_accept, STATE_SOCKET },
	{ SYS_accept4, STATE_SOCKET },
	{ SYS_connect, STATE_SOCKET },
	{ SYS_recvfrom, STATE_SOCKET },
	{ SYS_recvmsg, STATE_SOCKET },
	{ SYS_recvmmsg, STATE_SOCKET },
	{ SYS_sendto, STATE_SOCKET },
	{ SYS_sendmsg, STATE_SOCKET },
	{ SYS_sendmmsg, STATE_SOCKET },
	{ SYS_nanosleep, STATE_SLEEP },
	{ SYS_clock_nanosleep, STATE_SLEEP },
	{ SYS_restart_syscall, STATE_SLEEP },
	{ SYS_wait4, STATE_CHILD },
	{ SYS_waitid, STATE_CHILD },
	{ SYS_vfork, STATE_CHILD },
	{ SYS_clone, STATE_CHILD },	/* CLONE_VFORK: posix_spawn */
	{ SYS_clone3, STATE_CHILD },
	{ SYS_pause, STATE_SIGNAL },
	{ SYS_rt_sigsuspend, STATE_SIGNAL },
	{ SYS_rt_sigtimedwait, STATE_SIGNAL },
	{ SYS_fsync, STATE_DISK },
	{ SYS_fdatasync, STATE_DISK },
	{ SYS_sync, STATE_DISK },
	{ SYS_syncfs, STATE_DISK },
	{ SYS_msync, STATE_DISK },
	{ SYS_sync_file_range, STATE_DISK },
	{ SYS_open, STATE_DISK },
	{ SYS_openat, STATE_DISK },
	{ SYS_stat, STATE_DISK },
	{ SYS_lstat, STATE_DISK },
	{ SYS_newfstatat, STATE_DISK },
	{ SYS_statx, STATE_DISK },
	{ SYS_getdents64, STATE_DISK },
	{ SYS_unlink, STATE_DISK },
	{ SYS_unlinkat, STATE_DISK },
	{ SYS_rename, STATE_DISK },
	{ SYS_ftruncate, STATE_DISK },
	{ SYS_fallocate, STATE_DISK },
	{ SYS_execve, STATE_DISK },
	{ SYS_io_getevents, STATE_DISK },
	{ SYS_read, BY_FILE },
	{ SYS_readv, BY_FILE },
	{ SYS_pread64, BY_FILE },
	{ SYS_preadv, BY_FILE },
	{ SYS_write, BY_FILE },
	{ SYS_writev, BY_FILE },
	{ SYS_pwrite64, BY_FILE },
	{ SYS_pwritev, BY_FILE },
	{ SYS_sendfile, BY_FILE },
	{ SYS_splice, BY_FILE },
	{ SYS_ioctl, BY_FILE },
	{ SYS_fcntl, STATE_OTHER },
	{ SYS_flock, STATE_OTHER },
};

/* How the target of a /proc/PID/fd link begins. */
static const struct {
	const char *prefix;
	enum thread_state state;
} files[] = {
	{ "socket:", STATE_SOCKET },
	{ "pipe:", STATE_PIPE },
	{ "/dev/pts/", STATE_TERMINAL },
	{ "/dev/tty", STATE_TERMINAL },
	{ "/dev/console", STATE_TERMINAL },
	{ "anon_inode:", STATE_POLL },	/* eventfd, timerfd, inotify */
	{ "/dev/", STATE_OTHER },
	{ "/", STATE_DISK },
};

static enum thread_state file_reason(pid_t pid, uint64_t fd)
{
	char path[64];
	char target[64];
	ssize_t len;

	snprintf(path, sizeof(path), "/proc/%d/fd/%d", pid, (int)fd);
	len = readlink(path, target, sizeof(target) - 1);
	if (len < 0)
		return STATE_OTHER;
	target[len] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		if (strncmp(target, files[i].prefix,
			    strlen(files[i].prefix)) == 0)
			return files[i].state;
	}
	return STATE_OTHER;
}

enum thread_state wait_reason(pid_t pid, const struct task_call *call)
{
	/* Asleep outside of any call: a page of a file is being read. */
	if (call->number < 0)
		return STATE_DISK;

	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		if (calls[i].number != call->number)
			continue;
		if (calls[i].state == BY_FILE)
			return file_reason(pid, call->args[0]);
		return calls[i].state;
	}
	return STATE_OTHER;
}
