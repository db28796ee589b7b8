/* SPDX-License-Identifier: MIT */
/* The first page: what was recorded, where the time went, how sure we are. */

function shareRow(label, ns, all, swatch, act) {
	const bar = el("i", { class: "share" });

	bar.style.width = clamp(100 * ns / Math.max(1, all), 0, 100) + "%";
	return el(act ? "button" : "div", { class: "share-row",
		on: act ? { click: act } : {} }, swatch,
		el("span", { class: "label", title: label }, label),
		el("span", { class: "track" }, bar),
		el("span", { class: "value" }, fmtPercent(ns, all)),
		el("span", { class: "dim time" }, fmtTime(ns)));
}

function moduleDot(module) {
	const dot = el("i", { class: "dot" });

	dot.style.background = moduleColour(module);
	return dot;
}

/* Heaviest first, at most `count` of them. */
function heaviest(weights, count) {
	return [...weights.keys()].filter((i) => weights[i] > 0)
		.sort((a, b) => weights[b] - weights[a]).slice(0, count);
}

/* "[too brief to be sampled]" and its like are no code, and so no finding. */
function isCode(fn) {
	const { modules, moduleOf } = app.data;

	return moduleOf[fn] < 0 || modules[moduleOf[fn]].kind !== 3;
}

function moduleWeights() {
	const weights = new Float64Array(app.data.modules.length);

	for (let fn = 0; fn < app.data.fns; fn++)
		weights[app.data.moduleOf[fn]] += app.sums.fnSelf[fn];
	return weights;
}

/* Sentences that a person would say after a look at the profile. */
function findings() {
	const { data, sums, state } = app, said = [];
	const hottest = heaviest(sums.fnSelf, 12).filter(isCode);
	const [hot] = hottest;
	const what = clockLabel(state.clock);

	if (hot === undefined)
		return ["Nothing was seen on this clock" + (hasRange() ?
			" in this part of the time." : "; try another one.")];
	const top3 = hottest.slice(0, 3).reduce((sum, fn) =>
		sum + sums.fnSelf[fn], 0);

	said.push(data.names[hot] + " alone takes " + fmtPercent(
		sums.fnSelf[hot], sums.all) + " of the " + what +
		(hottest.length > 2 ? "; the three hottest functions take " +
		fmtPercent(top3, sums.all) : "") + ".");
	const weights = moduleWeights(), [module] = heaviest(weights, 1);

	if (module !== undefined && data.modules[module].kind !== 3)
		said.push(fmtPercent(weights[module], sums.all) + " of it is " +
			"spent in code of " + data.modules[module].name + ".");
	return said.concat(waitFindings());
}

function waitFindings() {
	const { states } = app.sums, said = [];
	const all = states.reduce((sum, ns) => sum + ns, 0);
	const waits = states.slice(2), [longest] = heaviest(waits, 1);

	if (states[RUNNABLE] > all * 0.05)
		said.push("Threads were ready but had no CPU for " +
			fmtPercent(states[RUNNABLE], all) + " of their time.");
	if (longest !== undefined && waits[longest] > all * 0.2)
		said.push("Threads spent " + fmtPercent(waits[longest], all) +
			" of their time " + stateLabel(longest + 2) +
			"; the off-CPU clock shows from where.");
	return said;
}

function qualityFacts() {
	const { profile, sums, pruned } = app.data.raw, q = profile.quality;
	const facts = [
		["Stacks cut short", fmtPercent(q.truncated, profile.samples)],
		["Names not found", fmtPercent(q.unresolved,
			profile.cpu_samples)],
		["Samples lost", fmtPercent(q.lost, profile.samples + q.lost)],
		["Late samples", fmtPercent(q.late, profile.samples)],
		["CPU time too brief to be sampled",
			fmtPercent(q.between_samples_ns, sums.cpuWeight)],
	];

	if (profile.cost_ns && profile.cpu_ns)
		/* Of what hardly ran, a percentage tells nothing. */
		facts.push(["Cost of recording", "about " +
			fmtTime(profile.cost_ns) +
			(profile.cost_ns < profile.cpu_ns ? ", " + fmtPercent(
				profile.cost_ns, profile.cpu_ns) : "")]);
	if (pruned.nodes)
		facts.push(["Calls merged into (other)",
			fmtCount(pruned.nodes)]);
	if (sums.filtered)
		facts.push(["Filters", "part of the recording only"]);
	return facts;
}

