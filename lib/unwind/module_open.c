/* SPDX-License-Identifier: MIT */
#include "unwind/module_open.h"

#include "base/clock.h"
#include "base/hash.h"
#include "base/mem.h"
#include "elf/image.h"
#include "unwind/memory_image.h"
#include "unwind/process_files.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

enum {
	VDSO_BYTES_MAX = 64 * 1024
};

/* Keys of what is no file: device numbers that the kernel never makes. */
#define KEY_DEV_VDSO (UINT64_MAX)
#define KEY_DEV_NAMED (UINT64_MAX - 1)
#define KEY_BYTES_MEMORY (UINT64_MAX)

static const char deleted_suffix[] = " (deleted)";

static bool is_deleted(const char *path)
{
	size_t len = strlen(path);
	size_t suffix = sizeof(deleted_suffix) - 1;

	return len > suffix &&
	       strcmp(path + len - suffix, deleted_suffix) == 0;
}

/* `path` without " (deleted)", which a name may also really end in. */
static char *plain_path(const char *path)
{
	char *plain = mem_strdup(path);

	if (is_deleted(path))
		plain[strlen(path) - (sizeof(deleted_suffix) - 1)] = '\0';
	return plain;
}

static struct file_key key_of(const struct stat *st)
{
	return (struct file_key){
		.dev = st->st_dev,
		.inode = st->st_ino,
		.bytes = (uint64_t)st->st_size,
		.mtime_ns = (uint64_t)st->st_mtim.tv_sec * NS_PER_S +
			    (uint64_t)st->st_mtim.tv_nsec,
	};
}

static bool same_file(const struct proc_map *map, const struct stat *st)
{
	return st->st_ino == map->inode &&
	       major(st->st_dev) == map->dev_major &&
	       minor(st->st_dev) == map->dev_minor;
}

/*
 * overlayfs and btrfs show other device (and inode) numbers in the map than
 * fstat(2) does.  The build-id in memory tells then; where there is none,
 * the same inode number must do.
 */
static bool same_build_in_memory(struct module_opener *opener,
				 const struct proc_map *map,
				 const struct elf_image *image,
				 const struct stat *st)
{
	uint8_t loaded[BUILD_ID_MAX];
	const uint8_t *id;
	uint64_t bias, address;
	size_t len;

	id = elf_image_build_id(image, &len);
	if (!id || len > sizeof(loaded))
		return st->st_ino == map->inode;
	address = elf_image_build_id_address(image);
	if (!address ||
	    !elf_image_bias(image, map->start, map->offset, &bias))
		return false;
	return process_memory_read(opener->pid, address + bias, loaded,
				   len) == len &&
	       memcmp(loaded, id, len) == 0;
}

/* Files that have no name anywhere: JIT compilers like them. */
static bool nameless_file(const char *path)
{
	return strncmp(path, "/memfd:", 7) == 0 ||
	       strncmp(path, "/dev/zero", 9) == 0 ||
	       strncmp(path, "/SYSV", 5) == 0 ||
	       strncmp(path, "/anon_hugepage", 14) == 0;
}

/*
 * Define the module of a file that was found; closes `found`.  ID_NONE when
 * it is not the mapped one, or only holds code made at run time.
 */
static uint32_t take_file(struct module_opener *opener,
			  const struct proc_map *map, const char *path,
			  int found, const struct stat *st)
{
	struct file_key key = key_of(st);
	bool certain = same_file(map, st);
	struct elf_image *image = NULL;
	uint32_t id = ID_NONE;
	int fd;

	if (certain)
		id = module_table_lookup(opener->table, &key);
	if (id != ID_NONE) {
		close(found);
		return id;
	}
	fd = process_path_open(found);
	close(found);
	if (fd < 0)
		return ID_NONE;
	elf_image_open(&image, fd, NULL);
	if ((!image && (!certain || nameless_file(path))) ||
	    (!certain && !same_build_in_memory(opener, map, image, st))) {
		elf_image_free(image);
		close(fd);
		return ID_NONE;
	}
	return module_table_add(opener->table, &key, MODULE_FILE, path, fd,
				image);
}

static uint32_t open_below(struct module_opener *opener, int root,
			   const struct proc_map *map, const char *path)
{
	struct stat st;
	int found;

	if (root < 0)
		return ID_NONE;
	found = process_path_find(root, path, &st);
	return found < 0 ? ID_NONE : take_file(opener, map, path, found, &st);
}

/*
 * In another mount namespace names are as the process sees them, behind
 * chroot(2) as we do.
 */
