/* SPDX-License-Identifier: MIT */
/* All functions in a table: sorted, filtered by the search, copied. */

const functionsView = {
	title: "Functions",
	sort: "self",
	falling: true,

	columns: [
		["self", "Self", "number"], ["selfTime", "Self time",
			"number time"],
		["total", "Total", "number self"],
		["totalTime", "Total time", "number time"],
		["samples", "Samples", "number samples"],
		["name", "Function", "name"],
	],

	build() {
		this.list = new LongList({ id: "functions",
			label: "Functions; Enter shows callers and callees",
			row: (i) => this.row(i),
			enter: (i) => openFunction(this.fns[i]) });
		this.heads = this.columns.map(([key, label, name]) =>
			el("button", { class: "cell " + name,
				role: "columnheader",
				on: { click: () => this.sortBy(key) } },
					label));
		this.copy = el("button", { class: "quiet", on: { click: () =>
			copyText(this.csv(), this.copy) } }, "Copy as CSV");
		this.told = el("p", { class: "dim" });
		return el("section", { class: "view fill" },
			el("div", { class: "bar" }, this.told, this.copy),
			el("div", { class: "head", role: "row" }, this.heads),
			this.list.box);
	},

	/* By function. */
	values() {
		const { sums, data } = app;

		return { self: sums.fnSelf, total: sums.fnTotal,
			samples: sums.fnSamples, name: data.names
		}[this.sort.replace("Time", "")];
	},

	draw() {
		const { data, sums, found } = app;

		const values = this.values();

		this.fns = [];
		for (let fn = 0; fn <= data.fns; fn++)
			if (sums.fnTotal[fn] > 0 && (!found || found.hit[fn]))
				this.fns.push(fn);
		this.fns.sort((a, b) => {
			const x = values[a], y = values[b];
			const order = x < y ? -1 : x > y ? 1 :
				sums.fnTotal[a] - sums.fnTotal[b] || b - a;

			return this.falling ? -order : order;
		});
		this.columns.forEach(([key], i) => this.heads[i].setAttribute(
			"aria-sort", key !== this.sort ? "none" :
				this.falling ? "descending" : "ascending"));
		this.told.textContent = plural(this.fns.length, "function",
			"functions") + (found ? " fit the search" : "");
		this.list.box.dataset.total = Math.round(sums.all);
		this.list.box.dataset.samples = Math.round(sums.count);
		this.list.show(this.fns.length);
	},

	sortBy(key) {
		this.falling = this.sort === key ? !this.falling : key !==
			"name";
		this.sort = key;
		this.list.at = 0;
		this.list.box.scrollTop = 0;
		this.draw();
	},

	row(i) {
		const fn = this.fns[i], { sums } = app;

		return el("div", { role: "row", "data-fn": fn,
			"data-self": Math.round(sums.fnSelf[fn]),
			"data-total": Math.round(sums.fnTotal[fn]) },
			shareCell(sums.fnSelf[fn], sums.all, ""),
			timeCell(sums.fnSelf[fn]),
			shareCell(sums.fnTotal[fn], sums.all, "self"),
			timeCell(sums.fnTotal[fn]),
			el("span", { class: "cell number samples",
				role: "gridcell" }, fmtCount(
					sums.fnSamples[fn])),
			nameCell(fn));
	},

	csv() {
		const { data, sums } = app;
		const quote = (text) => "\"" + String(text || "").replace(/"/g,
			"\"\"") + "\"";
		const lines = this.fns.map((fn) => [Math.round(sums.fnSelf[fn]),
			Math.round(sums.fnTotal[fn]),
			Math.round(sums.fnSamples[fn]), quote(data.names[fn]),
			quote(fn < data.fns ?
				data.modules[data.moduleOf[fn]].path :
				""), quote(data.raw.fnFile[fn])].join(","));

		return ["self_ns,total_ns,samples,function,module,file",
			...lines].join("\n") + "\n";
	},
};
