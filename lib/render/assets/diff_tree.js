/* SPDX-License-Identifier: MIT */
/* The call tree of both sides; what changed most comes first. */

/*
 * Changes do not cancel here: a node is as large as what moved below it,
 * in whichever direction.
 */
function movedBelow(data) {
	const { parent, count } = data.tree, [base, fresh] = data.sides;
	const moved = fresh.self.map((ns, i) => Math.abs(ns - base.self[i]));

	for (let i = count - 1; i > 0; i--)
		moved[parent[i]] += moved[i];
	return moved;
}

function byChange(data) {
	const both = widthSums(data, "both");

	return topDown(data, { ...both, total: movedBelow(data) });
}

const diffTreeView = {
	...treeView,

	build() {
		this.buildList();
		this.clocks = clockSwitch();
		this.told = el("p", { class: "dim" });
		return el("section", { class: "view fill" },
			el("div", { class: "bar" },
				this.told, el("div", { class: "ways" },
					this.clocks)),
			el("div", { class: "head" },
				["Base", "New"].map((side) => el("span",
					{ class: "cell number time" }, side)),
				el("span", { class: "cell number" }, "Change"),
				el("span", { class: "cell moved" }),
				el("span", { class: "cell number time" },
					"Own"),
				el("span", { class: "cell name" },
					"Function")),
			this.list.box);
	},

	draw() {
		const words = CLOCK_WORDS[app.state.clock];

		showClock(this.clocks);
		this.told.textContent = words.charAt(0).toUpperCase() +
			words.slice(1) + ", per run, with all below; what " +
			"changed most comes first";
		if (this.tree !== app.data.tree) {
			this.tree = app.data.tree;
			this.source = byChange(app.data);
			this.rows = this.below(this.source.root, 0);
			this.openHot();
		}
		this.list.show(this.rows.length);
	},

	row(i) {
		const row = this.rows[i], { node } = row;
		const [base, fresh] = app.data.sides;
		const kids = this.source.kids(node).length;
		const twist = el("span", { class: kids ?
			"twist" : "twist leaf" },
		kids ? (row.open ? "▾" : "▸") : "");
		const fate = nodeFate(node);
		const name = nameCell(this.source.fn(node), twist);
		const own = fresh.self[node] - base.self[node];

		name.style.paddingLeft = Math.min(row.depth, 60) * 0.9 + "rem";
		if (fate)
			name.append(el("span", { class: "fate" },
				fate > 0 ? "new" : "gone"));
		return el("div", { role: "row", "aria-level": row.depth + 1,
			"aria-expanded": kids ? row.open : null },
		plainCell(fmtAmount("ns", base.total[node] || null), "time"),
		plainCell(fmtAmount("ns", fresh.total[node] || null), "time"),
		plainCell(el("b", {}, fmtDelta(nodeDelta(node)))),
		el("span", { class: "cell moved", role: "gridcell" },
			el("span", { class: "track both" },
				changeBar(nodeDelta(node), app.data.most))),
		plainCell(own ? fmtDelta(own) : "–", "time"), name);
	},

	key(event) {
		if (event.key === "c")
			nextClock();
		else if (event.key === "n" || event.key === "N")
			this.nextMatch(event.key === "N" ? -1 : 1);
		else
			return false;
		return true;
	},
};

/* To the left for less, to the right for more. */
function changeBar(delta, most) {
	const bar = el("i", { class: "share" });
	const part = 50 * Math.min(1, Math.abs(delta) / most);

	bar.style.left = (delta < 0 ? 50 - part : 50) + "%";
	bar.style.width = part + "%";
	bar.style.background = diffColour(delta, most);
	return bar;
}
