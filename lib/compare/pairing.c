/* SPDX-License-Identifier: MIT */
#include "compare/pairing.h"

#include "base/map64.h"
#include "base/path.h"
#include "base/strbuf.h"

#include <ctype.h>

struct pairer {
	struct pairing *pairing;
	const struct profile *profiles[SIDE_COUNT];
	const struct rename *renames;
	size_t rename_count;
	struct intern keys;		/* name, NUL, module: pair */
	struct intern modules;		/* their keys */
	struct map64 builds;		/* side, module key: module id */
	struct strbuf key;
};

/* Is the module the file that a run began with? */
static bool is_program(const struct profile *profile, const char *path)
{
	for (size_t i = 0; i < profile->processes.count; i++) {
		const struct process *process =
			&profile->processes.items[i].begin;

		if (process->parent == ID_NONE && process->exe &&
		    strcmp(process->exe, path) == 0)
			return true;
	}
	return false;
}

/* "libz.so" of "libz.so.1.2.13", "[program]" of the program itself. */
static void add_module_key(struct strbuf *out, const struct profile *profile,
			   uint32_t id)
{
	const struct profile_module *module = &profile->modules.items[id];
	const char *name = path_base(module->module.path);
	const char *version = strstr(name, ".so.");

	if (module->module.kind == MODULE_FILE &&
	    is_program(profile, module->module.path))
		strbuf_add(out, "[program]");
	else if (version)
		strbuf_add_bytes(out, name, version + 3 - name);
	else
		strbuf_add(out, name);
}

/* Bytes of `name` without the marks of copies at its end. */
static size_t plain_length(const char *name)
{
	static const char *const marks[] = {
		".isra", ".constprop", ".part", ".cold", ".lto_priv", ".llvm",
	};
	size_t len = strlen(name);
	size_t end, i;

	for (;;) {
		end = len;
		while (end && isdigit((unsigned char)name[end - 1]))
			end--;
		if (end < len && end && name[end - 1] == '.')
			end--;
		else
			end = len;
		for (i = 0; i < ARRAY_SIZE(marks); i++) {
			const size_t mark = strlen(marks[i]);

			if (end > mark &&
			    memcmp(name + end - mark, marks[i], mark) == 0)
				break;
		}
		if (i == ARRAY_SIZE(marks))
			return len;
		len = end - strlen(marks[i]);
	}
}

static bool same_build(const struct module *a, const struct module *b)
{
	return a->build_id_len && a->build_id_len == b->build_id_len &&
	       memcmp(a->build_id, b->build_id, a->build_id_len) == 0;
}

/* Does the other side have this very file, so that addresses are the same? */
static bool build_is_shared(const struct pairer *pairer, int side,
			    uint32_t module, uint32_t module_key)
{
	const struct profile *mine = pairer->profiles[side];
	const struct profile *other = pairer->profiles[!side];
	uint64_t id;

	return map64_get(&pairer->builds,
			 (uint64_t)!side << 32 | module_key, &id) &&
	       same_build(&mine->modules.items[module].module,
			  &other->modules.items[id].module);
}

static void find_builds(struct pairer *pairer, int side, uint32_t *key_of)
{
	const struct profile *profile = pairer->profiles[side];

	for (size_t i = 0; i < profile->modules.count; i++) {
		strbuf_clear(&pairer->key);
		add_module_key(&pairer->key, profile, i);
		key_of[i] = intern_add(&pairer->modules,
				       strbuf_text(&pairer->key),
				       pairer->key.len, NULL);
		map64_put(&pairer->builds, (uint64_t)side << 32 | key_of[i],
			  i);
	}
}

/* How the function is called today. */
static const char *renamed(const struct pairer *pairer, int side,
			   const char *name)
{
	for (size_t i = 0; side == SIDE_BASE && i < pairer->rename_count;
	     i++) {
		if (strcmp(pairer->renames[i].from, name) == 0)
			return pairer->renames[i].to;
	}
	return name;
}

