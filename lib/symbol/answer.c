/* SPDX-License-Identifier: MIT */
#include "symbol/answer.h"

#include "base/clock.h"
#include "symbol/channel.h"
#include "symbol/demangle.h"
#include "symbol/fallback.h"
#include "symbol/files.h"
#include "symbol/source.h"

enum {
	FRAME_ENOUGH_BYTES = 256 * 1024
};

/* Which modules ask whom, in which order. */
static const struct symbol_source_ops *const elf_sources[] = {
	&dwarf_source_ops,
	&symtab_source_ops,
	&plt_source_ops,
	&range_source_ops,
	NULL
};

static const struct symbol_source_ops *const jit_sources[] = {
	&perf_map_source_ops,
	NULL
};

static const struct symbol_source_ops *const no_sources[] = { NULL };

/* An answer on its way out. */
struct answer {
	const struct answer_request *request;
	struct symbol_job job;
	struct symbol_files files;
	struct arena arena;
	struct intern strings;
	struct map64 demangled;		/* raw name to its demangled form */
	struct byte_writer symbols;	/* encoded, not yet sent */
	size_t symbol_count;
	uint64_t told_ns;		/* when there was a sign of life */
};

static int compare_queries(const void *left, const void *right)
{
	const struct symbol_query *a = left, *b = right;

	return a->address < b->address ? -1 : a->address > b->address;
}

static void make_queries(struct answer *answer)
{
	const struct answer_request *request = answer->request;
	struct symbol_query *queries = mem_calloc(request->count,
						  sizeof(*queries));
	size_t count = 0;

	for (size_t i = 0; i < request->count; i++) {
		queries[i].address = request->addresses[i];
		queries[i].status = SYMBOL_NONE;
	}
	if (request->count)
		qsort(queries, request->count, sizeof(*queries),
		      compare_queries);
	for (size_t i = 0; i < request->count; i++) {
		if (!count || queries[count - 1].address != queries[i].address)
			queries[count++] = queries[i];
	}
	answer->job.queries = queries;
	answer->job.count = count;
}

/* Each unit of DWARF is quick; all of them together may not be. */
static void tell_progress(struct symbol_job *job)
{
	struct answer *answer = container_of(job, struct answer, job);
	struct byte_writer frame = BYTE_WRITER_INIT;
	uint64_t now = clock_monotonic_ns();

	if (now - answer->told_ns < NS_PER_S / 10)
		return;
	answer->told_ns = now;
	write_u8(&frame, WIRE_BUSY);
	/* A connection that is gone shows when the answers are sent. */
	channel_send(answer->request->socket, &frame, -1, -1, NULL);
	byte_writer_release(&frame);
}

static const struct symbol_source_ops *const *
sources_of(const struct module *module)
{
	switch (module->kind) {
	case MODULE_FILE:
	case MODULE_VDSO:
		return elf_sources;
	case MODULE_JIT:
		return jit_sources;
	}
	return no_sources;
}

static void ask_sources(struct answer *answer)
{
	const struct symbol_source_ops *const *source;

	for (source = sources_of(answer->request->module); *source; source++) {
		if ((*source)->level >= answer->request->level)
			(*source)->resolve(&answer->job);
	}
}

/* `raw` is one of the job's strings: its address stands for it. */
static const char *demangled_form(struct answer *answer, const char *raw)
{
	struct strbuf text = STRBUF_INIT;
	const char *form = raw;
	uint64_t known;

	if (answer->request->level > LEVEL_ALL)
		return raw;
	if (map64_get(&answer->demangled, (uintptr_t)raw, &known))
		return (const char *)(uintptr_t)known;
	if (demangle(&text, raw))
		form = symbol_job_string(&answer->job, strbuf_text(&text));
	map64_put(&answer->demangled, (uintptr_t)raw, (uintptr_t)form);
	strbuf_release(&text);
	return form;
}

/* Give each location the name to show. */
static void finish_chain(struct answer *answer, struct symbol_query *query,
			 const char *fallback)
{
	for (size_t i = 0; i < query->count; i++) {
		struct source_location *location = &query->chain[i];
		const char *raw = location->linkage_name;

		if (!location->function)
			location->function = raw ?
				demangled_form(answer, raw) :
				symbol_job_string(&answer->job, fallback);
		if (raw && strcmp(raw, location->function) == 0)
			location->linkage_name = NULL;
	}
}

static int flush_symbols(struct answer *answer, struct error *err)
{
	struct byte_writer frame = BYTE_WRITER_INIT;
	int ret;

	if (!answer->symbol_count)
		return 0;
	write_u8(&frame, WIRE_ANSWER);
	write_uvarint(&frame, answer->symbol_count);
	write_bytes(&frame, answer->symbols.data, answer->symbols.len);
	ret = channel_send(answer->request->socket, &frame, -1, -1, err);
	byte_writer_release(&frame);
	byte_writer_clear(&answer->symbols);
	answer->symbol_count = 0;
	return ret;
}

static int add_symbol(struct answer *answer, struct symbol_query *query,
		      struct error *err)
{
	struct source_location nothing = { .function = NULL };
	struct strbuf name = STRBUF_INIT;
	struct symbol symbol;

	if (!query->count) {
		query->chain = &nothing;
		query->count = 1;
	}
	fallback_name(&name, answer->request->module, query->address);
	finish_chain(answer, query, strbuf_text(&name));
	symbol.status = query->status;
	if (symbol.status == SYMBOL_NONE && answer->files.replaced)
		symbol.status = SYMBOL_REPLACED;
	symbol.chain = query->chain;
	symbol.count = query->count;
	wire_write_symbol(&answer->symbols, &symbol);
	answer->symbol_count++;
	if (query->chain == &nothing)
		query->count = 0;
	strbuf_release(&name);
	if (answer->symbols.len < FRAME_ENOUGH_BYTES)
		return 0;
	return flush_symbols(answer, err);
}

static int send_symbols(struct answer *answer, struct error *err)
{
	const struct answer_request *request = answer->request;
	struct symbol_job *job = &answer->job;

	for (size_t i = 0; i < request->count; i++) {
		struct symbol_query key = { .address = request->addresses[i] };
		struct symbol_query *query;

		/* Sorted and without doubles, they are where they were. */
		if (i < job->count && job->queries[i].address == key.address)
			query = &job->queries[i];
		else
			query = bsearch(&key, job->queries, job->count,
					sizeof(key), compare_queries);
		if (add_symbol(answer, query, err))
			return -1;
	}
	return flush_symbols(answer, err);
}

int answer_send(const struct answer_request *request,
		const struct worker_options *options, struct error *err)
{
	struct answer answer = { .request = request };
	int ret;

	answer.job.module = request->module;
	answer.job.files = &answer.files;
	answer.job.fd = request->fd;
	answer.job.progress = tell_progress;
	answer.job.inlines = options->inlines;
	answer.job.arena = &answer.arena;
	answer.job.strings = &answer.strings;
	make_queries(&answer);
	symbol_files_open(&answer.files, request->module, request->fd,
			  options);
	ask_sources(&answer);
	ret = send_symbols(&answer, err);

	symbol_files_close(&answer.files);
	free(answer.job.queries);
	byte_writer_release(&answer.symbols);
	map64_release(&answer.demangled);
	intern_release(&answer.strings);
	arena_release(&answer.arena);
	return ret;
}
