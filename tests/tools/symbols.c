/* SPDX-License-Identifier: MIT */
/*
 * symbols [-d] [-r ROOT] FILE < addresses
 *
 * What the symbolizer says of the addresses (hexadecimal, one a line) of
 * FILE, for the tests to compare with other tools: per address one line
 * "0xADDRESS STATUS", then for each location, innermost first,
 * "  FUNCTION|LINKAGE NAME|FILE:LINE:LINE OF THE FUNCTION".
 *
 *	-d	may ask debuginfod servers
 *	-r ROOT	where separate debug files are
 */
#include "base/mem.h"
#include "elf/debugfile.h"
#include "symbol/symbolizer.h"
#include "symbol/wire.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
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

static int resolve(const char *path, const struct symbolizer_options *options,
		   struct address_vec *addresses, struct error *err)
{
	struct module module = { .kind = MODULE_FILE, .path = path };
	struct symbolizer *symbolizer = NULL;
	struct debug_file file;
	const uint8_t *id;
	int ret = -1;

	if (debug_file_open(&file, path, err))
		return -1;
	module.build_id_len = MIN(elf_build_id(file.elf, &id),
				  (size_t)BUILD_ID_MAX);
	if (module.build_id_len)
		memcpy(module.build_id, id, module.build_id_len);
	if (symbolizer_start(&symbolizer, options, err))
		goto out;
	if (symbolizer_module(symbolizer, 1, &module, file.fd, err))
		goto out;
	ret = symbolizer_resolve(symbolizer, 1, addresses->items,
				 addresses->count, print_symbol, addresses,
				 err);
	if (symbolizer_lost(symbolizer))
		printf("lost %" PRIu64 "\n", symbolizer_lost(symbolizer));
out:
	symbolizer_stop(symbolizer);
	debug_file_close(&file);
	return ret;
}

int main(int argc, char **argv)
{
	struct symbolizer_options options = {
		.inlines = true, .patience_ms = 20 * 1000,
	};
	struct address_vec addresses = VEC_INIT;
	struct error err = ERROR_INIT;
	uint64_t address;
	int option, ret;

	while ((option = getopt(argc, argv, "dr:")) != -1) {
		if (option == 'd')
			options.debuginfod = true;
		else if (option == 'r')
			options.debug_root = optarg;
		else
			return 2;
	}
	if (optind + 1 != argc)
		return 2;
	while (scanf("%" SCNx64, &address) == 1)
		address_vec_push(&addresses, address);
	ret = resolve(argv[optind], &options, &addresses, &err);
	if (ret)
		fprintf(stderr, "%s\n", err.text);
	address_vec_release(&addresses);
	return ret ? 1 : 0;
}
