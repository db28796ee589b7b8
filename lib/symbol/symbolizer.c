/* SPDX-License-Identifier: MIT */
#include "symbol/symbolizer.h"

#include "base/log.h"
#include "symbol/channel.h"
#include "symbol/fallback.h"
#include "symbol/wire.h"
#include "symbol/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	PATIENCE_MS = 60 * 1000,
	NETWORK_PATIENCE_MS = 10 * 60 * 1000,
	PROCESSES_MAX = 8,	/* dead ones, before we do without */
	NO_MODULE = -1
};

struct known_module {
	struct module module;	/* owns its path */
	int fd;
	enum symbol_level level;
	bool known;
};

VEC_DEFINE(known_module_vec, struct known_module);

struct symbolizer {
	struct worker_options options;
	char *debug_root;
	int patience_ms;
	pid_t pid;
	int socket;			/* -1: no process */
	int64_t told;			/* module it was told last */
	unsigned int processes;		/* started in all */
	struct known_module_vec modules;
	struct byte_vec frame;
	struct location_vec chain;
	uint64_t lost;
};

/* A run of answers: `done` of `count` addresses have theirs. */
struct question {
	const struct known_module *known;
	const uint64_t *addresses;
	size_t count;
	size_t done;
	symbol_fn *fn;
	void *context;
};

static void process_end(struct symbolizer *symbolizer)
{
	if (symbolizer->socket < 0)
		return;
	close(symbolizer->socket);
	symbolizer->socket = -1;
	/* It may hang; it has nothing to finish. */
	kill(symbolizer->pid, SIGKILL);
	while (waitpid(symbolizer->pid, NULL, __WALL) < 0 && errno == EINTR)
		;
	symbolizer->pid = -1;
	symbolizer->told = NO_MODULE;
}

static int process_start(struct symbolizer *symbolizer, struct error *err)
{
	const pid_t parent = getpid();
	int sockets[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) < 0)
		return error_set_errno(err, "socketpair");
	symbolizer->pid = fork();
	if (symbolizer->pid == 0) {
		worker_confine(sockets[1], parent);
		worker_run(sockets[1], &symbolizer->options);
		_exit(0);
	}
	close(sockets[1]);
	if (symbolizer->pid < 0) {
		error_set_errno(err, "fork");
		close(sockets[0]);
		return -1;
	}
	symbolizer->socket = sockets[0];
	symbolizer->told = NO_MODULE;
	symbolizer->processes++;
	return 0;
}

int symbolizer_start(struct symbolizer **out,
		     const struct symbolizer_options *options,
		     struct error *err)
{
	struct symbolizer *symbolizer = mem_alloc(sizeof(*symbolizer));
	const char *root = options->debug_root;

	*out = NULL;
	symbolizer->debug_root = mem_strdup(root ? root : "/usr/lib/debug");
	symbolizer->patience_ms = options->patience_ms;
	if (!options->patience_ms)
		symbolizer->patience_ms = options->debuginfod ?
			NETWORK_PATIENCE_MS : PATIENCE_MS;
	symbolizer->options.debug_root = symbolizer->debug_root;
	symbolizer->options.debuginfod = options->debuginfod;
	symbolizer->options.inlines = options->inlines;
	symbolizer->socket = -1;
	symbolizer->pid = -1;
	if (process_start(symbolizer, err)) {
		error_context(err, "symbolizer");
		symbolizer_stop(symbolizer);
		return -1;
	}
	*out = symbolizer;
	return 0;
}

static void known_module_release(struct known_module *known)
{
	if (!known->known)
		return;
	if (known->fd >= 0)
		close(known->fd);
	free((char *)known->module.path);
	known->known = false;
}

int symbolizer_module(struct symbolizer *symbolizer, uint32_t id,
		      const struct module *module, int fd, struct error *err)
{
	struct known_module *known;
	int copy = -1;

	if (fd >= 0) {
		copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
		if (copy < 0)
			return error_set_errno(err, "module %s", module->path);
	}
	while (symbolizer->modules.count <= id)
		known_module_vec_add(&symbolizer->modules);
	known = &symbolizer->modules.items[id];
	known_module_release(known);
	known->module = *module;
	known->module.path = mem_strdup(module->path ? module->path : "");
	known->fd = copy;
	known->level = LEVEL_ALL;
	known->known = true;
	if (symbolizer->told == id)
		symbolizer->told = NO_MODULE;
	return 0;
}

static void answer_none(struct question *question)
{
	struct strbuf name = STRBUF_INIT;
	struct source_location location = { .function = NULL };
	struct symbol symbol = {
		.frame = question->done,
		.status = SYMBOL_NONE,
		.chain = &location,
		.count = 1,
	};

	fallback_name(&name, &question->known->module,
		      question->addresses[question->done]);
	location.function = strbuf_text(&name);
	question->fn(question->context, &symbol);
	question->done++;
	strbuf_release(&name);
}

