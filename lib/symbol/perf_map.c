/* SPDX-License-Identifier: MIT */
#include "symbol/perf_map.h"

#include "base/search.h"
#include "base/vec.h"

#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	READ_BYTES = 64 * 1024
};

/* An entry that names the addresses from `first` to before `end`. */
struct hit {
	uint64_t name_offset;	/* in the file */
	uint32_t name_len;
	uint32_t first;
	uint32_t end;
};

VEC_DEFINE(hit_vec, struct hit);

/* The lines of a file, and where they are in it. */
struct line_reader {
	int fd;
	uint64_t offset;	/* of buffer[0] */
	size_t pos;
	size_t len;
	uint64_t limit;		/* of the file, as it was when we began */
	char buffer[READ_BYTES];
};

struct line {
	const char *text;	/* not terminated */
	size_t len;
	uint64_t offset;
};

/* Move what is left to the front and fill up.  False at the end. */
static bool fill(struct line_reader *reader)
{
	const size_t left = reader->len - reader->pos;
	uint64_t next;
	ssize_t got;

	memmove(reader->buffer, reader->buffer + reader->pos, left);
	reader->offset += reader->pos;
	reader->pos = 0;
	reader->len = left;
	next = reader->offset + left;
	if (next >= reader->limit)
		return false;
	got = pread(reader->fd, reader->buffer + left,
		    MIN((uint64_t)(READ_BYTES - left), reader->limit - next),
		    next);
	if (got <= 0)
		return false;
	reader->len += got;
	return true;
}

static char *find_newline(struct line_reader *reader)
{
	return memchr(reader->buffer + reader->pos, '\n',
		      reader->len - reader->pos);
}

/* The next whole line of bearable length; false at the end. */
static bool next_line(struct line_reader *reader, struct line *line)
{
	bool too_long = false;

	for (;;) {
		char *newline = find_newline(reader);
		size_t start = reader->pos;

		if (!newline) {
			/* Forget the beginning of what will be too long. */
			if (reader->len - start > PERF_MAP_LINE_MAX) {
				too_long = true;
				reader->pos = reader->len;
			}
			/* A line that is still being written does not count. */
			if (!fill(reader))
				return false;
			continue;
		}
		line->text = reader->buffer + start;
		line->len = newline - line->text;
		line->offset = reader->offset + start;
		reader->pos = start + line->len + 1;
		if (!too_long && line->len <= PERF_MAP_LINE_MAX)
			return true;
		too_long = false;
	}
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* A number and the blank behind it; moves the line's start. */
static bool take_hex(struct line *line, uint64_t *value)
{
	size_t i = 0;

	if (line->len > 2 && line->text[0] == '0' && line->text[1] == 'x')
		i = 2;
	*value = 0;
	for (size_t digits = 0; ; digits++, i++) {
		int digit = i < line->len ? hex_digit(line->text[i]) : -1;

		if (digit < 0) {
			if (!digits || i >= line->len || line->text[i] != ' ')
				return false;
			break;
		}
		if (*value >> 60)
			return false;
		*value = *value << 4 | (uint64_t)digit;
	}
	line->text += i + 1;
	line->len -= i + 1;
	line->offset += i + 1;
	return true;
}

/* What is left of the line is the name. */
static bool parse_entry(struct line *line, uint64_t *start, uint64_t *end)
{
	uint64_t size;

	if (!take_hex(line, start) || !take_hex(line, &size))
		return false;
	return size && !__builtin_add_overflow(*start, size, end) &&
		line->len && !memchr(line->text, '\0', line->len);
}

static uint32_t first_at(const uint64_t *addresses, size_t count,
			 uint64_t limit)
{
	return search_from(addresses, count, sizeof(*addresses), limit);
}

static void find_hits(struct line_reader *reader, struct hit_vec *hits,
		      const uint64_t *addresses, size_t count)
{
	struct line line;

	for (size_t entries = 0; entries < PERF_MAP_ENTRIES_MAX &&
	     next_line(reader, &line); entries++) {
		struct hit hit;
		uint64_t start, end;

		if (!parse_entry(&line, &start, &end))
			continue;
		hit.first = first_at(addresses, count, start);
		hit.end = first_at(addresses, count, end);
		hit.name_offset = line.offset;
		hit.name_len = line.len;
		if (hit.first < hit.end)
			hit_vec_push(hits, hit);
	}
}

static void tell_names(int fd, const struct hit *hit, uint32_t first,
		       uint32_t end, perf_map_fn *fn, void *context)
{
	char name[PERF_MAP_LINE_MAX + 1];
	ssize_t got = pread(fd, name, hit->name_len, hit->name_offset);

	/* It may have changed since. */
	if (got != (ssize_t)hit->name_len || memchr(name, '\0', got))
		return;
	name[got] = '\0';
	for (; first < end; first++)
		fn(context, first, name);
}

/*
 * From the last entry to the first, each names what is still unnamed.
 * next[i] is i for an unnamed address, else some address behind it before
 * which all are named; so entries that cover everything again and again
 * cost little.
 */
static void assign(int fd, const struct hit_vec *hits, size_t count,
		   perf_map_fn *fn, void *context)
{
	uint32_t *next = mem_calloc(count + 1, sizeof(*next));

	for (size_t i = 0; i <= count; i++)
		next[i] = i;
	for (size_t i = hits->count; i > 0; i--) {
		const struct hit *hit = &hits->items[i - 1];
		uint32_t at = hit->first;

		while (at < hit->end) {
			uint32_t run = at;
			uint32_t jump = next[at];

			while (run < hit->end && next[run] == run)
				next[run++] = hit->end;
			if (run > at)
				tell_names(fd, hit, at, run, fn, context);
			else
				next[at] = MAX(jump, hit->end);
			at = run > at ? run : jump;
		}
	}
	free(next);
}

int perf_map_find(int fd, const uint64_t *addresses, size_t count,
		  perf_map_fn *fn, void *context, struct error *err)
{
	struct line_reader *reader;
	struct hit_vec hits = VEC_INIT;
	struct stat st;

	if (fstat(fd, &st) < 0)
		return error_set_errno(err, "fstat");
	if (!S_ISREG(st.st_mode))
		return error_set(err, ERROR_UNSUPPORTED, "not a regular file");
	if (st.st_size > PERF_MAP_BYTES_MAX)
		return error_set(err, ERROR_UNSUPPORTED,
				 "more than %d MiB", PERF_MAP_BYTES_MAX >> 20);
	reader = mem_alloc(sizeof(*reader));
	reader->fd = fd;
	reader->limit = st.st_size;
	find_hits(reader, &hits, addresses, count);
	assign(fd, &hits, count, fn, context);
	hit_vec_release(&hits);
	free(reader);
	return 0;
}
