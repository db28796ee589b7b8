/* SPDX-License-Identifier: MIT */
/* SHA-256 (FIPS 180-4), for content hashes; and base64. */
#ifndef CPROF_BASE_SHA256_H
#define CPROF_BASE_SHA256_H

#include "base/strbuf.h"

#include <stddef.h>
#include <stdint.h>

enum { SHA256_BYTES = 32 };

/* Of all of `data` at once (FIPS 180-4). */
void sha256(const void *data, size_t len, uint8_t digest[SHA256_BYTES]);

/* Add `data` in base64 (RFC 4648, padded, one line). */
void base64_add(struct strbuf *out, const void *data, size_t len);

#endif
