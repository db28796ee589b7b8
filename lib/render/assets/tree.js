/* SPDX-License-Identifier: MIT */
/* The call tree as a list that opens: callees below, or callers. */

const treeView = {
	title: "Call tree",

	buildList() {
		this.list = new LongList({ id: "tree", role: "treegrid",
			label: "Call tree; right opens, left closes, " +
				"* opens all",
			row: (i) => this.row(i), enter: (i) => this.open(i),
			key: (event, i) => this.rowKey(event, i),
			click: (i, event) => {
				if (event.target.closest(".twist"))
					this.toggle(i);
			} });
	},

	build() {
		this.buildList();
		this.ways = ["Top down", "Bottom up"].map((label, way) =>
			el("button", { class: "choice", on: { click: () =>
				setState({ inverted: way === 1 }) } }, label));
		return el("section", { class: "view fill" },
			el("div", { class: "bar" }, el("div", { class: "switch",
				role: "group", "aria-label": "Direction" },
					this.ways),
				el("p", { class: "dim hint" },
					"→ opens · ← closes · * opens all " +
					"below · Enter shows callers and " +
					"callees")),
			el("div", { class: "head" },
				el("span", { class: "cell number" }, "Total"),
				el("span", { class: "cell number time" },
					"Time"),
				el("span", { class: "cell number self" },
					"Self"),
				el("span", { class: "cell name" }, "Function")),
			this.list.box);
	},

	draw() {
		const { data, sums, state } = app;
		const key = app.key + state.inverted;

		if (this.drawn !== key) {
			this.drawn = key;
			this.source = state.inverted ? bottomUp(data, sums) :
				topDown(data, sums);
			this.rows = this.below(this.source.root, 0);
			if (!state.inverted)
				this.openHot();
		}
		this.ways.forEach((button, way) => button.setAttribute(
			"aria-pressed", state.inverted === (way === 1)));
		this.list.show(this.rows.length);
	},

	below(node, depth) {
		return this.source.kids(node).map((kid) =>
			({ node: kid, depth, open: false }));
	},

	/* Down the heaviest path, as long as it holds most of its caller. */
	openHot() {
		for (let i = 0, steps = 0; steps < 24 &&
			this.rows[i]; steps++) {
			const row = this.rows[i];
			const weight = this.source.weight(row.node);
			const kids = this.source.kids(row.node);

			if (!kids.length ||
			    this.source.weight(kids[0]) < weight * 0.3)
				return;
			this.expand(i);
			i++;
		}
	},

	expand(i) {
		const row = this.rows[i];

		if (row.open)
			return;
		row.open = true;
		this.rows = this.rows.slice(0, i + 1).concat(
			this.below(row.node, row.depth + 1),
			this.rows.slice(i + 1));
	},

	collapse(i) {
		let end = i + 1;

		while (end < this.rows.length &&
		       this.rows[end].depth > this.rows[i].depth)
			end++;
		this.rows[i].open = false;
		this.rows.splice(i + 1, end - i - 1);
	},

	toggle(i) {
		if (this.rows[i].open)
			this.collapse(i);
		else
			this.expand(i);
		this.list.show(this.rows.length);
	},

	/* All below, but no more rows than anybody would read. */
	expandAll(i) {
		const depth = this.rows[i].depth;
		let added = 0;

		for (let at = i; at < this.rows.length && added < 2000; at++) {
			if (at > i && this.rows[at].depth <= depth)
				break;
			const before = this.rows.length;

			if (this.source.weight(this.rows[at].node) >=
			    app.sums.all / 1000)
				this.expand(at);
			added += this.rows.length - before;
		}
		this.list.show(this.rows.length);
	},

	row(i) {
		const row = this.rows[i], { source } = this, all = app.sums.all;
		const kids = source.kids(row.node).length;
		const twist = el("span", { class: kids ?
			"twist" : "twist leaf" },
			kids ? (row.open ? "▾" : "▸") : "");
		const name = nameCell(source.fn(row.node), twist);

		name.style.paddingLeft = Math.min(row.depth, 60) * 0.9 + "rem";
		return el("div", { role: "row", "aria-level": row.depth + 1,
			"aria-expanded": kids ? row.open : null },
			shareCell(source.weight(row.node), all, ""),
			timeCell(source.weight(row.node)),
			shareCell(source.self(row.node), all, "self"), name);
	},

	rowKey(event, i) {
		const row = this.rows[i];

		if (!row)
			return false;
		if (event.key === "ArrowRight" && !row.open)
			this.toggle(i);
		else if (event.key === "ArrowRight")
			this.list.move(i + 1);
		else if (event.key === "ArrowLeft" && row.open)
			this.toggle(i);
		else if (event.key === "ArrowLeft")
			this.toCaller(i);
		else if (event.key === "*")
			this.expandAll(i);
		else
			return false;
		return true;
	},

	toCaller(i) {
		let at = i;

		while (at > 0 && this.rows[at].depth >= this.rows[i].depth)
			at--;
		this.list.move(at);
	},

	open(i) {
		openFunction(this.source.fn(this.rows[i].node));
	},

	key(event) {
		if (event.key === "i")
			setState({ inverted: !app.state.inverted });
		else if (event.key === "n" || event.key === "N")
			this.nextMatch(event.key === "N" ? -1 : 1);
		else
			return false;
		return true;
	},

	isMatch(node) {
		return app.found && app.found.hit[this.source.fn(node)];
	},

	/* The way to the first match below, as far as `left` nodes go. */
	wayDown(node, left, depth) {
		for (const kid of this.source.kids(node)) {
			if (left.nodes-- <= 0 || depth > 1000)
				return null;
			const below = this.isMatch(kid) ? [] :
				this.wayDown(kid, left, depth + 1);

			if (below)
				return [kid, ...below];
		}
		return null;
	},

	/* Where row `i` leads to a hidden match: open it, and go there. */
	openTo(i, left) {
		const way = this.rows[i].open ? null :
			this.wayDown(this.rows[i].node, left, 0);

		for (const node of way || []) {
			this.expand(i);
			i = this.rows.findIndex((row, at) => at > i &&
				row.node === node);
		}
		return way ? i : -1;
	},

	/* The next row that the search fits; backwards, of those on show. */
	nextMatch(step) {
		const left = { nodes: 50000 }, count = this.rows.length;
		let found = app.found && step > 0 && count ?
			this.openTo(this.list.at, left) : -1;

		for (let n = 1; n <= count && app.found && found < 0; n++) {
			const i = (this.list.at + n * step + count * n) % count;

			if (this.isMatch(this.rows[i].node))
				found = i;
			else if (step > 0)
				found = this.openTo(i, left);
		}
		if (found < 0)
			return;
		this.list.show(this.rows.length);
		this.list.move(found);
	},
};
