/* SPDX-License-Identifier: MIT */
#include "render/table.h"

#include "base/escape.h"
#include "render/name.h"

enum {
	TABLE_COLUMNS_MAX = 16,
	TABLE_GAP = 2,
	PLACE_BARE = 5,		/* "where" */
	NAME_BARE = 8		/* "function" */
};

struct table table_of(const struct table_column *columns, size_t count)
{
	return (struct table){
		.columns = columns,
		.column_count = MIN(count, (size_t)TABLE_COLUMNS_MAX),
		.cells = VEC_INIT,
		.arena = ARENA_INIT,
	};
}

void table_release(struct table *table)
{
	table_cell_vec_release(&table->cells);
	arena_release(&table->arena);
}

void table_add(struct table *table, enum text_tone tone, const char *text)
{
	table_cell_vec_push(&table->cells, (struct table_cell){
		.text = arena_strdup(&table->arena, text),
		.tone = tone,
	});
}

void table_take(struct table *table, enum text_tone tone, struct strbuf *text)
{
	table_add(table, tone, strbuf_text(text));
	strbuf_clear(text);
}

/* The text of a cell in at most `width` columns. */
static void cell_text(struct strbuf *out, const struct text_style *style,
		      enum table_kind kind, const char *text, size_t width)
{
	struct strbuf safe = STRBUF_INIT;

	switch (kind) {
	case COLUMN_FUNCTION:
		name_add_function(out, style, text, width);
		break;
	case COLUMN_PATH:
		name_add_path(out, style, text, width);
		break;
	case COLUMN_PLACE:
		text_add_foreign(&safe, style, text);
		text_add_cut_middle(out, style, strbuf_text(&safe), width);
		break;
	default:
		text_add_foreign(&safe, style, text);
		text_add_cut_end(out, style, strbuf_text(&safe), width);
		break;
	}
	strbuf_release(&safe);
}

static void natural_widths(const struct table *table,
			   const struct text_style *style, size_t *widths)
{
	struct strbuf text = STRBUF_INIT;

	for (size_t i = 0; i < table->column_count; i++)
		widths[i] = escape_width(table->columns[i].title);
	for (size_t i = 0; i < table->cells.count; i++) {
		size_t *width = &widths[i % table->column_count];

		strbuf_clear(&text);
		cell_text(&text, style,
			  table->columns[i % table->column_count].kind,
			  table->cells.items[i].text, TEXT_WIDTH_MAX);
		*width = MAX(*width, escape_width(strbuf_text(&text)));
	}
	strbuf_release(&text);
}

/* A terminal may be too narrow for what a column should have. */
static size_t bare_width(const struct table_column *column)
{
	const size_t least = column->kind == COLUMN_PLACE ? PLACE_BARE :
							   NAME_BARE;

	return MIN(column->min_width, least);
}

/* The names come before the places, so the last columns shrink first. */
static void shrink_columns(const struct table *table, size_t width, bool bare,
			   size_t *widths)
{
	size_t total = TABLE_GAP * (table->column_count - 1);

	for (size_t i = 0; i < table->column_count; i++)
		total += widths[i];
	for (size_t i = table->column_count; i-- > 0;) {
		const struct table_column *column = &table->columns[i];
		const size_t least = bare ? bare_width(column) :
					    column->min_width;
		size_t less;

		if (total <= width)
			return;
		if (column->kind == COLUMN_NUMBER || widths[i] <= least)
			continue;
		less = MIN(total - width, widths[i] - least);
		widths[i] -= less;
		total -= less;
	}
}

static void print_cell(struct strbuf *out, const struct text_style *style,
		       const struct table *table, size_t column,
		       const struct table_cell *cell, size_t width)
{
	const bool number = table->columns[column].kind == COLUMN_NUMBER;
	const bool last = column + 1 == table->column_count;
	struct strbuf text = STRBUF_INIT;
	size_t pad;

	cell_text(&text, style, table->columns[column].kind, cell->text,
		  number ? TEXT_WIDTH_MAX : width);
	pad = escape_width(strbuf_text(&text));
	pad = pad < width ? width - pad : 0;
	if (number)
		strbuf_add_repeat(out, ' ', pad);
	text_add(out, style, cell->tone, strbuf_text(&text));
	if (!last)
		strbuf_add_repeat(out, ' ', TABLE_GAP + (number ? 0 : pad));
	strbuf_release(&text);
}

/* No blanks at the end of a line. */
static void trim(struct strbuf *out)
{
	while (out->len && out->text[out->len - 1] == ' ')
		out->text[--out->len] = '\0';
}

void table_print(struct strbuf *out, const struct text_style *style,
		 const struct table *table)
{
	size_t widths[TABLE_COLUMNS_MAX] = { 0 };

	natural_widths(table, style, widths);
	shrink_columns(table, style->width, false, widths);
	shrink_columns(table, style->width, true, widths);
	for (size_t i = 0; i < table->column_count; i++) {
		const struct table_cell title = {
			table->columns[i].title, TONE_TITLE
		};

		print_cell(out, style, table, i, &title, widths[i]);
	}
	trim(out);
	strbuf_add_char(out, '\n');
	for (size_t i = 0; i < table->cells.count; i++) {
		size_t column = i % table->column_count;

		print_cell(out, style, table, column, &table->cells.items[i],
			   widths[column]);
		if (column + 1 < table->column_count)
			continue;
		trim(out);
		strbuf_add_char(out, '\n');
	}
}
