/* SPDX-License-Identifier: MIT */
#include "proc/drm.h"

#include "base/hash.h"
#include "proc/process.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The three ways to tell memory; the first that a region has counts. */
enum memory_key { RESIDENT, MEMORY, TOTAL, MEMORY_KEYS };

struct parser {
	struct drm_client *client;
	uint64_t memory[MEMORY_KEYS];
	bool told[MEMORY_KEYS];
};

static bool starts(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

/* "123", "16 KiB", "3 MiB", "107322799 ns" */
static uint64_t amount(const char *value)
{
	char *unit;
	uint64_t number = strtoull(value, &unit, 10);

	unit += strspn(unit, " \t");
	if (starts(unit, "KiB"))
		return number << 10;
	if (starts(unit, "MiB"))
		return number << 20;
	if (starts(unit, "GiB"))
		return number << 30;
	return number;
}

static void take_memory(struct parser *parser, enum memory_key key,
			const char *value)
{
	parser->memory[key] += amount(value);
	parser->told[key] = true;
}

/* `key` is what follows "drm-". */
static void take(struct parser *parser, const char *key, const char *value)
{
	struct drm_client *client = parser->client;

	if (starts(key, "client-id:"))
		client->client = strtoull(value, NULL, 10);
	else if (starts(key, "pdev:"))
		client->device = hash_bytes(value, strcspn(value, "\n"));
	else if (starts(key, "engine-capacity-"))
		return;
	else if (starts(key, "engine-"))
		client->busy_ns += amount(value);
	else if (starts(key, "cycles-"))
		client->cycles += amount(value);
	else if (starts(key, "total-cycles-"))
		client->clock_cycles = amount(value) > client->clock_cycles ?
			amount(value) : client->clock_cycles;
	else if (starts(key, "resident-"))
		take_memory(parser, RESIDENT, value);
	else if (starts(key, "memory-"))
		take_memory(parser, MEMORY, value);
	else if (starts(key, "total-"))
		take_memory(parser, TOTAL, value);
}

bool drm_client_parse(const char *text, struct drm_client *client)
{
	struct parser parser = { .client = client };
	bool any = false;

	*client = (struct drm_client){ .device = 0 };
	for (const char *line = text; *line;) {
		const char *end = line + strcspn(line, "\n");
		const char *colon = memchr(line, ':', end - line);

		if (colon && starts(line, "drm-")) {
			const char *value = colon + 1;

			value += strspn(value, " \t");
			any |= starts(line, "drm-client-id:");
			take(&parser, line + 4, value);
		}
		line = *end ? end + 1 : end;
	}
	for (int key = RESIDENT; key < MEMORY_KEYS; key++) {
		if (!parser.told[key])
			continue;
		client->memory_bytes = parser.memory[key];
		break;
	}
	/* Time is better than cycles where both are told. */
	if (client->busy_ns || !client->clock_cycles)
		client->cycles = client->clock_cycles = 0;
	return any;
}

bool drm_client_read(pid_t pid, int fd, struct drm_client *client)
{
	char file[32], text[4096];

	snprintf(file, sizeof(file), "fdinfo/%d", fd);
	return process_file_read(pid, file, text, sizeof(text)) &&
	       drm_client_parse(text, client);
}

bool drm_is_device(const char *target)
{
	return starts(target, "/dev/dri/") || starts(target, "/dev/accel/");
}
