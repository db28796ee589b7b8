/* SPDX-License-Identifier: MIT */
#include "elf/debugfile.h"

#include "base/mem.h"
#include "base/output.h"
#include "base/strbuf.h"

#include <elfutils/libdwelf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	BUILD_ID_MIN_BYTES = 3,
	BUILD_ID_MAX_BYTES = 64,
	MINI_MAX_BYTES = 64 << 20,
	CRC_STEP_BYTES = 64 * 1024
};

int debug_file_adopt(struct debug_file *file, int fd, struct error *err)
{
	struct stat st;
	Elf *elf;

	*file = (struct debug_file)DEBUG_FILE_INIT;
	if (fstat(fd, &st) < 0)
		return error_set_errno(err, "fstat");
	if (!S_ISREG(st.st_mode))
		return error_set(err, ERROR_UNSUPPORTED, "not a regular file");
	elf_version(EV_CURRENT);
	elf = elf_begin(fd, ELF_C_READ, NULL);
	if (!elf || elf_kind(elf) != ELF_K_ELF) {
		elf_end(elf);
		return error_set(err, ERROR_FORMAT, "not an ELF file");
	}
	file->elf = elf;
	file->fd = fd;
	return 0;
}

static int open_at(struct debug_file *file, const char *path, int flags,
		   struct error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY |
		      flags);

	*file = (struct debug_file)DEBUG_FILE_INIT;
	if (fd < 0 && errno == ENOENT)
		return error_set(err, ERROR_NOT_FOUND, "%s: not there", path);
	if (fd < 0)
		return error_set_errno(err, "%s", path);
	if (debug_file_adopt(file, fd, err)) {
		close(fd);
		return error_context(err, "%s", path);
	}
	return 0;
}

int debug_file_open(struct debug_file *file, const char *path,
		    struct error *err)
{
	return open_at(file, path, O_NOFOLLOW, err);
}

void debug_file_close(struct debug_file *file)
{
	elf_end(file->elf);
	if (file->fd >= 0)
		close(file->fd);
	*file = (struct debug_file)DEBUG_FILE_INIT;
}

size_t elf_build_id(Elf *elf, const uint8_t **id)
{
	const void *data = NULL;
	ssize_t len = dwelf_elf_gnu_build_id(elf, &data);

	*id = data;
	return len > 0 && len <= BUILD_ID_MAX_BYTES ? (size_t)len : 0;
}

bool elf_build_id_is(Elf *elf, const uint8_t *id, size_t len)
{
	const uint8_t *own;

	return elf_build_id(elf, &own) == len && len &&
		memcmp(own, id, len) == 0;
}

Elf_Scn *elf_section_named(Elf *elf, const char *name, GElf_Shdr *header)
{
	Elf_Scn *section = NULL;
	size_t names;

	if (elf_getshdrstrndx(elf, &names) < 0)
		return NULL;
	while ((section = elf_nextscn(elf, section))) {
		const char *own;

		if (!gelf_getshdr(section, header))
			continue;
		own = elf_strptr(elf, names, header->sh_name);
		if (own && strcmp(own, name) == 0)
			return section;
	}
	return NULL;
}

int debug_file_find_build_id(struct debug_file *file, const uint8_t *id,
			     size_t len, const char *root, struct error *err)
{
	struct strbuf path = STRBUF_INIT;
	int ret;

	*file = (struct debug_file)DEBUG_FILE_INIT;
	if (len < BUILD_ID_MIN_BYTES || len > BUILD_ID_MAX_BYTES)
		return error_set(err, ERROR_NOT_FOUND, "no build-id");
	strbuf_addf(&path, "%s/.build-id/%02x/", root, id[0]);
	for (size_t i = 1; i < len; i++)
		strbuf_addf(&path, "%02x", id[i]);
	strbuf_add(&path, ".debug");
	/* Below the root, links are the administrator's. */
	ret = open_at(file, strbuf_text(&path), 0, err);
	if (!ret && !elf_build_id_is(file->elf, id, len)) {
		debug_file_close(file);
		ret = error_set(err, ERROR_NOT_FOUND,
				"%s: another build-id", strbuf_text(&path));
	}
	strbuf_release(&path);
	return ret;
}

/* The CRC-32 of .gnu_debuglink: that of zlib and Ethernet. */
static void crc32_table(uint32_t table[256])
{
	for (uint32_t i = 0; i < 256; i++) {
		uint32_t crc = i;

		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
		table[i] = crc;
	}
}

static int file_crc32(int fd, uint32_t *out, struct error *err)
{
	uint8_t *buffer = mem_alloc(CRC_STEP_BYTES);
	uint32_t table[256];
	uint32_t crc = UINT32_MAX;
	off_t offset = 0;
	ssize_t got;

	crc32_table(table);
	while ((got = pread(fd, buffer, CRC_STEP_BYTES, offset)) > 0) {
		for (ssize_t i = 0; i < got; i++)
			crc = table[(crc ^ buffer[i]) & 0xff] ^ crc >> 8;
		offset += got;
	}
	free(buffer);
	if (got < 0)
		return error_set_errno(err, "read");
	*out = ~crc;
	return 0;
}

/* Two build-ids decide; where one is missing, the checksum does. */
static bool link_agrees(const struct debug_file *file, Elf *elf, uint32_t crc)
{
	const uint8_t *id, *other;
	uint32_t own;

	if (elf_build_id(file->elf, &other)) {
		size_t len = elf_build_id(elf, &id);

		if (len)
			return elf_build_id_is(file->elf, id, len);
	}
	return file_crc32(file->fd, &own, NULL) == 0 && own == crc;
}

