/* SPDX-License-Identifier: MIT */
#include "symbol/worker.h"

#include "base/log.h"
#include "base/output.h"
#include "proc/process.h"
#include "symbol/answer.h"
#include "symbol/channel.h"
#include "symbol/debuginfod.h"
#include "symbol/wire.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#define MEMORY_LEAST (UINT64_C(1) << 30)

/* What it is asked about now. */
struct subject {
	struct module module;	/* borrows from `frame` */
	struct byte_vec frame;
	enum symbol_level level;
	int fd;
};

static void keep_only(int socket)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null >= 0) {
		dup2(null, STDIN_FILENO);
		dup2(null, STDOUT_FILENO);
	}
	if (socket > STDERR_FILENO + 1)
		close_range(STDERR_FILENO + 1, socket - 1, 0);
	close_range(socket + 1, ~0U, 0);
}

/*
 * The terminal's signals go to the whole group, and are the recorder's to
 * understand; this process ends when its socket does.
 */
static void reset_signals(void)
{
	static const int ignored[] = {
		SIGINT, SIGQUIT, SIGHUP, SIGPIPE, SIGTSTP, SIGTTIN, SIGTTOU,
	};
	sigset_t none;

	for (int i = 1; i < SIGRTMIN; i++)
		signal(i, SIG_DFL);
	for (size_t i = 0; i < ARRAY_SIZE(ignored); i++)
		signal(ignored[i], SIG_IGN);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/*
 * A compressed section of a megabyte can unpack to many gigabytes.  Counted
 * from what is mapped now: sanitizers map terabytes.
 */
static void limit_memory(void)
{
	const uint64_t page = sysconf(_SC_PAGESIZE);
	const uint64_t memory = sysconf(_SC_PHYS_PAGES) * page;
	struct strbuf text = STRBUF_INIT;
	uint64_t mapped;

	if (!read_file_at(AT_FDCWD, "/proc/self/statm", 4096, &text, NULL)) {
		mapped = strtoull(strbuf_text(&text), NULL, 10) * page;
		mapped += MAX(memory / 2, MEMORY_LEAST);
		setrlimit(RLIMIT_AS, &(struct rlimit){ mapped, mapped });
	}
	strbuf_release(&text);
}

void worker_confine(int socket, pid_t parent)
{
	const struct rlimit no_core = { 0, 0 };

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(0);
	prctl(PR_SET_NAME, "cprof-symbols");
	reset_signals();
	/* Relative paths in debug information must not mean this place. */
	if (chdir("/") < 0)
		_exit(1);
	keep_only(socket);
	setrlimit(RLIMIT_CORE, &no_core);
	process_offer_itself();
	limit_memory();
}

/* Takes `fd`. */
static int new_subject(struct subject *subject, struct byte_vec *frame, int fd,
		       struct error *err)
{
	struct byte_vec old = subject->frame;
	struct byte_reader in;

	subject->frame = *frame;
	*frame = old;
	if (subject->fd >= 0)
		close(subject->fd);
	subject->fd = fd;
	in = byte_reader_of(subject->frame.items, subject->frame.count);
	read_u8(&in);
	return wire_read_module(&in, &subject->module, &subject->level, err);
}

static int answer_frame(struct subject *subject, const struct byte_vec *frame,
			int socket, const struct worker_options *options,
			struct error *err)
{
	struct byte_reader in = byte_reader_of(frame->items, frame->count);
	struct address_vec addresses = VEC_INIT;
	int ret = -1;

	if (read_u8(&in) != WIRE_ASK)
		return error_set(err, ERROR_FORMAT, "unknown message");
	if (wire_read_ask(&in, &addresses, err) == 0) {
		struct answer_request request = {
			.module = &subject->module,
			.fd = subject->fd,
			.level = subject->level,
			.addresses = addresses.items,
			.count = addresses.count,
			.socket = socket,
		};

		ret = answer_send(&request, options, err);
	}
	address_vec_release(&addresses);
	return ret;
}

void worker_run(int socket, const struct worker_options *options)
{
	struct subject subject = { .fd = -1 };
	struct byte_vec frame = VEC_INIT;
	struct error err = ERROR_INIT;
	int ret, fd;

	debuginfod_permit(options->debuginfod);
	while ((ret = channel_receive(socket, &frame, &fd, -1, &err)) > 0) {
		if (frame.items[0] == WIRE_MODULE) {
			ret = new_subject(&subject, &frame, fd, &err);
		} else {
			if (fd >= 0)
				close(fd);
			ret = answer_frame(&subject, &frame, socket, options,
					   &err);
		}
		if (ret < 0)
			break;
	}
	if (ret < 0)
		log_debug(LOG_SYMBOL, 1, "symbolizer process: %s", err.text);
	if (subject.fd >= 0)
		close(subject.fd);
	byte_vec_release(&subject.frame);
	byte_vec_release(&frame);
}
