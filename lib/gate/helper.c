/* SPDX-License-Identifier: MIT */
#include "gate/helper.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

int helper_open(struct helper *out, helper_main *main, const void *config,
		struct error *err)
{
	int ends[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return error_set_errno(err, "cannot make a socket pair");
	pid = fork();
	if (pid == 0) {
		close(ends[0]);
		_exit(main(config, ends[1]));
	}
	close(ends[1]);
	if (pid < 0) {
		close(ends[0]);
		return error_set_errno(err, "cannot fork");
	}
	*out = (struct helper){ .pid = pid, .fd = ends[0] };
	return 0;
}

void helper_close(struct helper *helper)
{
	close(helper->fd);
	while (waitpid(helper->pid, NULL, 0) < 0 && errno == EINTR)
		;
}
