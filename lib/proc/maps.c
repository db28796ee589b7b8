/* SPDX-License-Identifier: MIT */
#include "proc/maps.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
	/* A process may have 65530 maps (vm.max_map_count), or many more. */
	MAPS_BYTES_MAX = 256 * 1024 * 1024,
	READ_BYTES = 64 * 1024
};

void proc_maps_release(struct proc_maps *maps)
{
	proc_map_vec_release(&maps->maps);
	strbuf_release(&maps->text);
}

/* Reads hexadecimal digits; false when there is none, or too many. */
static bool parse_hex(const char **pos, uint64_t *value)
{
	const char *start = *pos;

	*value = 0;
	for (;; (*pos)++) {
		char c = **pos;
		unsigned int digit;

		if (c >= '0' && c <= '9')
			digit = (unsigned int)(c - '0');
		else if (c >= 'a' && c <= 'f')
			digit = (unsigned int)(c - 'a') + 10;
		else
			break;
		if (*pos - start >= 16)
			return false;
		*value = *value << 4 | digit;
	}
	return *pos > start;
}

static bool parse_decimal(const char **pos, uint64_t *value)
{
	const char *start = *pos;

	*value = 0;
	for (; **pos >= '0' && **pos <= '9'; (*pos)++) {
		if (*pos - start >= 20)
			return false;
		*value = *value * 10 + (uint64_t)(**pos - '0');
	}
	return *pos > start;
}

static bool skip_char(const char **pos, char c)
{
	if (**pos != c)
		return false;
	(*pos)++;
	return true;
}

static bool parse_access(const char **pos, uint32_t *access)
{
	const char *p = *pos;

	if (strnlen(p, 4) < 4)
		return false;
	*access = (p[0] == 'r' ? MAP_ACCESS_READ : 0u) |
		  (p[1] == 'w' ? MAP_ACCESS_WRITE : 0u) |
		  (p[2] == 'x' ? MAP_ACCESS_EXEC : 0u);
	*pos += 4;
	return true;
}

/* "START-END rwxp OFFSET MAJOR:MINOR INODE   PATH" */
static bool parse_line(const char *line, struct proc_map *map)
{
	uint64_t major, minor;
	const char *p = line;

	if (!parse_hex(&p, &map->start) || !skip_char(&p, '-') ||
	    !parse_hex(&p, &map->end) || !skip_char(&p, ' ') ||
	    !parse_access(&p, &map->access) || !skip_char(&p, ' ') ||
	    !parse_hex(&p, &map->offset) || !skip_char(&p, ' ') ||
	    !parse_hex(&p, &major) || !skip_char(&p, ':') ||
	    !parse_hex(&p, &minor) || !skip_char(&p, ' ') ||
	    !parse_decimal(&p, &map->inode))
		return false;
	map->dev_major = (uint32_t)major;
	map->dev_minor = (uint32_t)minor;
	while (*p == ' ')
		p++;
	map->path = p;
	return map->start < map->end;
}

/* Is this the line of an executable map?  Cheaper than parsing it. */
static bool line_executable(const char *line, const char *end)
{
	const char *space = memchr(line, ' ', (size_t)(end - line));

	return space && end - space > 3 && space[3] == 'x';
}

static void parse_text(struct proc_maps *maps, enum proc_maps_wanted wanted)
{
	char *line = maps->text.text;
	char *end = line + maps->text.len;
	uint64_t last = 0;

	maps->maps.count = 0;
	while (line < end) {
		char *eol = memchr(line, '\n', (size_t)(end - line));
		struct proc_map map;

		if (!eol)
			eol = end;
		*eol = '\0';
		/* Ascending order is what the searches rely on. */
		if ((wanted == PROC_MAPS_ALL || line_executable(line, eol)) &&
		    parse_line(line, &map) && map.start >= last) {
			proc_map_vec_push(&maps->maps, map);
			last = map.end;
		}
		line = eol + 1;
	}
}

void proc_maps_parse(struct proc_maps *maps, const char *text, size_t len,
		     enum proc_maps_wanted wanted)
{
	maps->maps.count = 0;
	strbuf_clear(&maps->text);
	if (len == 0)
		return;
	strbuf_add_bytes(&maps->text, text, len);
	parse_text(maps, wanted);
}

static int read_all(int fd, struct strbuf *text, struct error *err)
{
	char *buf = mem_alloc(READ_BYTES);
	ssize_t got;

	while ((got = read(fd, buf, READ_BYTES)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 || text->len > MAPS_BYTES_MAX)
			break;
		strbuf_add_bytes(text, buf, (size_t)got);
	}
	free(buf);
	if (got < 0)
		return error_set_errno(err, "cannot read the memory map");
	return 0;
}

int proc_maps_read(struct proc_maps *maps, pid_t pid,
		   enum proc_maps_wanted wanted, struct error *err)
{
	char path[64];
	int fd, ret;

	maps->maps.count = 0;
	strbuf_clear(&maps->text);
	snprintf(path, sizeof(path), "/proc/%d/maps", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return error_set_errno(err, "cannot open %s", path);
	ret = read_all(fd, &maps->text, err);
	close(fd);
	if (ret == 0 && maps->text.len > 0)
		parse_text(maps, wanted);
	return ret;
}

const struct proc_map *proc_maps_find(const struct proc_maps *maps,
				      uint64_t address)
{
	const struct proc_map *items = maps->maps.items;
	size_t low = 0, high = maps->maps.count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (address < items[middle].start)
			high = middle;
		else if (address >= items[middle].end)
			low = middle + 1;
		else
			return &items[middle];
	}
	return NULL;
}

bool proc_maps_equal(const struct proc_maps *a, const struct proc_maps *b)
{
	size_t i;

	if (a->maps.count != b->maps.count)
		return false;
	for (i = 0; i < a->maps.count; i++) {
		const struct proc_map *x = &a->maps.items[i];
		const struct proc_map *y = &b->maps.items[i];

		if (x->start != y->start || x->end != y->end ||
		    x->offset != y->offset || x->inode != y->inode ||
		    x->dev_major != y->dev_major ||
		    x->dev_minor != y->dev_minor ||
		    x->access != y->access || strcmp(x->path, y->path) != 0)
			return false;
	}
	return true;
}
