/* SPDX-License-Identifier: MIT */
/*
 * A recording in which every name is out to harm who shows it: functions,
 * files, threads, processes, modules, labels, the command.
 */
#ifndef CPROF_TESTS_FORMAT_PAYLOADS_H
#define CPROF_TESTS_FORMAT_PAYLOADS_H

#include "base/strbuf.h"
#include "unit/format_data.h"

#include <stdlib.h>

static const char *const payload_texts[] = {
	/* terminals */
	"\x1b[2J\x1b[31m", "\x1b]0;title\x07", "\x1b]8;;http://e/\x1b\\x",
	"\x9b" "31m", "\xc2\x9b" "31m", "\r\rover", "\x08\x08\x7f", "\x0e\x05",
	/* lines and fields */
	"\n", "\r\nfn=(1) evil\n1 999999999", "\ttab", ";", " 99999",
	"\x0b\x0c", "# comment", "calls=1 2", "(1) name", "fl=(9)", "",
	/* quotes */
	"\"", "\"}],\"x\":[{\"", "\\", "\\\"", "\\u0000", "'", "','", "\"\"",
	/* what is not UTF-8, or odd */
	"\xff\xfe", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80",
	"\xe2\x82", "\xe2\x80\xae" "gnp.exe", "\xe2\x80\xa8", "\xe2\x81\xa6",
	"\xef\xbb\xbf", "\xef\xbf\xbf", "\xf0\x9f\x92\xa3",
	/* markup */
	"<script>alert(1)</script>", "</script><script>alert(1)//",
	"<!--", "]]>", "<img src=x onerror=alert(1)>", "&lt;b&gt;",
	"javascript:alert(1)", "{{7*7}}",
	/* Markdown */
	"| a | b |", "`code`", "```", "[x](javascript:alert(1))",
	"![x](http://e/x.png)", "\n# head", "\\|", "@everyone",
	/* spreadsheets, shells, scripts */
	"=cmd|'/C calc'!A0", "@SUM(1)", "-1+1", "+1", "$(id)", "%s%n%s",
	"../../etc/passwd", "__proto__", "constructor", "null", "NaN",
};

enum {
	PAYLOAD_WRAPS = 4,
	PAYLOAD_COUNT = ARRAY_SIZE(payload_texts) * PAYLOAD_WRAPS
};

_Static_assert(PAYLOAD_COUNT >= 200, "so many were promised");

/* The i-th payload: a text alone, at either end, doubled; for free(). */
static inline char *payload(size_t i)
{
	const char *text = payload_texts[i / PAYLOAD_WRAPS];
	struct strbuf out = STRBUF_INIT;

	strbuf_addf(&out, "%s%s%s%s", i % PAYLOAD_WRAPS == 2 ? "a" : "", text,
		    i % PAYLOAD_WRAPS == 1 ? "b" : "",
		    i % PAYLOAD_WRAPS == 3 ? text : "");
	return strbuf_take(&out);
}

static inline void payload_begin(struct sample_sink *sink,
				 const char *const *names)
{
	struct label *labels = mem_calloc(PAYLOAD_COUNT, sizeof(*labels));

	for (size_t i = 0; i < PAYLOAD_COUNT; i++)
		labels[i] = (struct label){ names[i], names[i] };
	sink->ops->run_begin(sink, &(struct run_begin){
		.start_realtime_ns = data_info.start_realtime_ns,
		.argv = names, .argc = PAYLOAD_COUNT, .name = names[0],
		.version = names[1], .labels = labels,
		.label_count = PAYLOAD_COUNT, .rate_hz = 1000,
		.kind = RUN_PROFILED });
	free(labels);
}

/* Stack i is frame i, in module i, below frame 0. */
static inline void payload_code(struct sample_sink *sink,
				const char *const *names)
{
	sink->ops->module(sink, &(struct module){
		.kind = MODULE_SPECIAL, .process = ID_NONE,
		.path = "[special]" });
	for (uint32_t i = 0; i < PAYLOAD_COUNT; i++) {
		sink->ops->module(sink, &(struct module){
			.kind = MODULE_FILE, .process = ID_NONE,
			.path = names[i] });
		sink->ops->frame(sink, &(struct frame){ i + 1, 0x1000 + i });
		sink->ops->stack(sink, &(struct stack){
			.parent = i ? 0 : ID_NONE, .frame = i });
	}
}

/* A thread for each payload, which runs a function of that name for 1 ms. */
static inline void payload_play(struct sample_sink *sink)
{
	char *names[PAYLOAD_COUNT];

	for (size_t i = 0; i < PAYLOAD_COUNT; i++)
		names[i] = payload(i);
	payload_begin(sink, (const char *const *)names);
	sink->ops->process(sink, &(struct process){
		.parent = ID_NONE, .pid = 1000, .name = names[5],
		.exe = names[6] });
	for (uint32_t i = 0; i < PAYLOAD_COUNT; i++)
		sink->ops->thread(sink, &(struct thread){
			.process = 0, .tid = 1000 + i, .name = names[i] });
	payload_code(sink, (const char *const *)names);
	for (uint32_t i = 0; i < PAYLOAD_COUNT; i++) {
		const struct interval interval = {
			NS_PER_MS, i, STATE_RUNNING, 0
		};

		sink->ops->window(sink, &(struct thread_window){
			i, 0, NS_PER_MS, 0, &interval, 1 });
	}
	data_end(sink, NS_PER_MS, 0);
	for (uint32_t i = 0; i < PAYLOAD_COUNT; i++) {
		const struct source_location location = {
			names[i], names[i], names[i], i + 1, i + 1
		};

		sink->ops->symbol(sink, &(struct symbol){
			i, SYMBOL_OK, &location, 1 });
	}
	for (size_t i = 0; i < PAYLOAD_COUNT; i++)
		free(names[i]);
}

#endif
