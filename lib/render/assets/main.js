/* SPDX-License-Identifier: MIT */
/* The frame around the views: tabs, clock, threads, search, keys, theme. */

const views = { overview: overviewView, flame: flameView,
	timeline: timelineView, tree: treeView, functions: functionsView,
	sandwich: sandwichView, source: sourceView, modules: modulesView,
	info: infoView };

function applyTheme(wanted) {
	const dark = matchMedia("(prefers-color-scheme: dark)").matches;

	document.documentElement.dataset.theme = wanted ||
		(dark ? "dark" : "light");
}

/* Which view is shown; a view is built when it is first looked at. */
const stage = {
	build() {
		this.box = el("main", { id: "stage" });
		this.tabs = VIEWS.map((id, i) => el("button", { class: "tab",
			role: "tab", id: "tab-" + id, on: { click: () =>
				setState({ view: id }) } },
			el("span", {}, views[id].title),
			el("kbd", { "aria-hidden": "true" }, String(i + 1))));
		this.nav = el("nav", { class: "tabs", role: "tablist",
			"aria-label": "Views", on: { keydown: (event) =>
				this.tabKey(event) } }, this.tabs);
	},

	tabKey(event) {
		const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1,
			ArrowLeft: -1 }[event.key];

		if (!step)
			return;
		const at = clamp(VIEWS.indexOf(app.state.view) + step, 0,
			VIEWS.length - 1);

		setState({ view: VIEWS[at] });
		this.tabs[at].focus();
		event.preventDefault();
		event.stopPropagation();
	},

	update(state, before) {
		const view = views[state.view];

		if (!view.root) {
			view.root = view.build();
			view.root.id = "view-" + state.view;
			view.root.setAttribute("role", "tabpanel");
		}
		if (!before || before.view !== state.view ||
		    !this.box.firstChild) {
			this.box.replaceChildren(view.root);
			tip.hide();
		}
		VIEWS.forEach((id, i) => {
			this.tabs[i].setAttribute("aria-selected", id ===
				state.view);
			this.tabs[i].tabIndex = id === state.view ? 0 : -1;
		});
		view.draw();
		paintSwatches(view.root);
		const tab = this.tabs[VIEWS.indexOf(state.view)];

		if (this.nav.scrollWidth > this.nav.clientWidth)
			this.nav.scrollLeft = tab.offsetLeft - rem(3);
	},
};

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

const searchBox = {
	build() {
		let timer = 0;

		this.input = el("input", { type: "search", id: "search",
			placeholder: "Search (regular expression)",
			"aria-label": "Search functions", spellcheck: "false",
			on: { input: () => {
				clearTimeout(timer);
				timer = setTimeout(() => setState({
					q: this.input.value }), 90);
			}, keydown: (event) => this.key(event) } });
		this.told = el("output", { for: "search" });
		return el("label", { class: "search" }, this.input, this.told);
	},

	key(event) {
		event.stopPropagation();
		if (event.key === "Escape") {
			this.input.value = "";
			setState({ q: "" });
			this.input.blur();
		} else if (event.key === "Enter") {
			setState({ q: this.input.value });
			if (app.state.view === "flame")
				flameView.nextMatch(event.shiftKey ? -1 : 1);
		}
	},

	update(state) {
		const found = app.found;

		if (document.activeElement !== this.input)
			this.input.value = state.q;
		this.told.textContent = !found ? "" : found.functions ?
			fmtPercent(found.weight, app.sums.all) : "no match";
		this.told.title = found ? plural(found.functions, "function",
			"functions") + " fit" : "";
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

const help = {
	build() {
		this.box = el("dialog", { class: "help", "aria-label": "Keys" },
			keysPanel(), el("button", { class: "quiet", on: {
				click: () => this.box.close() } }, "Close"));
		return this.box;
	},
	toggle() {
		if (this.box.open)
			this.box.close();
		else
			this.box.showModal();
	},
};

function toggleTheme() {
	setState({ theme: isDark() ? "light" : "dark" });
}

const themePart = {
	update(state, before) {
		if (!before || before.theme !== state.theme)
			applyTheme(state.theme);
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

function globalKey(event) {
	const find = event.key === "/" || event.key === "f" &&
		(event.ctrlKey || event.metaKey);
	const at = CLOCKS.indexOf(app.state.clock);

	/* An open dialog has the keyboard; it ends with Escape by itself. */
	if (help.box.open ||
	    /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName) && !find ||
	    (event.ctrlKey || event.metaKey || event.altKey) && !find)
		return;
	if (find)
		searchBox.input.select();
	else if (/^[1-9]$/.test(event.key))
		setState({ view: VIEWS[event.key - 1] });
	else if (event.key === "c")
		setState({ clock: CLOCKS[(at + 1) % CLOCKS.length] });
	else if (event.key === "d")
		toggleTheme();
	else if (event.key === "?")
		help.toggle();
	else if (event.key === "[" || event.key === "]")
		moveRange(event.key);
	else if (event.key === "Escape")
		escapeKey();
	else if (!views[app.state.view].key ||
		 !views[app.state.view].key(event))
		return;
	event.preventDefault();
}

function titleLine() {
	const { profile } = app.data.raw, run = mainRun(profile);
	const command = run ? run.command.join(" ") : "";

	return el("div", { class: "title" },
		el("h1", { title: command }, run ? run.name +
			(run.version ? " " + run.version : "") : "profile"),
		el("p", { class: "dim", title: command }, command));
}

function shell() {
	stage.build();
	const theme = el("button", { class: "quiet", title: "Dark or light (d)",
		"aria-label": "Dark or light theme",
			on: { click: toggleTheme } },
		"◐");
	const ask = el("button", { class: "quiet", title: "Keys (?)",
		"aria-label": "Keys", on: { click: () => help.toggle() } },
			"?");

	return [el("header", { class: "side" },
		el("div", { class: "brand" }, el("span", { class: "mark",
			"aria-hidden": "true" }, el("i"), el("i"), el("i")),
			"cprof"), stage.nav,
		el("div", { class: "tools" }, theme, ask)),
	el("div", { class: "body" },
		el("div", { class: "top" }, titleLine(), clockSwitch.build(),
			whoSelect.build(), searchBox.build()),
		el("div", { class: "when" }, strip.build(), chips.build()),
		stage.box), help.build()];
}

function redrawAll() {
	strip.draw();
	views[app.state.view].draw();
	paintSwatches(stage.box);
}

async function start() {
	const box = document.getElementById("app");
	const text = document.getElementById("data");

	box.append(el("p", { class: "loading" }, "Opening the profile …"));
	app.data = readData(await unpack(text.textContent));
	text.remove();
	rankModules(app.data);
	app.state = readHash(app.data);
	applyTheme(app.state.theme);
	refresh();
	box.replaceChildren(...shell());
	app.parts = [themePart, clockSwitch, whoSelect, searchBox, chips, strip,
		stage];
	for (const part of app.parts)
		part.update(app.state, null);
	addEventListener("keydown", globalKey);
	addEventListener("hashchange", () => setState(readHash(app.data)));
	new ResizeObserver(redrawAll).observe(stage.box);
	matchMedia("(prefers-color-scheme: dark)").addEventListener("change",
		() => { applyTheme(app.state.theme); redrawAll(); });
	document.documentElement.dataset.ready = "yes";
}

start().catch((error) => {
	document.getElementById("app").replaceChildren(el("p", {
		class: "loading" }, "This page cannot be shown: " +
			error.message +
		". It needs a browser of 2023 or later."));
});
