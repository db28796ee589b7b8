/* SPDX-License-Identifier: MIT */
/* Any bytes as what the symbolizer process answers. */
#include "symbol/wire.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct byte_reader in = byte_reader_of(data, len);
	struct location_vec chain = VEC_INIT;
	struct address_vec addresses = VEC_INIT;
	enum symbol_level level;
	struct module module;
	struct symbol symbol;
	size_t bytes = 0;

	while (byte_reader_left(&in) &&
	       wire_read_symbol(&in, &symbol, &chain, NULL) == 0) {
		assert(symbol.count && symbol.count <= WIRE_CHAIN_MAX);
		for (size_t i = 0; i < symbol.count; i++) {
			assert(symbol.chain[i].function);
			bytes += strlen(symbol.chain[i].function);
			assert(bytes <= len);
		}
	}
	in = byte_reader_of(data, len);
	if (wire_read_module(&in, &module, &level, NULL) == 0)
		assert(module.build_id_len <= BUILD_ID_MAX);
	in = byte_reader_of(data, len);
	if (wire_read_ask(&in, &addresses, NULL) == 0)
		assert(addresses.count <= len);
	address_vec_release(&addresses);
	location_vec_release(&chain);
	return 0;
}
