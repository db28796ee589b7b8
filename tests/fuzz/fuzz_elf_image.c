/* SPDX-License-Identifier: MIT */
/* Any bytes as an ELF file: what is told of it lies in its bounds. */
#include "elf/image.h"

#include "base/output.h"
#include "elf/loaded.h"

#include <assert.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void look_at(struct elf_image *image, uint64_t address)
{
	struct elf_cfi cfi;
	uint64_t start, end;

	if (elf_image_fde_range(image, address, &start, &end))
		assert(start <= address && address < end);
	if (elf_image_find_cfi(image, address, &cfi))
		assert(cfi.start <= address && address < cfi.end);
	elf_image_is_root(image, address);
	elf_image_is_plt(image, address);
	elf_image_is_signal_return(image, address);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	int fd = memfd_create("elf", MFD_CLOEXEC);
	struct elf_image *image;
	uint64_t address, bias;
	size_t count;

	if (write_all(fd, data, len, NULL) == 0 &&
	    elf_image_open(&image, fd, NULL) == 0) {
		elf_image_segments(image, &count);
		elf_image_build_id(image, &count);
		assert(count <= 32);
		elf_image_fde_count(image);
		look_at(image, elf_image_entry(image));
		for (size_t i = 0; i + 8 <= len && i < 4096; i += 8) {
			memcpy(&address, data + i, sizeof(address));
			look_at(image, address);
			elf_image_bias(image, address, address, &bias);
		}
		elf_image_free(image);
		elf_loaded_add_symbols(fd, 0);
	}
	close(fd);
	return 0;
}
