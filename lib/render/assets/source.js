/* SPDX-License-Identifier: MIT */
/* The lines of a function with their time; their text when it is here. */

const CONTEXT_LINES = 6;

const sourceView = {
	title: "Source",

	build() {
		this.pick = functionPicker();
		this.note = el("p", { class: "dim" });
		this.body = el("div", { class: "code", tabindex: "0",
			role: "region", "aria-label": "Source lines" });
		return el("section", { class: "view fill" },
			el("div", { class: "bar" }, this.pick, this.note),
			el("div", { class: "head" },
				el("span", { class: "cell number" }, "Self"),
				el("span", { class: "cell number self" },
					"Total"),
				el("span", { class: "cell number line" },
					"Line"),
				el("span", { class: "cell name" }, "Source")),
			this.body);
	},

	draw() {
		const { data, sums } = app, fn = currentFunction();
		const key = app.key + " " + fn;

		this.pick.show(fn);
		if (this.drawn === key)
			return;
		this.drawn = key;
		this.fn = fn;
		const lines = linesOf(data, sums, fn).filter((row) =>
			row.line > 0);

		this.note.textContent = this.noteOf(lines);
		this.body.replaceChildren(...this.files(lines).flatMap((rows) =>
			this.fileRows(rows)));
		if (!lines.length)
			this.body.append(el("p", { class: "empty" },
				"No source lines are known for this " +
				"function. They come from debug " +
				"information: compile with -g, or install " +
				"the package with the debug symbols."));
		const hot = this.body.querySelector(".hottest");

		if (hot)
			hot.scrollIntoView({ block: "center" });
	},

	noteOf(lines) {
		const { sources } = app.data.raw;

		if (!lines.length || (sources && sources[lines[0].file]))
			return "";
		if (sources)
			return "The text of this file was not found where " +
				"the page was made";
		return "To see the text of the lines: cprof report --html " +
			"--embed-source";
	},

	files(lines) {
		const groups = new Map();

		for (const row of lines) {
			if (!groups.has(row.file))
				groups.set(row.file, []);
			groups.get(row.file).push(row);
		}
		return [...groups.values()];
	},

	/* With text: all lines from the first to the last, and some around. */
	fileRows(rows) {
		const { raw } = app.data, file = rows[0].file;
		const text = raw.sources && raw.sources[file];
		const hottest = rows.reduce((best, row) =>
			row.self > best.self ? row : best);
		const out = [el("div", { class: "file" }, raw.files[file] ||
			"")];

		if (!text)
			return out.concat(rows.map((row) => this.line(row, null,
				row === hottest)));
		const known = new Map(rows.map((row) => [row.line, row]));
		const source = text.split("\n");
		const last = Math.min(source.length,
			rows[rows.length - 1].line +
			CONTEXT_LINES);

		for (let at = Math.max(1, rows[0].line - CONTEXT_LINES); at <=
			last;
			at++) {
			const row = known.get(at) || { line: at, self: 0,
				total: 0 };

			out.push(this.line(row, source[at - 1], row ===
				hottest));
		}
		return out;
	},

	line(row, text, hottest) {
		const { sums } = app;
		const heat = el("i", { class: "heat" });

		heat.style.opacity = Math.min(1, Math.sqrt(row.self /
			Math.max(1, sums.fnSelf[this.fn]))) * 0.5;
		return el("div", { class: hottest && row.self ?
			"source-line hottest" : "source-line" }, heat,
			el("span", { class: "cell number" }, row.self ?
				fmtPercent(row.self, sums.all) : ""),
			el("span", { class: "cell number self" }, row.total ?
				fmtPercent(row.total, sums.all) : ""),
			el("span", { class: "cell number line" },
				String(row.line)),
			el("code", { class: "cell name" }, text || ""));
	},
};
