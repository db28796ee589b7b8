/* SPDX-License-Identifier: MIT */
/* The frame around the views: tabs, search, theme, keys. */

function applyTheme(wanted) {
	setDark(wanted ? wanted === "dark" :
		matchMedia("(prefers-color-scheme: dark)").matches);
}

function toggleTheme() {
	setState({ theme: isDark() ? "light" : "dark" });
}

const themePart = {
	update(state, before) {
		if (!before || before.theme !== state.theme)
			applyTheme(state.theme);
	},
};

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
			const view = views[app.state.view];

			if (view.nextMatch)
				view.nextMatch(event.shiftKey ? -1 : 1);
		} else if (event.key === "ArrowDown") {
			const first = stage.box.querySelector("[tabindex='0']");

			if (first)
				first.focus();
			event.preventDefault();
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

function infoList(title, pairs, name) {
	return el("div", { class: "panel " + (name || "") }, el("h3", {},
		title),
		el("dl", { class: "info" }, pairs.filter((pair) => pair[1] !==
			null &&
			pair[1] !== "").map(([label, value]) => el("div", {},
			el("dt", {}, label), el("dd", {}, String(value))))));
}

function keysPanel() {
	return infoList("Keys", KEYS, "keys");
}

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

function globalKey(event) {
	const find = event.key === "/" || event.key === "f" &&
		(event.ctrlKey || event.metaKey);
	const view = views[app.state.view];

	/* An open dialog has the keyboard; it ends with Escape by itself. */
	if (help.box.open) {
		if (event.key === "?")
			help.toggle();
		return;
	}
	if (event.key === "Escape" && event.target.tagName === "SELECT")
		event.target.blur();
	if (/^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName) && !find ||
	    (event.ctrlKey || event.metaKey || event.altKey) && !find)
		return;
	if (find)
		searchBox.input.select();
	else if (/^[1-9]$/.test(event.key) && VIEWS[event.key - 1])
		setState({ view: VIEWS[event.key - 1] });
	else if (event.key === "d")
		toggleTheme();
	else if (event.key === "?")
		help.toggle();
	else if (!pageKey(event) && (!view.key || !view.key(event)))
		return;
	event.preventDefault();
}

function sideBar() {
	const theme = el("button", { class: "quiet", title: "Dark or light (d)",
		"aria-label": "Dark or light theme",
		on: { click: toggleTheme } }, "◐");
	const ask = el("button", { class: "quiet", title: "Keys (?)",
		"aria-label": "Keys", on: { click: () => help.toggle() } },
	"?");

	return el("header", { class: "side" },
		el("div", { class: "brand" }, el("span", { class: "mark",
			"aria-hidden": "true" }, el("i"), el("i"), el("i")),
		"cprof"), stage.nav,
		el("div", { class: "tools" }, theme, ask));
}

/*
 * What makes a page: `read(raw)` gives app.data, `build()` what stands above
 * the views, `parts` follow the state, `resize()` draws what is no view.
 */
async function showPage(page) {
	const box = document.getElementById("app");
	const text = document.getElementById("data");
	const redraw = () => {
		page.resize();
		views[app.state.view].draw();
		paintSwatches(stage.box);
	};

	box.append(el("p", { class: "loading" }, "Opening the profile …"));
	app.data = page.read(await unpack(text.textContent));
	text.remove();
	app.state = readHash(app.data);
	applyTheme(app.state.theme);
	refresh();
	stage.build();
	box.replaceChildren(sideBar(), el("div", { class: "body" },
		page.build(), stage.box), help.build());
	app.parts = page.parts;
	for (const part of app.parts)
		part.update(app.state, null);
	addEventListener("keydown", globalKey);
	addEventListener("hashchange", () => setState(readHash(app.data)));
	new ResizeObserver(redraw).observe(stage.box);
	matchMedia("(prefers-color-scheme: dark)").addEventListener("change",
		() => { applyTheme(app.state.theme); redraw(); });
	document.documentElement.dataset.ready = "yes";
}

function openPage(page) {
	showPage(page).catch((error) => {
		document.getElementById("app").replaceChildren(el("p", {
			class: "loading" }, "This page cannot be shown: " +
			error.message +
			". It needs a browser of 2023 or later."));
	});
}