/* "2% of the samples": how far a share of this many samples may be off. */
function precision() {
	const n = app.sums.count, { profile } = app.data.raw;
	/* Those that stand for much make it worse. */
	const worth = app.state.clock === "cpu" && profile.cpu_samples ?
		clamp(profile.cpu_samples_effective / profile.cpu_samples, 0,
			1) : 1;

	if (n * worth < 2)
		return "";
	return "With " + fmtCount(n) + " samples, a share of 10% is good to " +
		"about ±" + (196 * Math.sqrt(0.09 / (n * worth))).toFixed(1) +
		" percentage points.";
}

const overviewView = {
	title: "Overview",

	build() {
		this.body = el("div", { class: "overview" });
		return el("section", { class: "view scroll" }, this.body);
	},

	draw() {
		this.body.replaceChildren(this.hero(), this.cards(),
			el("div", { class: "columns" },
				el("div", { class: "pile" }, this.functions(),
					this.regions()),
				el("div", { class: "pile" }, this.states(),
					this.modules())),
			this.quality());
		paintSwatches(this.body);
	},

	hero() {
		const warnings = app.data.raw.profile.files.filter((file) =>
			file.partial || file.damaged_places);

		return el("div", { class: "hero" },
			el("h2", {}, findings()[0]),
			findings().slice(1).map((text) => el("p", {}, text)),
			warnings.map((file) => el("p", { class: "warning" },
				file.path + (file.partial ?
					" is cut off: the recording goes " +
					"on, was killed, or met a full disk." :
					" is damaged; what is whole is " +
					"shown."))));
	},

	cards() {
		const { profile, duration } = app.data.raw, { sums, state } =
			app;
		const span = slotTime(state.to - state.from);
		const runs = sampledRuns(profile).length;
		const busy = sums.cpu / span / runs;
		const card = (label, value, note) => el("div",
			{ class: "card" },
			el("span", { class: "label" }, label),
			el("b", { class: "value" }, value),
			el("span", { class: "dim" }, note));

		return el("div", { class: "cards" },
			card(hasRange() ? "Chosen range" : "Wall time",
				fmtTime(hasRange() ? span : profile.wall_ns),
				hasRange() ? "of " + fmtTime(duration) :
					plural(runs, "run", "runs")),
			card("On a CPU", fmtTime(sums.cpu),
				busy.toFixed(2) + " threads on average"),
			card("Samples", fmtCount(sums.count),
				clockLabel(state.clock)),
			card("Threads", fmtCount(app.data.raw.threads.length),
				plural(app.data.raw.processes.length, "process",
					"processes")),
			this.memory(profile, card));
	},

	/* Of all processes together, where that was looked at. */
	memory(profile, card) {
		const largest = profile.peak_memory_bytes;
		const all = profile.memory && profile.memory.peak_bytes;
		const many = app.data.raw.processes.length > 1;

		if (!all && !largest)
			return null;
		return card("Peak memory", fmtBytes(all || largest),
			!all ? "largest process" : !many ? "resident" :
				!largest ? "all processes" :
					"largest process " + fmtBytes(largest));
	},

	functions() {
		const { sums, data } = app;

		return el("div", { class: "panel names" },
			el("h3", {}, "Hottest functions"),
			/* As many as the screen is high. */
			heaviest(sums.fnSelf, clamp(Math.round(innerHeight /
				rem(4.6)), 8, 30)).map((fn) => shareRow(
				data.names[fn], sums.fnSelf[fn], sums.all,
				moduleDot(data.moduleOf[fn]),
				() => openFunction(fn))),
			el("button", { class: "quiet", on: { click: () =>
				setState({
				view: "functions" }) } }, "All functions"));
	},

	/* What the program says of itself; a click shows the longest call. */
	regions() {
		const { regions, calls } = app.data.raw;
		const total = Float64Array.from(regions, (row) =>
			row.event ? 0 : row.total);
		const all = total.reduce((sum, ns, i) =>
			sum + (regions[i].depth ? 0 : ns), 0);
		const longest = (row) => calls.find((call) => call[1] === row);

		return regions.length ? el("div", { class: "panel" },
			el("h3", {}, "Regions, by the time of their calls"),
			heaviest(total, 8).sort((a, b) => a - b).map((row) =>
				shareRow(
					"\u2003".repeat(regions[row].depth) +
					regions[row].name, total[row], all,
					el("i", { class: "dot",
						"data-hue": row % 8 }),
					() => {
						setState({ view: "timeline" });
						showCall(longest(row));
					}))) : null;
	},

	states() {
		const { states } = app.sums;
		const all = states.reduce((sum, ns) => sum + ns, 0);

		return el("div", { class: "panel" },
			el("h3", {}, "What threads did"),
			heaviest(states, 6).map((state) => {
				const dot = el("i", { class: "dot" });

				dot.dataset.state = state;
				/* Looks are no account: that is above. */
				return shareRow(state ? stateShort(state) :
					"seen on a CPU", states[state], all,
					dot, () => setState(
						{ view: "timeline" }));
			}));
	},

	modules() {
		const weights = moduleWeights();

		return el("div", { class: "panel" },
			el("h3", {}, "Modules"),
			heaviest(weights, 5).map((module) => shareRow(
				app.data.modules[module].name,
				weights[module], app.sums.all,
					moduleDot(module),
				() => setState({ view: "modules" }))));
	},

	/* Whether it is good is not decided here, but as `--strict` does. */
	quality() {
		const facts = qualityFacts(), { flaws } = app.data.raw;

		return el("div", { class: "panel quality" },
			el("h3", {}, flaws.length ? "Quality: poor" :
				"Quality: good"),
			flaws.map(([percent, what, limit]) => el("p", { class:
				"warning" }, digits(percent) + "% " + what +
				" (limit: " + limit + "%)")),
			el("dl", {}, facts.map(([label, value]) => el("div", {},
				el("dt", {}, label), el("dd", {}, value)))),
			el("p", { class: "dim" }, precision()),
			gapNotes());
	},
};

