/* SPDX-License-Identifier: MIT */
/* One function between its callers, above, and its callees, below. */

const sandwichView = {
	title: "Callers & callees",

	build() {
		const acts = (side) => ({
			pick: (node) => this.tell(side, node),
			open: (node) => openFunction(this[side].fn(node)),
		});

		this.up = new Flame("Callers, the nearest at the bottom", acts(
			"callers"));
		this.down = new Flame("Callees, the nearest at the top",
			acts("callees"));
		this.title_ = el("div", { class: "pivot" });
		this.detail = el("div", { class: "detail", "aria-live": "polite" });
		this.pick = functionPicker();
		return el("section", { class: "view fill sandwich" },
			el("div", { class: "bar" }, this.pick),
			el("div", { class: "half" }, el("h3", {}, "Callers"),
				this.up.canvas),
			this.title_,
			el("div", { class: "half" }, el("h3", {}, "Callees"),
				this.down.canvas),
			el("div", { class: "foot" }, this.detail));
	},

	draw() {
		const { data, sums } = app, fn = currentFunction();
		const key = app.key + " " + fn;

		if (this.key !== key) {
			const node = functionNode(data, sums, fn);

			this.key = key;
			this.callers = callersOf(data, { ...node, kids: null });
			this.callees = calleesOf(data, sums, { ...node, kids: null });
			this.detail.replaceChildren(el("span", { class: "dim" },
				"A double click, or s, goes to the function " +
				"that was clicked."));
		}
		this.pick.show(fn);
		this.head(fn);
		this.up.show(this.callers, { all: sums.all, up: true });
		this.down.show(this.callees, { all: sums.all, up: false });
	},

	head(fn) {
		const { data, sums } = app;
		const facts = [["Total", sums.fnTotal[fn]], ["Self",
			sums.fnSelf[fn]]];

		this.title_.replaceChildren(
			el("h2", {}, data.names[fn]),
			el("div", { class: "facts" }, facts.map(([label, ns]) =>
				el("span", {}, label + " ", el("b", {},
					fmtPercent(ns, sums.all)), " " + fmtTime(ns))),
			el("span", {}, "Samples ", el("b", {},
				fmtCount(sums.fnSamples[fn]))),
			el("span", { class: "dim" }, placeOf(fn)),
			el("button", { class: "quiet", on: { click: () =>
				setState({ view: "source" }) } }, "Source lines")));
	},

	tell(side, node) {
		const rows = describe(this[side], node, app.sums.all);

		this.detail.replaceChildren(el("b", {}, rows[0]), " ", el("span",
			{ class: "dim" }, rows.slice(1).filter(Boolean).join(" · ")));
	},
};

/* The one that was chosen, else the one with the most time of its own. */
function currentFunction() {
	const { sums, state, data } = app;
	let best = 0;

	if (state.fn >= 0)
		return state.fn;
	for (let fn = 0; fn < data.fns; fn++)
		if (sums.fnSelf[fn] > sums.fnSelf[best])
			best = fn;
	return best;
}

/* A list of the heaviest functions to choose from. */
function functionPicker() {
	const select = el("select", { "aria-label": "Function", on: {
		change: () => setState({ fn: +select.value }) } });
	const label = el("label", { class: "picker" }, el("span", { class:
		"dim" }, "Function"), select);

	label.show = (fn) => {
		const { data, sums } = app;
		const order = [...Array(data.fns).keys()].filter((i) =>
			sums.fnTotal[i] > 0).sort((a, b) => sums.fnSelf[b] -
			sums.fnSelf[a] || sums.fnTotal[b] - sums.fnTotal[a])
			.slice(0, 200);

		if (!order.includes(fn))
			order.unshift(fn);
		select.replaceChildren(...order.map((i) => el("option",
			{ value: i, selected: i === fn }, data.names[i])));
		select.value = fn;
	};
	return label;
}