/* The name of all that has none in a module. */
static const char *nameless(struct pairing *pairing,
			    const struct profile_module *module)
{
	struct strbuf name = STRBUF_INIT;
	const char *copy;

	strbuf_addf(&name, "[%s, no name]", module->name);
	copy = arena_strdup(&pairing->arena, strbuf_text(&name));
	strbuf_release(&name);
	return copy;
}

static uint32_t pair_of(struct pairer *pairer, int side, uint32_t id,
			uint32_t module_key)
{
	struct pairing *pairing = pairer->pairing;
	const struct profile *profile = pairer->profiles[side];
	const struct function *function = &profile->functions.items[id];
	const struct profile_module *module =
		&profile->modules.items[function->module];
	const bool has_name = module->module.kind == MODULE_SPECIAL ||
		(function->status != SYMBOL_NONE &&
		 function->status != SYMBOL_REPLACED) ||
		build_is_shared(pairer, side, function->module, module_key);
	const char *name = has_name ? renamed(pairer, side, function->name) :
				      "";
	struct pair *pair;
	bool is_new;
	uint32_t at;

	strbuf_clear(&pairer->key);
	strbuf_add_bytes(&pairer->key, name, plain_length(name));
	strbuf_add_char(&pairer->key, '\0');
	strbuf_addf(&pairer->key, "%u", module_key);
	at = intern_add(&pairer->keys, strbuf_text(&pairer->key),
			pairer->key.len, &is_new);
	if (is_new)
		*pair_vec_add(&pairing->pairs) = (struct pair){
			.function = { ID_NONE, ID_NONE },
		};
	pair = &pairing->pairs.items[at];
	if (pair->function[side] == ID_NONE)
		pair->function[side] = id;
	if (is_new || side == SIDE_NEW) {
		pair->name = has_name ? function->name :
			     nameless(pairing, module);
		pair->module = module->module.path;
	}
	return at;
}

static void pair_side(struct pairer *pairer, int side, const uint32_t *key_of)
{
	const struct profile *profile = pairer->profiles[side];
	uint32_t *of = mem_calloc(profile->functions.count + 1, sizeof(*of));

	for (size_t i = 0; i < profile->functions.count; i++)
		of[i] = pair_of(pairer, side, i,
				key_of[profile->functions.items[i].module]);
	pairer->pairing->of[side] = of;
}

void pairing_init(struct pairing *pairing, const struct profile *base,
		  const struct profile *new, const struct rename *renames,
		  size_t rename_count)
{
	struct pairer pairer = {
		.pairing = pairing,
		.profiles = { base, new },
		.renames = renames,
		.rename_count = rename_count,
		.keys = INTERN_INIT,
		.modules = INTERN_INIT,
		.builds = MAP64_INIT,
		.key = STRBUF_INIT,
	};
	uint32_t **key_of = pairing->module_of;

	*pairing = (struct pairing){ .pairs = VEC_INIT };
	for (int side = 0; side < SIDE_COUNT; side++) {
		key_of[side] = mem_calloc(
			pairer.profiles[side]->modules.count + 1,
			sizeof(uint32_t));
		find_builds(&pairer, side, key_of[side]);
	}
	for (int side = 0; side < SIDE_COUNT; side++)
		pair_side(&pairer, side, key_of[side]);
	pairing->module_count = pairer.modules.count;
	intern_release(&pairer.keys);
	intern_release(&pairer.modules);
	map64_release(&pairer.builds);
	strbuf_release(&pairer.key);
}

void pairing_release(struct pairing *pairing)
{
	pair_vec_release(&pairing->pairs);
	for (int side = 0; side < SIDE_COUNT; side++) {
		free(pairing->of[side]);
		free(pairing->module_of[side]);
	}
	arena_release(&pairing->arena);
	*pairing = (struct pairing){ .pairs = VEC_INIT };
}
