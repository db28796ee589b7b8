/* SPDX-License-Identifier: MIT */
#include "render/annotate_text.h"

#include "base/escape.h"
#include "base/units.h"
#include "render/annotate.h"
#include "render/name.h"

#include <inttypes.h>
#include <string.h>

enum {
	NEAR = 4,		/* lines shown around one that has time */
	HEAD_MAX = 300,		/* lines between a function's start and time */
	NUMBERS_WIDTH = 39
};

struct annotate_printer {
	struct strbuf *out;
	const struct text_style *style;
	const struct view *view;
	struct time_unit unit;
	uint64_t total_ns;
	const struct source *source;	/* NULL: not to be had */
};

static void add_number(const struct annotate_printer *printer, uint64_t ns)
{
	struct strbuf text = STRBUF_INIT;
	struct strbuf share = STRBUF_INIT;

	if (ns) {
		time_unit_add(&text, &printer->unit, ns);
		percent_add(&share, ns, printer->total_ns);
	}
	strbuf_addf(printer->out, "%9s ", strbuf_text(&text));
	strbuf_clear(&text);
	strbuf_addf(&text, "%6s ", strbuf_text(&share));
	text_add(printer->out, printer->style,
		 tone_of_share(ns, printer->total_ns), strbuf_text(&text));
	strbuf_release(&share);
	strbuf_release(&text);
}

/* `times` is NULL for a line without any. */
static void print_line(const struct annotate_printer *printer,
		       const struct annotated_line *times, uint32_t line)
{
	struct strbuf raw = STRBUF_INIT;
	struct strbuf text = STRBUF_INIT;

	add_number(printer, times ? times->self_ns : 0);
	add_number(printer, times ? times->total_ns : 0);
	strbuf_addf(printer->out, "%6" PRIu32 "  ", line);
	if (printer->source) {
		source_add_line(&raw, printer->source, line);
		text_add_foreign(&text, printer->style, strbuf_text(&raw));
		text_add_cut_end(printer->out, printer->style,
				 strbuf_text(&text),
				 printer->style->width - NUMBERS_WIDTH - 3);
	}
	while (printer->out->text[printer->out->len - 1] == ' ')
		printer->out->text[--printer->out->len] = '\0';
	strbuf_add_char(printer->out, '\n');
	strbuf_release(&text);
	strbuf_release(&raw);
}

static void print_gap(const struct annotate_printer *printer)
{
	strbuf_add_repeat(printer->out, ' ', NUMBERS_WIDTH - 4);
	text_add(printer->out, printer->style, TONE_DIM,
		 text_ellipsis(printer->style));
	strbuf_add_char(printer->out, '\n');
}

/* The first line to show: where the function begins, if that is near. */
static uint32_t first_line(const struct annotated_line *line)
{
	const struct function *function = line->function;

	if (function->line && function->file &&
	    strcmp(function->file, line->file) == 0 &&
	    function->line <= line->line &&
	    line->line - function->line < HEAD_MAX)
		return function->line;
	return line->line > NEAR ? line->line - NEAR : 1;
}

static void print_lines(const struct annotate_printer *printer,
			const struct annotated_line *lines, size_t count)
{
	uint32_t next = first_line(&lines[0]);
	const uint32_t start = next;

	for (size_t i = 0; i < count; i++) {
		uint32_t line = lines[i].line;

		if (!printer->source) {
			print_line(printer, &lines[i], line);
			continue;
		}
		/* Two lines are not worth a gap. */
		if (line - next > 2 * NEAR + 2) {
			uint32_t stop = next + (next == start ? 1 : NEAR);

			for (; next < stop; next++)
				print_line(printer, NULL, next);
			print_gap(printer);
			next = line - NEAR;
		}
		for (; next < line; next++)
			print_line(printer, NULL, next);
		print_line(printer, &lines[i], line);
		next = line + 1;
	}
	if (!printer->source)
		return;
	for (size_t i = 0; i < NEAR && next <= printer->source->count; i++)
		print_line(printer, NULL, next++);
}

static void print_file_title(const struct annotate_printer *printer,
			     const struct annotated_line *line)
{
	struct strbuf title = STRBUF_INIT;

	if (printer->out->len)
		strbuf_add_char(printer->out, '\n');
	name_add_function(&title, printer->style, line->function->name,
			  printer->style->width);
	strbuf_add(&title, " in ");
	text_add_foreign(&title, printer->style, line->file);
	text_add(printer->out, printer->style, TONE_TITLE,
		 strbuf_text(&title));
	strbuf_add_char(printer->out, '\n');
	strbuf_release(&title);
}

static void print_note(const struct annotate_printer *printer,
		       const char *note)
{
	struct strbuf text = STRBUF_INIT;

	text_add_foreign(&text, printer->style, note);
	text_add_wrapped(printer->out, printer->style, strbuf_text(&text), 0,
			 2);
	strbuf_release(&text);
}

static uint64_t recorded_ns(const struct profile *profile)
{
	return profile->runs.count ?
		profile_main_run(profile)->begin.start_realtime_ns : 0;
}

static void print_file(struct annotate_printer *printer,
		       const struct annotated_line *lines, size_t count)
{
	const uint64_t recorded = recorded_ns(printer->view->profile);
	struct error err = ERROR_INIT;
	struct strbuf note = STRBUF_INIT;
	struct source source;

	print_file_title(printer, &lines[0]);
	if (source_init(&source, lines[0].file, &err)) {
		strbuf_addf(&note, "(source file: %s; only line numbers are "
			    "shown)", err.text);
		print_note(printer, strbuf_text(&note));
		printer->source = NULL;
	} else {
		printer->source = &source;
		if (recorded && source.modified_ns > recorded)
			print_note(printer, "(the file is newer than the "
				   "recording: lines may not fit)");
	}
	strbuf_addf(printer->out, "%6s %-2s %7s %6s %-2s %7s %6s\n", "self",
		    printer->unit.name, "", "total", printer->unit.name, "",
		    "line");
	print_lines(printer, lines, count);
	if (printer->source)
		source_release(&source);
	strbuf_release(&note);
}

int annotate_text(struct strbuf *out, const struct text_style *style,
		  const struct view *view, struct error *err)
{
	struct annotate_printer printer = {
		.out = out,
		.style = style,
		.view = view,
	};
	struct annotation annotation;
	size_t to;

	if (annotation_init(&annotation, view, err))
		return -1;
	printer.unit = time_unit_for(annotation.total_ns);
	printer.total_ns = annotation.total_ns;
	for (size_t from = 0; from < annotation.lines.count; from = to) {
		const struct annotated_line *lines = annotation.lines.items;

		for (to = from; to < annotation.lines.count &&
		     strcmp(lines[to].file, lines[from].file) == 0; to++)
			;
		print_file(&printer, &lines[from], to - from);
	}
	annotation_release(&annotation);
	return 0;
}
