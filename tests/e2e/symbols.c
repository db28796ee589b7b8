/* SPDX-License-Identifier: MIT */
/*
 * symbols FILE [DEBUGROOT] < addresses
 *
 * What the symbolizer says of the addresses (hexadecimal, one a line) of
 * FILE, for the tests to compare with other tools: per address one line
 * "0xADDRESS STATUS", then for each location, innermost first,
 * "  FUNCTION|LINKAGE NAME|FILE:LINE:LINE OF THE FUNCTION".
 */
#include "base/mem.h"
#include "elf/debugfile.h"
#include "symbol/symbolizer.h"
#include "symbol/wire.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

static const char *or_none(const char *text)
{
	return text ? text : "-";
}

static void print_symbol(void *context, const struct symbol *symbol)
{
	const struct address_vec *addresses = context;

	printf("0x%" PRIx64 " %u\n", addresses->items[symbol->frame],
	       symbol->status);
	for (size_t i = 0; i < symbol->count; i++) {
		const struct source_location *at = &symbol->chain[i];

		printf("  %s|%s|%s:%u:%u\n", at->function,
		       or_none(at->linkage_name), or_none(at->file), at->line,
		       at->function_line);
	}
}

static int resolve(const char *path, const char *root,
		   struct address_vec *addresses, struct error *err)
{
	const struct symbolizer_options options = {
		.inlines = true, .debug_root = root,
	};
	struct module module = { .kind = MODULE_FILE, .path = path };
	struct symbolizer *symbolizer = NULL;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int ret = -1;

	if (fd < 0)
		return error_set_errno(err, "%s", path);
	if (symbolizer_start(&symbolizer, &options, err))
		goto out;
	if (symbolizer_module(symbolizer, 1, &module, fd, err))
		goto out;
	ret = symbolizer_resolve(symbolizer, 1, addresses->items,
				 addresses->count, print_symbol, addresses,
				 err);
	if (symbolizer_lost(symbolizer))
		printf("lost %" PRIu64 "\n", symbolizer_lost(symbolizer));
out:
	symbolizer_stop(symbolizer);
	close(fd);
	return ret;
}

int main(int argc, char **argv)
{
	struct address_vec addresses = VEC_INIT;
	struct error err = ERROR_INIT;
	uint64_t address;
	int ret;

	if (argc < 2)
		return 2;
	while (scanf("%" SCNx64, &address) == 1)
		address_vec_push(&addresses, address);
	ret = resolve(argv[1], argv[2], &addresses, &err);
	if (ret)
		fprintf(stderr, "%s\n", err.text);
	address_vec_release(&addresses);
	return ret ? 1 : 0;
}
