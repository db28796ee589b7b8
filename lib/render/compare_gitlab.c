/* SPDX-License-Identifier: MIT */
/*
 * A code quality report of GitLab: a finding for each function that became
 * slower, at the line where it did.  GitLab compares the report with that of
 * the target branch by fingerprint, so that one must not depend on lines or
 * amounts.
 */
#include "render/compare_forms.h"

#include "base/escape.h"
#include "base/intern.h"
#include "base/json.h"
#include "base/path.h"
#include "base/sha256.h"
#include "render/compare_words.h"

#include <math.h>

enum { FINGERPRINT_BYTES = 16 };

static void add_fingerprint(struct strbuf *out, const struct strbuf *key)
{
	uint8_t digest[SHA256_BYTES];

	sha256(strbuf_text(key), key->len, digest);
	for (size_t i = 0; i < FINGERPRINT_BYTES; i++)
		strbuf_addf(out, "%02x", digest[i]);
}

/* What is the finding, whatever its size?  Once more: another number. */
static json_t *fingerprint(struct intern *known, const char *path,
			   const struct code_change *row)
{
	const char *module = row->module ? path_base(row->module) : "";
	struct strbuf key = STRBUF_INIT;
	struct strbuf text = STRBUF_INIT;
	json_t *value;
	bool is_new;

	for (unsigned int i = 0;; i++) {
		strbuf_clear(&key);
		strbuf_addf(&key, "slower-function%c%s%c%s%c%s%c%u", 0, path,
			    0, row->name, 0, module, 0, i);
		intern_add(known, strbuf_text(&key), key.len, &is_new);
		if (is_new)
			break;
	}
	add_fingerprint(&text, &key);
	value = json_text(strbuf_text(&text));
	strbuf_release(&key);
	strbuf_release(&text);
	return value;
}

/* By the part of all CPU time that the function took more. */
static const char *severity(const struct comparison *comparison,
			    const struct code_change *row)
{
	double all = 0;

	for (size_t i = 0; i < comparison->functions.rows.count; i++)
		all += comparison->functions.rows.items[i].self.base;
	if (row->self.delta >= all * 0.2)
		return "critical";
	if (row->self.delta >= all * 0.05)
		return "major";
	return "minor";
}

/* It has to lie somewhere, and "/" at the start is not allowed. */
static const char *some_path(const struct comparison *comparison,
			     const struct code_change *row)
{
	const char *path = words_repository_path(comparison, row);

	if (!path)
		path = row->file ? row->file : row->module;
	while (path && (*path == '/' || strncmp(path, "../", 3) == 0))
		path += *path == '/' ? 1 : 3;
	return path && *path ? path : "unknown";
}

static json_t *visible_text(const char *text)
{
	struct strbuf safe = STRBUF_INIT;
	json_t *value;

	escape_text(&safe, text);
	value = json_text(strbuf_text(&safe));
	strbuf_release(&safe);
	return value;
}

static json_t *location(const char *path, uint32_t line)
{
	json_t *object = json_object();
	json_t *lines = json_object();

	json_put(lines, "begin", json_count(line ? line : 1));
	json_put(object, "path", visible_text(path));
	json_put(object, "lines", lines);
	return object;
}

static json_t *finding(const struct comparison *comparison,
		       const struct code_change *row, struct intern *known)
{
	const struct code_change *line = words_hottest_line(comparison, row);
	const char *path = some_path(comparison, line ? line : row);
	struct strbuf text = STRBUF_INIT;
	json_t *object = json_object();

	escape_text(&text, row->name);
	strbuf_add(&text, row->flags & CODE_NEW ? " is new, per run " :
		   " is slower, per run ");
	words_add_change(&text, METRIC_NS, &row->self);
	json_put(object, "description", json_text(strbuf_text(&text)));
	json_put(object, "check_name", json_text("cprof/slower-function"));
	json_put(object, "fingerprint", fingerprint(known, path, row));
	json_put(object, "severity", json_text(severity(comparison, row)));
	json_put(object, "location", location(path, line ? line->line :
					      row->line));
	strbuf_release(&text);
	return object;
}

static int gitlab_write(struct strbuf *out,
			const struct comparison *comparison,
			const struct compare_look *look, struct error *err)
{
	const struct code_change_vec *rows = &comparison->functions.rows;
	struct intern known = INTERN_INIT;
	json_t *findings = json_array();

	(void)look;
	(void)err;
	for (size_t i = 0; i < rows->count; i++) {
		if (rows->items[i].self.verdict == VERDICT_SLOWER)
			json_push(findings, finding(comparison,
						    &rows->items[i], &known));
	}
	json_add(out, findings);
	json_decref(findings);
	intern_release(&known);
	return 0;
}

const struct compare_format compare_gitlab = {
	.name = "gitlab",
	.summary = "GitLab: a code quality report",
	.write = gitlab_write,
};
