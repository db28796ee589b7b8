/* SPDX-License-Identifier: MIT */
#include "symbol/dwarf_units.h"

#include "base/map64.h"
#include "base/search.h"

#include <dwarf.h>

enum {
	RANGES_MAX = 1 << 20,	/* of one unit */
	/* How many ranges that begin later may hide the one that fits. */
	OVERLAP_MAX = 32
};

static void add_range(struct dwarf_units *units, uint64_t start, uint64_t end,
		      uint32_t unit)
{
	struct dwarf_unit_range range = { start, end, unit };

	if (start < end)
		dwarf_unit_range_vec_push(&units->ranges, range);
}

static void add_ranges(struct dwarf_units *units, Dwarf_Die *die,
		       uint32_t unit)
{
	Dwarf_Addr base = 0, start, end;
	ptrdiff_t offset = 0;

	for (int i = 0; i < RANGES_MAX; i++) {
		offset = dwarf_ranges(die, offset, &base, &start, &end);
		if (offset <= 0)
			return;
		add_range(units, start, end, unit);
	}
}

/* For the units that do not say themselves where their code is. */
static void add_aranges(struct dwarf_units *units, Dwarf *dwarf,
			const struct map64 *silent)
{
	Dwarf_Aranges *aranges;
	size_t count;

	if (!silent->count || dwarf_getaranges(dwarf, &aranges, &count) != 0)
		return;
	for (size_t i = 0; i < count; i++) {
		Dwarf_Arange *arange = dwarf_onearange(aranges, i);
		Dwarf_Addr start;
		Dwarf_Word length;
		Dwarf_Off offset;
		uint64_t unit;

		if (arange && dwarf_getarangeinfo(arange, &start, &length,
						  &offset) == 0 &&
		    map64_get(silent, offset, &unit))
			add_range(units, start, start + length, unit);
	}
}

static int compare_ranges(const void *left, const void *right)
{
	const struct dwarf_unit_range *a = left, *b = right;

	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	return a->unit < b->unit ? -1 : a->unit > b->unit;
}

void dwarf_units_read(struct dwarf_units *units, Dwarf *dwarf)
{
	struct map64 silent = MAP64_INIT;	/* DIE offset to unit */
	Dwarf_CU *cu = NULL;
	Dwarf_Die die;
	uint8_t type;

	while (dwarf_get_units(dwarf, cu, &cu, NULL, &type, &die, NULL) == 0) {
		const size_t before = units->ranges.count;

		if (type != DW_UT_compile && type != DW_UT_skeleton)
			continue;
		add_ranges(units, &die, units->dies.count);
		if (units->ranges.count == before)
			map64_put(&silent, dwarf_dieoffset(&die),
				  units->dies.count);
		dwarf_die_vec_push(&units->dies, die);
	}
	add_aranges(units, dwarf, &silent);
	map64_release(&silent);
	if (units->ranges.count)
		qsort(units->ranges.items, units->ranges.count,
		      sizeof(*units->ranges.items), compare_ranges);
}

int64_t dwarf_units_find(const struct dwarf_units *units, uint64_t address)
{
	const struct dwarf_unit_range_vec *ranges = &units->ranges;
	const size_t upto = search_upto(ranges->items, ranges->count,
					sizeof(*ranges->items), address);

	for (size_t i = upto; i > 0 && i + OVERLAP_MAX > upto; i--) {
		if (address < ranges->items[i - 1].end)
			return ranges->items[i - 1].unit;
	}
	return -1;
}

void dwarf_units_release(struct dwarf_units *units)
{
	dwarf_die_vec_release(&units->dies);
	dwarf_unit_range_vec_release(&units->ranges);
}
