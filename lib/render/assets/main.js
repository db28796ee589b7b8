/* SPDX-License-Identifier: MIT */
/* The page of one profile: clock, threads, range of time, keys. */

const views = { overview: overviewView, flame: flameView,
	timeline: timelineView, tree: treeView, functions: functionsView,
	sandwich: sandwichView, source: sourceView, modules: modulesView,
	info: infoView };

const clockSwitch = {
	build() {
		const labels = { cpu: "CPU", wall: "Wall",
			"off-cpu": "Off-CPU" };

		this.buttons = CLOCKS.map((clock) => el("button", {
			class: "choice", title: "Weigh by " + clockLabel(clock),
			on: { click: () => setState({ clock }) } },
				labels[clock]));
		return el("div", { class: "switch", role: "group",
			"aria-label": "Clock" }, this.buttons);
	},

	update(state) {
		CLOCKS.forEach((clock, i) => this.buttons[i].setAttribute(
			"aria-pressed", clock === state.clock));
	},
};

const whoSelect = {
	build() {
		const { processes } = app.data.raw;
		const options = [el("option", { value: "" }, "All threads")];

		processes.slice(0, 500).forEach((process, p) => {
			const group = el("optgroup", { label: process.name +
				" " +
				process.pid });

			if (processes.length > 1)
				group.append(el("option", { value: "p" + p },
					process.name + " (process)"));
			for (const i of app.data.threadsOf[p].slice(0, 500))
				group.append(el("option", { value: "t" + i },
					threadLabel(i)));
			options.push(group);
		});
		this.select = el("select", { "aria-label": "Threads",
			on: { change:
			() => setState({ who: this.select.value }) } },
				options);
		return this.select;
	},

	update(state) {
		this.select.value = state.who;
		if (this.select.value !== state.who)
			this.select.value = "";
	},
};

/* What narrows the view, each with a way out. */
const chips = {
	build() {
		this.box = el("div", { class: "chips", "aria-live": "polite" });
		return this.box;
	},

	update(state) {
		const chip = (label, change) => el("button", { class: "chip",
			title: "Remove", on: { click: () =>
				setState(change) } },
			label, el("span", { "aria-hidden": "true" }, "×"));
		const list = [];

		if (hasRange())
			list.push(chip(fmtTime(slotTime(state.from)) + " – " +
				fmtTime(slotTime(state.to)),
				{ from: 0, to: app.data.raw.slots }));
		if (state.who) {
			const id = parseInt(state.who.slice(1), 10);
			const rows = state.who[0] === "p" ?
				app.data.raw.processes : app.data.raw.threads;
			const row = rows[id];

			list.push(chip(row ? row.name : "none", { who: "" }));
		}
		if (state.zoom && state.view === "flame")
			list.push(chip("zoom", { zoom: 0 }));
		this.box.replaceChildren(...list);
	},
};

function escapeKey() {
	const { state } = app;

	if (state.q)
		setState({ q: "" });
	else if (hasRange())
		setState({ from: 0, to: app.data.raw.slots });
	else if (state.zoom)
		setState({ zoom: 0 });
	else if (state.who)
		setState({ who: "" });
}

function moveRange(key) {
	rangeKey({ key: key === "[" ? "ArrowLeft" : "ArrowRight",
		preventDefault() {}, stopPropagation() {} });
}

function titleLine() {
	const { profile } = app.data.raw, run = mainRun(profile);
	const command = run ? run.command.join(" ") : "";

	return el("div", { class: "title" },
		el("h1", { title: command }, run ? run.name +
			(run.version ? " " + run.version : "") : "profile"),
		el("p", { class: "dim", title: command }, command));
}

/* Keys that are not those of every page. */
function pageKey(event) {
	const at = CLOCKS.indexOf(app.state.clock);

	if (event.key === "c")
		setState({ clock: CLOCKS[(at + 1) % CLOCKS.length] });
	else if (event.key === "[" || event.key === "]")
		moveRange(event.key);
	else if (event.key === "Escape")
		escapeKey();
	else
		return false;
	return true;
}

openPage({
	read(raw) {
		const data = readData(raw);

		rankModules(data);
		return data;
	},

	parts: [themePart, clockSwitch, whoSelect, searchBox, chips, strip,
		stage],

	build() {
		return [el("div", { class: "top" }, titleLine(),
			clockSwitch.build(), whoSelect.build(),
			searchBox.build()),
		el("div", { class: "when" }, strip.build(), chips.build())];
	},

	resize() {
		strip.draw();
	},
});