/* Hand one frame of answers to the caller. */
static int take_answers(struct symbolizer *symbolizer,
			struct question *question, size_t end,
			struct error *err)
{
	struct byte_reader in = byte_reader_of(symbolizer->frame.items,
					       symbolizer->frame.count);
	const uint8_t type = read_u8(&in);
	uint64_t count;

	if (type == WIRE_BUSY)
		return byte_reader_finish(&in, err);
	if (type != WIRE_ANSWER)
		return error_set(err, ERROR_FORMAT, "not an answer");
	count = read_uvarint(&in);
	if (count == 0 || count > end - question->done)
		return error_set(err, ERROR_FORMAT, "answers nobody asked for");
	for (uint64_t i = 0; i < count; i++) {
		struct symbol symbol = { .frame = question->done };

		if (wire_read_symbol(&in, &symbol, &symbolizer->chain, err))
			return -1;
		question->fn(question->context, &symbol);
		question->done++;
	}
	return byte_reader_finish(&in, err);
}

static int tell_module(struct symbolizer *symbolizer,
		       const struct known_module *known, struct error *err)
{
	const int64_t id = known - symbolizer->modules.items;
	struct byte_writer out = BYTE_WRITER_INIT;
	int ret;

	if (symbolizer->told == id)
		return 0;
	wire_write_module(&out, &known->module, known->level);
	ret = channel_send(symbolizer->socket, &out, known->fd,
			   symbolizer->patience_ms, err);
	byte_writer_release(&out);
	if (!ret)
		symbolizer->told = id;
	return ret;
}

/* Ask for the next addresses of the question and take all the answers. */
static int ask(struct symbolizer *symbolizer, struct question *question,
	       struct error *err)
{
	const size_t count = MIN(question->count - question->done,
				 (size_t)WIRE_ASK_MAX);
	const size_t end = question->done + count;
	struct byte_writer out = BYTE_WRITER_INIT;
	int ret;

	if (tell_module(symbolizer, question->known, err))
		return -1;
	wire_write_ask(&out, question->addresses + question->done, count);
	ret = channel_send(symbolizer->socket, &out, -1,
			   symbolizer->patience_ms, err);
	byte_writer_release(&out);
	while (!ret && question->done < end) {
		int fd;

		ret = channel_receive(symbolizer->socket, &symbolizer->frame,
				      &fd, symbolizer->patience_ms, err);
		if (fd >= 0)
			close(fd);
		if (ret == 0)
			return error_set(err, ERROR_SYSTEM, "it has died");
		if (ret > 0)
			ret = take_answers(symbolizer, question, end, err);
	}
	return ret;
}

static bool process_ready(struct symbolizer *symbolizer, struct error *err)
{
	if (symbolizer->socket >= 0)
		return true;
	if (symbolizer->processes > PROCESSES_MAX)
		return false;
	return process_start(symbolizer, err) == 0;
}

int symbolizer_resolve(struct symbolizer *symbolizer, uint32_t id,
		       const uint64_t *addresses, size_t count,
		       symbol_fn *fn, void *context, struct error *err)
{
	struct question question = {
		.addresses = addresses, .count = count,
		.fn = fn, .context = context,
	};
	struct known_module *known;

	if (id >= symbolizer->modules.count ||
	    !symbolizer->modules.items[id].known)
		return error_set(err, ERROR_NOT_FOUND, "no module %u", id);
	known = &symbolizer->modules.items[id];
	question.known = known;

	while (question.done < count && known->level < LEVEL_NOTHING) {
		struct error cause = ERROR_INIT;

		if (!process_ready(symbolizer, &cause))
			break;
		if (ask(symbolizer, &question, &cause) == 0)
			continue;
		log_debug(LOG_SYMBOL, 1, "%s: symbolizer: %s",
			  known->module.path, cause.text);
		process_end(symbolizer);
		known->level++;
	}
	symbolizer->lost += count - question.done;
	while (question.done < count)
		answer_none(&question);
	return 0;
}

uint64_t symbolizer_lost(const struct symbolizer *symbolizer)
{
	return symbolizer->lost;
}

pid_t symbolizer_pid(const struct symbolizer *symbolizer)
{
	return symbolizer->pid;
}

void symbolizer_stop(struct symbolizer *symbolizer)
{
	if (!symbolizer)
		return;
	process_end(symbolizer);
	for (size_t i = 0; i < symbolizer->modules.count; i++)
		known_module_release(&symbolizer->modules.items[i]);
	known_module_vec_release(&symbolizer->modules);
	location_vec_release(&symbolizer->chain);
	byte_vec_release(&symbolizer->frame);
	free(symbolizer->debug_root);
	free(symbolizer);
}