static int try_link(struct debug_file *file, Elf *elf, const char *path,
		    uint32_t crc, int flags, struct error *err)
{
	if (open_at(file, path, flags, err))
		return -1;
	if (link_agrees(file, elf, crc))
		return 0;
	debug_file_close(file);
	return error_set(err, ERROR_NOT_FOUND, "%s: another file's", path);
}

static int find_by_link(struct debug_file *file, Elf *elf, const char *path,
			const char *root, struct error *err)
{
	static const char *const places[] = { "", ".debug/" };
	const char *slash = strrchr(path, '/');
	const int dir_len = slash ? slash - path + 1 : 0;
	GElf_Word crc;
	const char *name = dwelf_elf_gnu_debuglink(elf, &crc);
	int ret = -1;

	if (!name || !name[0] || strchr(name, '/') || path[0] != '/')
		return error_set(err, ERROR_NOT_FOUND, "no debug link");
	for (size_t i = 0; ret && i < ARRAY_SIZE(places); i++) {
		char *try = mem_printf("%.*s%s%s", dir_len, path, places[i],
				       name);

		/* A file without debug information may link to itself. */
		if (strcmp(try, path) != 0)
			ret = try_link(file, elf, try, crc, O_NOFOLLOW, err);
		free(try);
	}
	if (ret) {
		char *try = mem_printf("%s%.*s%s", root, dir_len, path, name);

		ret = try_link(file, elf, try, crc, 0, err);
		free(try);
	}
	return ret;
}

int debug_file_find(struct debug_file *file, Elf *elf, const char *path,
		    const char *root, struct error *err)
{
	const uint8_t *id;
	size_t len = elf_build_id(elf, &id);

	if (len && debug_file_find_build_id(file, id, len, root, err) == 0)
		return 0;
	return find_by_link(file, elf, path, root, err);
}

int debug_file_mini(struct debug_file *file, Elf *elf, struct error *err)
{
	GElf_Shdr header;
	Elf_Scn *section = elf_section_named(elf, ".gnu_debugdata", &header);
	Elf_Data *data = section ? elf_rawdata(section, NULL) : NULL;
	Elf *mini;
	int fd;

	*file = (struct debug_file)DEBUG_FILE_INIT;
	if (!data || !data->d_buf || !data->d_size ||
	    data->d_size > MINI_MAX_BYTES)
		return error_set(err, ERROR_NOT_FOUND, "no MiniDebugInfo");
	fd = memfd_create("minidebuginfo", MFD_CLOEXEC);
	if (fd < 0)
		return error_set_errno(err, "memfd_create");
	if (write_all(fd, data->d_buf, data->d_size, err)) {
		close(fd);
		return -1;
	}
	/* The one call of elfutils that undoes xz; it maps only our copy. */
	mini = dwelf_elf_begin(fd);
	if (!mini || elf_kind(mini) != ELF_K_ELF) {
		elf_end(mini);
		close(fd);
		return error_set(err, ERROR_FORMAT, "bad MiniDebugInfo");
	}
	file->elf = mini;
	file->fd = fd;
	return 0;
}

static int open_with_id(struct debug_file *file, const char *path,
			const uint8_t *id, size_t len, int flags)
{
	if (open_at(file, path, flags, NULL))
		return -1;
	if (elf_build_id_is(file->elf, id, len))
		return 0;
	debug_file_close(file);
	return -1;
}

/* Debian's are named "../../../.dwz/x86_64-linux-gnu/NAME.debug". */
static int find_below_root(struct debug_file *file, const char *name,
			   const uint8_t *id, size_t len, const char *root)
{
	const char *tail = strstr(name, "/.dwz/");
	char *path;
	int ret;

	if (!tail || strstr(tail, "/../"))
		return -1;
	path = mem_printf("%s%s", root, tail);
	ret = open_with_id(file, path, id, len, 0);
	free(path);
	return ret;
}

static int find_beside(struct debug_file *file, const char *name,
		       const uint8_t *id, size_t len, const char *module)
{
	static const char *const places[] = { "", ".debug/" };
	const char *slash = strrchr(module, '/');
	const int dir_len = slash ? slash - module + 1 : 0;
	const char *base = strrchr(name, '/');
	int ret = -1;

	if (module[0] != '/')
		return -1;
	base = base ? base + 1 : name;
	for (size_t i = 0; ret && i < ARRAY_SIZE(places); i++) {
		char *path = mem_printf("%.*s%s%s", dir_len, module,
					places[i], base);

		ret = open_with_id(file, path, id, len, O_NOFOLLOW);
		free(path);
	}
	return ret;
}

int debug_file_find_alt(struct debug_file *file, Dwarf *dwarf,
			const char *path, const char *root, struct error *err)
{
	const char *name;
	const void *id;
	ssize_t len = dwelf_dwarf_gnu_debugaltlink(dwarf, &name, &id);

	*file = (struct debug_file)DEBUG_FILE_INIT;
	if (len == 0)
		return 1;
	if (len < 0)
		return error_set(err, ERROR_NOT_FOUND, "a bad link by dwz");
	if (debug_file_find_build_id(file, id, len, root, err) == 0 ||
	    find_below_root(file, name, id, len, root) == 0 ||
	    find_beside(file, name, id, len, path) == 0)
		return 0;
	return error_set(err, ERROR_NOT_FOUND, "%s: not found", name);
}
