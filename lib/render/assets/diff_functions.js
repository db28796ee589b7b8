/* SPDX-License-Identifier: MIT */
/* Both sides of the code in a table: functions, lines or modules. */

/*
 * A change with its interval: a dot, a line from end to end, and what does
 * not count shaded.  `scale` is the change at either border.
 */
function intervalPlot(change, scale, keys) {
	const [value, low, high] = keys.map((key) => change[key]);
	const place = (at) => clamp(50 + 50 * at / scale, 0, 100);
	const box = el("span", { class: "plot", role: "img",
		"aria-label": low === null || high === null ? "no interval" :
			"interval" });
	const add = (name, from, to) => {
		const part = el("i", { class: name });

		part.style.left = place(from) + "%";
		part.style.width = Math.max(0, place(to) - place(from)) + "%";
		box.append(part);
		return part;
	};

	if (keys.margin)
		add("margin", -keys.margin, keys.margin);
	add("zero", 0, 0);
	if (value === null)
		return box;
	if (low !== null && high !== null)
		add("whisker", low, high).style.background =
			verdictColour(change.verdict);
	const dot = add("dot-at", value, value);

	dot.style.width = "";
	dot.style.background = verdictColour(change.verdict);
	return box;
}

function nsKeys() {
	return ["delta", "low", "high"];
}

function percentKeys(margin) {
	return Object.assign(["percent", "lowPercent", "highPercent"],
		{ margin });
}

/* The largest change or end of an interval, for one scale of all rows. */
function plotScale(changes, keys) {
	let most = 0;

	for (const change of changes)
		for (const key of keys)
			if (change[key] !== null)
				most = Math.max(most, Math.abs(change[key]));
	return most || Number.MIN_VALUE;
}

function plainCell(text, name) {
	return el("span", { class: "cell number " + (name || ""),
		role: "gridcell" }, text);
}

const DIFF_SORTS = {
	delta: (row) => Math.abs(row.change.delta),
	base: (row) => row.change.base,
	new: (row) => row.change.new,
	verdict: (row) => ({ slower: 3, faster: 2, "cannot-tell": 1 }[
		row.change.verdict] || 0),
	name: (row) => row.name,
};

const diffFunctionsView = {
	title: "Code",

	columns: [
		["base", "Base", "number time"], ["new", "New", "number time"],
		["delta", "Change", "number"], [null, "Interval", "plotted"],
		["verdict", "Verdict", "verdict"],
		["name", "Function", "name"],
	],

	build() {
		this.list = new LongList({ id: "functions",
			label: "Functions; Enter shows the flame graph",
			row: (i) => this.row(i),
			enter: (i) => this.rows[i].fn !== null &&
				openFunction(this.rows[i].fn) });
		this.heads = this.columns.map(([key, label, name]) =>
			el(key ? "button" : "span", { class: "cell " + name,
				role: "columnheader", on: key ? { click: () =>
					setState({ sort: key }) } : {} },
			label));
		this.copy = el("button", { class: "quiet", on: { click: () =>
			copyText(this.csv(), this.copy) } }, "Copy as CSV");
		this.told = el("p", { class: "dim" });
		this.kinds = Object.keys(CODE_KINDS).map((by) =>
			el("button", { class: "choice", "data-by": by,
				on: { click: () => setState({ by }) } },
			CODE_KINDS[by]));
		return el("section", { class: "view fill" },
			el("div", { class: "bar" },
				el("div", { class: "switch", role: "group",
					"aria-label": "Rows" }, this.kinds),
				this.told, this.copy),
			el("div", { class: "head", role: "row" }, this.heads),
			this.list.box);
	},

	draw() {
		const { state, found } = app;
		const value = DIFF_SORTS[state.sort];
		const pattern = found && patternOf(state.q);
		const shown = state.by + " " + state.sort;

		if (this.shown !== shown)
			this.list.box.scrollTop = this.list.at = 0;
		this.shown = shown;
		for (const kind of this.kinds)
			kind.setAttribute("aria-pressed",
				kind.dataset.by === state.by);
		this.rows = this.code().rows.filter((row) => !found ||
			pattern.test(row.name));
		this.rows.sort((a, b) => {
			const x = value(a), y = value(b);

			if (state.sort === "name")
				return x < y ? -1 : x > y ? 1 : 0;
			return y - x || DIFF_SORTS.delta(b) -
				DIFF_SORTS.delta(a);
		});
		this.scale = plotScale(this.rows.slice(0, 50).map((row) =>
			row.change), nsKeys());
		this.columns.forEach(([key], i) => {
			if (key)
				this.heads[i].setAttribute("aria-sort",
					key !== state.sort ? "none" :
						key === "name" ? "ascending" :
							"descending");
		});
		this.tell(found);
		this.list.show(this.rows.length);
	},

	code() {
		const { functions, lines, codeModules } = app.data.raw;

		return { functions, lines, modules: codeModules }[
			app.state.by];
	},

	tell(found) {
		const code = this.code(), left = code.count - code.rows.length;

		this.told.textContent = (found ?
			plural(this.rows.length, "row fits", "rows fit") +
			" the search; " : "") + "of " +
			fmtCount(code.count) + ", " + fmtCount(code.certain) +
			" certainly changed; own CPU time per run" + (left ?
			"; " + fmtCount(left) + " with smaller changes are " +
			"left out" : "");
	},

	row(i) {
		const row = this.rows[i], { change } = row;
		const name = row.fn === null ? rowName(row) : nameCell(row.fn);

		return el("div", { role: "row", "data-name": row.name,
			"data-delta": Math.round(change.delta) },
		plainCell(fmtAmount("ns", change.base), "time"),
		plainCell(fmtAmount("ns", change.new), "time"),
		plainCell(el("b", {}, fmtDelta(change.delta))),
		el("span", { class: "cell plotted", role: "gridcell",
			title: intervalText(change) },
		intervalPlot(change, this.scale, nsKeys())),
		el("span", { class: "cell verdict " + change.verdict,
			role: "gridcell", title: rowVerdict(row) },
		rowVerdict(row)), name);
	},

	csv() {
		const quote = (text) => "\"" + String(text || "").replace(/"/g,
			"\"\"") + "\"";
		const number = (value) => value === null ? "" :
			Math.round(value);

		return ["base_ns,new_ns,change_ns,low_ns,high_ns,verdict," +
			"function,module,file",
		...this.rows.map(({ change, name, module, file }) => [
			number(change.base), number(change.new),
			number(change.delta), number(change.low),
			number(change.high), change.verdict, quote(name),
			quote(module), quote(file)].join(","))]
			.join("\n") + "\n";
	},
};

/* Of what is no function: a line, a module. */
function rowName(row) {
	const place = row.file ? baseName(row.file) + (row.line ?
		":" + row.line : "") : baseName(row.module);

	return el("span", { class: "cell name", role: "gridcell",
		title: row.name }, el("span", { class: "fn" }, row.name),
	el("span", { class: "place" }, place === row.name ? "" : place));
}

function intervalText(change) {
	if (change.low === null || change.high === null)
		return "no interval: " + change.by;
	return fmtDelta(change.low) + " to " + fmtDelta(change.high) +
		", with " + fmtFigure(change.level * 100) + "%, by " +
		change.by;
}
