/* SPDX-License-Identifier: MIT */
#include "render/annotate.h"

#include "base/clock.h"
#include "base/output.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	SOURCE_MAX = 64 << 20,	/* bytes */
	TAB = 8
};

static int compare_lines(const void *a, const void *b)
{
	const struct annotated_line *x = a;
	const struct annotated_line *y = b;
	const int order = strcmp(x->file, y->file);

	if (order)
		return order;
	return x->line < y->line ? -1 : x->line > y->line;
}

/* Different functions may have the same line: one line, one sum. */
static void merge_lines(struct annotated_line_vec *lines)
{
	size_t kept = 0;

	if (!lines->count)
		return;
	qsort(lines->items, lines->count, sizeof(*lines->items),
	      compare_lines);
	for (size_t i = 1; i < lines->count; i++) {
		struct annotated_line *last = &lines->items[kept];
		const struct annotated_line *next = &lines->items[i];

		if (compare_lines(last, next)) {
			lines->items[++kept] = *next;
			continue;
		}
		last->self_ns += next->self_ns;
		last->total_ns += next->total_ns;
		last->samples += next->samples;
		last->total_samples += next->total_samples;
	}
	lines->count = kept + 1;
}

static void add_lines(struct annotation *annotation,
		      const struct profile *profile, const struct rows *rows,
		      const uint8_t *set)
{
	for (size_t i = 0; i < rows->rows.count; i++) {
		const struct row *row = &rows->rows.items[i];
		const uint32_t function =
			profile_location(profile, row->key)->function;

		if (!set[function] || !row->file || !row->line)
			continue;
		annotated_line_vec_push(&annotation->lines,
					(struct annotated_line){
			.function = &profile->functions.items[function],
			.file = row->file,
			.line = row->line,
			.self_ns = row->self_ns,
			.total_ns = row->total_ns,
			.samples = row->samples,
			.total_samples = row->total_samples,
		});
	}
}

int annotation_init(struct annotation *annotation, const struct view *view,
		    struct error *err)
{
	struct rows rows;
	uint8_t *set;

	*annotation = (struct annotation){ .lines = VEC_INIT };
	if (view_function_set(&set, view, err))
		return -1;
	rows_init(&rows, view->profile, view->filter, view->spec, view->clock,
		  ROWS_BY_LINE);
	annotation->total_ns = rows.total_ns;
	annotation->samples = rows.samples;
	add_lines(annotation, view->profile, &rows, set);
	merge_lines(&annotation->lines);
	rows_release(&rows);
	free(set);
	if (annotation->lines.count)
		return 0;
	return error_set(err, ERROR_NOT_FOUND, "no source lines are known "
			 "for '%s': its module has no debug information, or "
			 "none of its samples is left (see --clock and the "
			 "filters)", view->function);
}

void annotation_release(struct annotation *annotation)
{
	annotated_line_vec_release(&annotation->lines);
}

static int read_source(struct source *source, int fd, struct error *err)
{
	struct stat st;
	char block[65536];
	ssize_t got;

	if (fstat(fd, &st))
		return error_set_errno(err, "cannot read");
	if (!S_ISREG(st.st_mode))
		return error_set(err, ERROR_UNSUPPORTED, "not a regular file");
	if (st.st_size > SOURCE_MAX)
		return error_set(err, ERROR_UNSUPPORTED, "too large");
	source->modified_ns = st.st_mtim.tv_sec * NS_PER_S +
			      st.st_mtim.tv_nsec;
	while ((got = read(fd, block, sizeof(block))) > 0 &&
	       source->text.len <= SOURCE_MAX)
		strbuf_add_bytes(&source->text, block, got);
	return got < 0 ? error_set_errno(err, "cannot read") : 0;
}

static void find_lines(struct source *source)
{
	const char *text = strbuf_text(&source->text);
	size_t count = 1;

	for (size_t i = 0; i < source->text.len; i++)
		count += text[i] == '\n';
	source->starts = mem_calloc(count, sizeof(*source->starts));
	source->count = 1;
	for (size_t i = 0; i + 1 < source->text.len; i++) {
		if (text[i] == '\n')
			source->starts[source->count++] = i + 1;
	}
}

int source_init(struct source *source, const char *path, struct error *err)
{
	/* A name from a profile may be a FIFO or a device: do not wait. */
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	int ret;

	*source = (struct source){ .text = STRBUF_INIT };
	if (fd < 0)
		return error_set_errno(err, "cannot open");
	ret = read_source(source, fd, err);
	close(fd);
	if (ret)
		strbuf_release(&source->text);
	else
		find_lines(source);
	return ret;
}

void source_release(struct source *source)
{
	strbuf_release(&source->text);
	free(source->starts);
}

void source_add_line(struct strbuf *out, const struct source *source,
		     uint32_t line)
{
	const char *text = strbuf_text(&source->text);
	size_t column = 0;
	size_t end;

	if (!line || line > source->count)
		return;
	end = line < source->count ? source->starts[line] : source->text.len;
	for (size_t i = source->starts[line - 1]; i < end; i++) {
		if (text[i] == '\n' || text[i] == '\0')
			break;
		if (text[i] == '\r' && i + 1 < end && text[i + 1] == '\n')
			break;
		if (text[i] == '\t') {
			strbuf_add_repeat(out, ' ', TAB - column % TAB);
			column += TAB - column % TAB;
		} else {
			strbuf_add_char(out, text[i]);
			/* Bytes inside a UTF-8 character take no column. */
			column += (text[i] & 0xc0) != 0x80;
		}
	}
}