/* What would make the profile tell more. */
function gapNotes() {
	const cpu = app.data.raw.sums.cpuWeight;
	const callers = app.data.raw.gaps.filter((gap) => gap.cut > cpu * 0.05)
		.map((gap) => el("p", { class: "dim" }, gap.module + " (" +
			fmtPercent(gap.cut, cpu) + "): who called it is not " +
			"known; " + (gap.kind === 2 ?
				"the code made at run time does not tell " +
				"(java -XX:+PreserveFramePointer makes it " +
				"do so)." :
				"this code has no unwind information, as " +
				"assembly often has none.")));

	return app.data.raw.gaps.filter((gap) => gap.nameless + gap.lineless >
		cpu * 0.05).slice(0, 3).map((gap) => el("p", { class: "dim" },
		gap.module + " (" + fmtPercent(gap.self, cpu) + "): " +
		(gap.kind === 2 ?
			"code made at run time that nobody named; let " +
			"its runtime write /tmp/perf-PID.map." :
			gap.nameless * 10 >= gap.self ?
				"no symbols for part of it; install its " +
				"debug symbols." :
			gap.lineless < gap.self * 0.9 ?
				"no source lines for " + fmtPercent(
					gap.lineless, gap.self) + " of that." :
				"no debug information, so no source lines.")))
		.concat(callers);
}