static uint32_t open_path(struct module_opener *opener,
			  const struct proc_map *map, const char *path)
{
	uint32_t id = open_below(opener, opener->root, map, path);
	int own;

	if (id != ID_NONE)
		return id;
	own = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	id = open_below(opener, own, map, path);
	if (own >= 0)
		close(own);
	return id;
}

/* Links of /proc lead to the file itself, also when its name is gone. */
static uint32_t open_proc_link(struct module_opener *opener,
			       const struct proc_map *map, const char *link,
			       const char *path)
{
	struct stat st;
	int found = open(link, O_PATH | O_CLOEXEC);

	if (found < 0)
		return ID_NONE;
	if (fstat(found, &st) < 0 || !S_ISREG(st.st_mode)) {
		close(found);
		return ID_NONE;
	}
	return take_file(opener, map, path, found, &st);
}

static uint32_t open_links(struct module_opener *opener,
			   const struct proc_map *map, const char *path)
{
	char link[96];
	uint32_t id;

	snprintf(link, sizeof(link), "/proc/%d/exe", (int)opener->pid);
	id = open_proc_link(opener, map, link, path);
	if (id != ID_NONE)
		return id;
	snprintf(link, sizeof(link), "/proc/%d/map_files/%llx-%llx",
		 (int)opener->pid, (unsigned long long)map->start,
		 (unsigned long long)map->end);
	return open_proc_link(opener, map, link, path);
}

static uint32_t open_memory(struct module_opener *opener,
			    const struct proc_map *map, const char *path)
{
	struct file_key key = {
		.dev = makedev(map->dev_major, map->dev_minor),
		.inode = map->inode,
		.bytes = KEY_BYTES_MEMORY,
		.mtime_ns = hash_bytes(map->path, strlen(map->path)),
	};
	uint32_t id = module_table_lookup(opener->table, &key);
	struct elf_image *image = NULL;
	int fd = -1;

	if (id != ID_NONE)
		return id;
	if (memory_image_build(opener->pid, map, &fd) == MEMORY_IMAGE_OK)
		elf_image_open(&image, fd, NULL);
	if (!image && fd >= 0) {
		close(fd);
		fd = -1;
	}
	if (!image && nameless_file(path))
		return ID_NONE;
	return module_table_add(opener->table, &key, MODULE_FILE, path, fd,
				image);
}

static uint32_t open_file(struct module_opener *opener,
			  const struct proc_map *map)
{
	char *plain = plain_path(map->path);
	uint32_t id = open_path(opener, map, map->path);

	if (id == ID_NONE && is_deleted(map->path))
		id = open_path(opener, map, plain);
	if (id == ID_NONE)
		id = open_links(opener, map, plain);
	if (id == ID_NONE)
		id = open_memory(opener, map, plain);
	free(plain);
	return id;
}

static uint32_t open_vdso(struct module_opener *opener,
			  const struct proc_map *map)
{
	uint64_t len = MIN(map->end - map->start, (uint64_t)VDSO_BYTES_MAX);
	struct file_key key = { .dev = KEY_DEV_VDSO, .bytes = len };
	struct elf_image *image = NULL;
	uint8_t *bytes = mem_alloc(len);
	uint32_t id = ID_NONE;
	int fd = -1;

	if (process_memory_read(opener->pid, map->start, bytes, len) == len)
		key.inode = hash_bytes(bytes, len);
	free(bytes);
	id = module_table_lookup(opener->table, &key);
	if (id != ID_NONE)
		return id;
	if (key.inode)
		fd = memory_image_copy(opener->pid, map->start, len);
	if (fd >= 0)
		elf_image_open(&image, fd, NULL);
	return module_table_add(opener->table, &key, MODULE_VDSO, map->path,
				fd, image);
}

/* Code of the kernel's that no file has: [vsyscall], [uprobes]. */
static uint32_t open_named(struct module_opener *opener,
			   const struct proc_map *map)
{
	struct file_key key = {
		.dev = KEY_DEV_NAMED,
		.inode = hash_bytes(map->path, strlen(map->path)),
	};
	uint32_t id = module_table_lookup(opener->table, &key);

	if (id != ID_NONE)
		return id;
	return module_table_add(opener->table, &key, MODULE_UNKNOWN,
				map->path, -1, NULL);
}

uint32_t module_open(struct module_opener *opener,
		     const struct proc_map *map)
{
	if (strcmp(map->path, "[vdso]") == 0)
		return open_vdso(opener, map);
	if (strcmp(map->path, "[vsyscall]") == 0 ||
	    strcmp(map->path, "[uprobes]") == 0)
		return open_named(opener, map);
	if (map->inode == 0 || map->path[0] != '/')
		return ID_NONE;
	return open_file(opener, map);
}
