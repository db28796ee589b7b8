/* SPDX-License-Identifier: MIT */
/* Processes, threads, modules; and all that is known of the recording. */

/* Numbers end below each other; a column is what its first cell is. */
function dataTable(label, heads, rows) {
	const kinds = heads.map((head, i) => rows.length &&
		/^[<−–]?\d|^–$/.test(rows[0][i]) ? "amount" : null);

	return el("table", { class: "plain", "aria-label": label },
		el("thead", {}, el("tr", {}, heads.map((head, i) =>
			el("th", { scope: "col", class: kinds[i] }, head)))),
		el("tbody", {}, rows.map((cells) => el("tr", {},
			cells.map((cell, i) =>
				el("td", { class: kinds[i] }, cell))))));
}

function whoButton(who, label) {
	return el("button", { class: app.state.who === who ? "link on" :
		"link", title: "Show only this", on: { click: () =>
		setState({ who: app.state.who === who ? "" : who }) } }, label);
}

const modulesView = {
	title: "Processes & modules",

	build() {
		this.body = el("div", { class: "tables" });
		return el("section", { class: "view scroll" }, this.body);
	},

	draw() {
		const { regions, metrics } = app.data.raw;
		const whole = (hasRange() || app.state.who) && !hasAllCalls() ?
			", of the whole recording" : "";
		const told = (rows, title, table) => rows.length ?
			[el("h3", {}, title), table()] : [];

		this.body.replaceChildren(
			...told(regions, "Regions" + whole, regionsTable),
			el("h3", {}, "Processes and threads"), this.processes(),
			el("h3", {}, "Modules"), this.modules(),
			...told(metrics, "Metrics", metricsTable));
	},

	processes() {
		const { raw } = app.data, { byThread, all } = app.sums;
		const rows = [];

		raw.processes.forEach((process, p) => {
			const threads = app.data.threadsOf[p].slice();
			const weight = threads.reduce((sum, i) =>
				sum + byThread[i], 0);

			rows.push([weight, [whoButton("p" + p, process.name),
				String(process.pid), fmtTime(process.start),
				process.peak ? fmtBytes(process.peak) : "–",
				shareCell(weight, all, ""), fmtTime(weight)]]);
			if (threads.length > 1)
				threads.sort((a, b) =>
					byThread[b] - byThread[a])
					.slice(0, 200).forEach((i) =>
						rows.push([weight,
						this.thread(i, all)]));
		});
		return dataTable("Processes and threads", ["Name", "Id",
			"Start",
			"Peak memory", "Share", "Time"], rows.sort((a, b) =>
			b[0] - a[0]).slice(0, 600).map((row) => row[1]));
	},

	thread(i, all) {
		const row = app.data.raw.threads[i], ns = app.sums.byThread[i];

		return [el("span", { class: "indent" }, whoButton("t" + i,
			row.name)), String(row.tid), fmtTime(row.start), "",
			shareCell(ns, all, ""), fmtTime(ns)];
	},

	modules() {
		const weights = moduleWeights(), { data, sums } = app;

		return dataTable("Modules", ["Module", "Share", "Time", "Path",
			"Build id"], heaviest(weights, 400).map((i) => [
			el("span", { class: "name" }, moduleDot(i),
				data.modules[i].name),
			shareCell(weights[i], sums.all, ""),
				fmtTime(weights[i]),
			el("span", { class: "path" }, data.modules[i].path),
			el("code", { title: data.modules[i].build },
				data.modules[i].build.slice(0, 12))]));
	},
};

const infoView = {
	title: "Info",

	build() {
		this.body = el("div", { class: "infos" });
		return el("section", { class: "view scroll" }, this.body);
	},

	draw() {
		const { profile } = app.data.raw;

		this.body.replaceChildren(
			...profile.runs.slice(0, 20).map((run, i) =>
				this.run(run, i, profile.runs.length)),
			...profile.files.slice(0, 20).map((file) =>
				this.machine(file)),
			this.page(), keysPanel());
	},

	run(run, i, count) {
		return infoList(count > 1 ? "Run " + (i + 1) : "Run", [
			["Command", run.command.join(" ")], ["Name", run.name],
			["Version", run.version],
			["Labels", run.labels.map((label) => label.key + "=" +
				label.value).join(", ")],
			["Started", run.start_realtime_ns ?
				new Date(run.start_realtime_ns / 1e6)
					.toISOString() : ""],
			["Wall time", fmtTime(run.wall_ns)],
			["Asked rate", run.kind === "plain" ?
				"not sampled" : run.rate_hz + " Hz"],
			["Allowed cost", run.max_overhead_ppm ?
				run.max_overhead_ppm / 1e4 + "%" : ""],
			["Exit status", run.exit_status],
			["Ended", run.ended ?
				"" : "no: the recording is cut off"],
		]);
	},

	machine(file) {
		return infoList("Machine", [["File", file.path],
			["Host", file.host], ["Kernel", file.kernel],
			["CPU", file.cpu_count + " × " + (file.cpu_model ||
				file.machine)],
			["Recorded by", "cprof " + file.cprof_version]]);
	},

	page() {
		const { raw, tree, rec } = app.data, { pruned } = raw;

		return infoList("This page", [
			["Nodes of the call tree", fmtCount(tree.count - 1)],
			["Records", fmtCount(rec.count)],
			["Steps of time", fmtCount(raw.slots) + " of " +
				fmtTime(app.data.slotNs)],
			["Merged into (other)", pruned.nodes ?
				fmtCount(pruned.nodes) + " calls with " +
				fmtTime(pruned.cpu) + " CPU time, " +
				fmtTime(pruned.wall) +
					" wall time" : "nothing"],
			["Network",
				"never used: the page's policy forbids it"]]);
	},
};

const KEYS = [["1 – 9", "the views"], ["/ or Ctrl F", "search"],
	["n, N", "next match, the one before"],
	["↓", "from the search to what it found"],
	["c", "the next clock: CPU, wall, off-CPU"],
	["i", "flame upside down; tree from the other end"],
	["0", "no zoom"], ["Esc", "end search, range, zoom"],
	["arrows", "move in the graph, tree, table, time"],
	["Enter", "zoom in; show callers and callees"],
	["→ ← *", "open, close, open all (tree)"],
	["[ ]", "move the range of time"], ["d", "dark or light"],
	["?", "these keys"]];
