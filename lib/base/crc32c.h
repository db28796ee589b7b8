/* SPDX-License-Identifier: MIT */
#ifndef CPROF_BASE_CRC32C_H
#define CPROF_BASE_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/* CRC32C (Castagnoli) of `len` bytes; start a new sum with `crc` = 0. */
uint32_t crc32c(uint32_t crc, const void *data, size_t len);

/* The same without help of the processor; for tests. */
uint32_t crc32c_portable(uint32_t crc, const void *data, size_t len);

#endif
