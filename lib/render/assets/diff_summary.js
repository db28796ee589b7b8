/* SPDX-License-Identifier: MIT */
/* The first page: the verdict, what it rests on, what explains it. */

const VERDICT_MARKS = { slower: "▲", faster: "▼", same: "=",
	"cannot-tell": "?" };

function sideName(side) {
	const { name, version } = app.data.raw.sides[side];

	return (name || "?") + (version ? " " + version : "");
}

const summaryView = {
	title: "Summary",

	build() {
		this.body = el("div", { class: "overview" });
		return el("section", { class: "view scroll" }, this.body);
	},

	draw() {
		this.body.replaceChildren(this.hero(), this.metrics(),
			el("div", { class: "columns" },
				el("div", { class: "pile" }, this.functions(),
					this.waits()),
				el("div", { class: "pile" }, this.account(),
					this.modules())));
	},

	hero() {
		const { raw } = app.data;
		/* With the minus sign that the tables have. */
		const whole = (text) =>
			text.replace(/(^|[ (])-(?=\d)/g, "$1−");
		const said = whole(raw.headline);

		return el("div", { class: "hero" },
			el("h2", {}, el("span", { class: "mark-of " +
				raw.verdict, "aria-hidden": "true" },
			VERDICT_MARKS[raw.verdict]),
			said.charAt(0).toUpperCase() + said.slice(1)),
			el("p", {}, sideName(NEW) + " against " +
				sideName(BASE) + "; " + raw.runs + "."),
			this.advice(),
			raw.notices.map(([refusal, text]) => el("p", { class:
				refusal ? "warning" : "" }, (refusal ?
				(raw.forced ? "Forced, although: " :
					"Not comparable: ") : "") +
				whole(text))),
			raw.reasons.map((text, i) => el("p", {}, (i ? "" :
				"Because: ") + whole(text))),
			raw.advice.map((text, i) => el("p", {}, (i ? "" :
				"To get a verdict: ") + whole(text))));
	},

	advice() {
		const said = { upgrade: "Recommendation: upgrade.",
			keep: "Recommendation: keep the base." }[
			app.data.raw.recommendation];

		return said ? el("p", {}, said) : null;
	},

	metrics() {
		const { metrics, threshold } = app.data.raw;
		const changes = metrics.map((metric) => metric.change);
		const deciding = changes.filter((change, i) =>
			metrics[i].decides);
		/* Ends of the others may lie outside of the plot. */
		const scale = 1.1 * Math.min(200, Math.max(2 * threshold,
			plotScale(changes, ["percent"]),
			plotScale(deciding, percentKeys(0))));
		const rows = metrics.map((metric) =>
			this.metric(metric, scale));

		if (!rows.length)
			return null;
		return el("div", { class: "panel wide" },
			el("h3", {}, "Metrics, per run"),
			el("table", { class: "plain metrics" },
				el("thead", {}, el("tr", {}, ["Metric", "Base",
					"New", "Change", "Interval", "",
					"Verdict"].map((head) =>
					el("th", { scope: "col" }, head)))),
				el("tbody", {}, rows)));
	},

	metric(metric, scale) {
		const { change, unit, region } = metric;
		const known = change.low !== null && change.high !== null;
		const cell = (text, name) => el("td", { class: name }, text);
		const ends = !known ? "none" : change.lowPercent === null ?
			fmtChange(unit, change.low) + " to " +
				fmtChange(unit, change.high) :
			fmtShift(change.lowPercent) + " to " +
				fmtShift(change.highPercent);

		return el("tr", { class: metric.decides ? "decides" : "" },
			cell(metric.text + (region ? " of " + region : "")),
			cell(fmtAmount(unit, change.base), "right"),
			cell(fmtAmount(unit, change.new), "right"),
			cell(fmtShift(change.percent) ||
				fmtChange(unit, change.delta), "right strong"),
			cell(intervalPlot(change, scale, percentKeys(
				change.margin || 0)), "plotted"),
			cell(ends, "dim"),
			cell(el("span", { class: "verdict " +
				change.verdict }, metric.says)));
	},

	/* The functions that moved most, each with its interval. */
	functions() {
		const { functions } = app.data.raw;
		const certain = functions.rows.filter((row) =>
			/^(slower|faster)$/.test(row.change.verdict));
		const rows = certain.length ? certain.slice(0, 12) :
			functions.rows.filter((row) =>
				row.change.delta !== 0).slice(0, 5);
		const scale = plotScale(rows.map((row) => row.change),
			nsKeys());

		return el("div", { class: "panel names" },
			el("h3", {}, functions.certain ?
				"Functions that explain the change" :
				"Functions that moved most; none of them " +
				"for certain"),
			rows.map((row) => this.functionRow(row, scale)),
			rows.length ? null : el("p", { class: "dim" },
				"There are no samples of both sides."),
			el("button", { class: "quiet", on: { click: () =>
				setState({ view: "functions", q: "" }) } },
			"All functions"));
	},

	/* What is no CPU time, where that matters. */
	waits() {
		const { waits, clock } = app.data.raw;
		const rows = waits.rows.filter((row) =>
			/^(slower|faster)$/.test(row.change.verdict));
		const scale = plotScale(rows.map((row) => row.change),
			nsKeys());

		if (clock !== "wall" || !rows.length)
			return null;
		return el("div", { class: "panel code" },
			el("h3", {}, "Waits that explain the change, of all " +
				"threads"),
			rows.slice(0, 12).map((row) =>
				this.functionRow(row, scale)));
	},

	functionRow(row, scale) {
		return el("button", { class: "share-row moved", title:
			row.name + "\n" + intervalText(row.change),
		on: { click: () => openFunction(row.fn) } },
		el("span", { class: "mark-of " + row.change.verdict,
			"aria-hidden": "true" },
		VERDICT_MARKS[row.change.verdict]),
		el("span", { class: "label" }, row.name + (row.waitsFor ?
			": " + row.waitsFor.replace(/^waiting for /, "") : "")),
		intervalPlot(row.change, scale, nsKeys()),
		el("span", { class: "value" }, fmtDelta(row.change.delta)),
		el("span", { class: "dim time" }, rowVerdict(row)));
	},

	/* How much of the change is accounted for. */
	account() {
		const { functions, agrees } = app.data.raw;
		const parts = [["certain changes of functions",
			functions.changed], ["uncertain ones",
			functions.unchanged], ["seen by no sample",
			functions.outside]];
		const most = Math.max(1, ...parts.map((part) =>
			Math.abs(part[1] || 0)), Math.abs(functions.total));

		return el("div", { class: "panel" },
			el("h3", {}, "CPU time per run: " +
				fmtDelta(functions.total)),
			parts.map(([label, ns]) => accountRow(label, ns || 0,
				most)),
			agrees ? null : el("p", { class: "warning" },
				"The sampled runs do not show the change " +
				"of the plain ones: take this with care."));
	},

	modules() {
		const { rows } = app.data.raw.codeModules;
		const most = Math.max(1, ...rows.map((row) =>
			Math.abs(row.change.delta)));

		if (!rows.length)
			return null;
		return el("div", { class: "panel" },
			el("h3", {}, "Modules"),
			rows.slice(0, 8).map((row) => accountRow(row.name,
				row.change.delta, most)));
	},
};

function accountRow(label, ns, most) {
	return el("div", { class: "share-row account" },
		el("span", { class: "label", title: label }, label),
		el("span", { class: "track both" }, changeBar(ns, most)),
		el("span", { class: "value" }, fmtDelta(ns) || "0"));
}
