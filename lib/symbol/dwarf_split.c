/* SPDX-License-Identifier: MIT */
#include "symbol/dwarf_split.h"

#include "base/mem.h"

#include <dwarf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char *unit_string(Dwarf_Die *unit, unsigned int name)
{
	Dwarf_Attribute attribute;

	if (!dwarf_attr(unit, name, &attribute))
		return NULL;
	return dwarf_formstring(&attribute);
}

/*
 * libdw opens these paths itself and would wait for a FIFO, so nothing but
 * regular files may be there.
 */
static bool acceptable(char *path, bool *found)
{
	struct stat st;
	bool good = true;

	if (stat(path, &st) == 0) {
		good = S_ISREG(st.st_mode);
		*found = true;
	}
	free(path);
	return good;
}

static bool file_acceptable(Dwarf_Die *unit, const char *module)
{
	const char *name = unit_string(unit, DW_AT_dwo_name);
	const char *dir = unit_string(unit, DW_AT_comp_dir);
	const char *slash = strrchr(module, '/');
	const int module_dir = slash ? slash - module : 0;
	bool found = false;

	if (!name)
		name = unit_string(unit, DW_AT_GNU_dwo_name);
	if (!name)
		return false;
	if (name[0] == '/')
		return acceptable(mem_strdup(name), &found) && found;
	if (!acceptable(mem_printf("%.*s/%s", module_dir, module, name),
			&found))
		return false;
	if (dir && !acceptable(mem_printf("%s/%s", dir, name), &found))
		return false;
	if (dir && dir[0] != '/' &&
	    !acceptable(mem_printf("%.*s/%s/%s", module_dir, module, dir,
				   name), &found))
		return false;
	return found;
}

bool dwarf_split_unit(Dwarf_Die *unit, const char *module, Dwarf_Die *out)
{
	uint8_t type = DW_UT_compile;

	*out = *unit;
	if (dwarf_cu_info(unit->cu, NULL, &type, NULL, NULL, NULL, NULL,
			  NULL) != 0 || type != DW_UT_skeleton)
		return true;
	if (!file_acceptable(unit, module))
		return false;
	memset(out, 0, sizeof(*out));
	return dwarf_cu_info(unit->cu, NULL, NULL, NULL, out, NULL, NULL,
			     NULL) == 0 && out->addr;
}
