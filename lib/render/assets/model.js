/* SPDX-License-Identifier: MIT */
/* Samples added up under the filters: what every view shows. */

const RUNNING = 0, RUNNABLE = 1;

/* Nanoseconds of record `i` on a clock, before the range of time. */
function clockNs(rec, i, clock) {
	if (clock === "cpu")
		return rec.cpu[i];
	if (clock === "off-cpu")
		return rec.state[i] === RUNNING ? 0 : rec.wall[i];
	return rec.wall[i];
}

/* A thread that lost its CPU may stand for time on it: see sample.h. */
function clockCounts(rec, i, clock) {
	return clock === "wall" || (clock === "cpu" ? rec.cpu[i] > 0 ||
		rec.state[i] === RUNNING : rec.state[i] !== RUNNING);
}

/* The part of record `i` that lies in slots [from, to). */
function overlap(rec, i, from, to) {
	const low = Math.max(rec.slot[i], from);
	const high = Math.min(rec.slot[i] + rec.slots[i], to);

	return high <= low ? 0 : (high - low) / rec.slots[i];
}

/* "t3" one thread, "p1" a process, "" all. */
function threadFilter(data, who) {
	const id = parseInt(who.slice(1), 10);

	if (who[0] === "t")
		return (thread) => thread === id;
	if (who[0] === "p")
		return (thread) => data.raw.threads[thread].process === id;
	return null;
}

function addRecords(data, filter, sums) {
	const rec = data.rec, tree = data.tree;
	const accepts = threadFilter(data, filter.who);

	for (let i = 0; i < rec.count; i++) {
		const part = overlap(rec, i, filter.from, filter.to);

		if (!part || accepts && !accepts(rec.thread[i]))
			continue;
		sums.states[rec.state[i]] += rec.wall[i] * part;
		sums.cpu += rec.cpu[i] * part;
		if (!clockCounts(rec, i, filter.clock))
			continue;
		const ns = clockNs(rec, i, filter.clock) * part;
		const node = tree.nodeOf[rec.node[i]];

		sums.lineSelf[rec.node[i]] += ns;
		sums.self[node] += ns;
		sums.selfSamples[node] += rec.samples[i] * part;
		sums.byThread[rec.thread[i]] += ns;
	}
}

function addTotals(data, sums) {
	const { parent, count, fn, outermost } = data.tree;

	sums.total.set(sums.self);
	sums.samples.set(sums.selfSamples);
	for (let i = count - 1; i > 0; i--) {
		sums.total[parent[i]] += sums.total[i];
		sums.samples[parent[i]] += sums.samples[i];
	}
	for (let i = 1; i < count; i++) {
		sums.fnSelf[fn[i]] += sums.self[i];
		sums.fnSamples[fn[i]] += sums.selfSamples[i];
		if (outermost[i])
			sums.fnTotal[fn[i]] += sums.total[i];
	}
}

/* The heart of the page: everything that depends on the filters. */
function addUp(data, filter) {
	const count = data.tree.count, fns = data.fns + 1;
	const column = (length) => new Float64Array(length);
	const sums = {
		self: column(count), total: column(count),
		selfSamples: column(count), samples: column(count),
		fnSelf: column(fns), fnTotal: column(fns),
		fnSamples: column(fns), states: column(data.raw.states.length),
		byThread: column(data.raw.threads.length),
		lineSelf: column(data.tree.nodeOf.length), kids: new Map(),
		cpu: 0,
	};

	addRecords(data, filter, sums);
	addTotals(data, sums);
	sums.all = sums.total[0];
	sums.count = sums.samples[0];
	return sums;
}

/*
 * What threads did in nodes for which `begins(node)`, and below: ns by
 * state.
 */
function statesOf(data, filter, begins) {
	const { rec, tree } = data, accepts = threadFilter(data, filter.who);
	const inside = new Uint8Array(tree.count);
	const states = new Float64Array(data.raw.states.length);

	for (let i = 1; i < tree.count; i++)
		inside[i] = inside[tree.parent[i]] || begins(i) ? 1 : 0;
	for (let i = 0; i < rec.count; i++)
		if (inside[tree.nodeOf[rec.node[i]]] &&
		    (!accepts || accepts(rec.thread[i])))
			states[rec.state[i]] += rec.wall[i] *
				overlap(rec, i, filter.from, filter.to);
	return states;
}

/* Weight of each source line of a function: [{file, line, self, total}]. */
function linesOf(data, sums, fn) {
	const { raw, nodeParent } = data, count = nodeParent.length;
	const total = Float64Array.from(sums.lineSelf);
	const inside = new Uint8Array(count), lines = new Map();

	for (let i = count - 1; i > 0; i--)
		total[nodeParent[i]] += total[i];
	for (let i = 1; i < count; i++) {
		const place = raw.nodePlace[i];
		const own = place > OTHER_PLACE && raw.placeFn[place - 2] ===
			fn;

		inside[i] = inside[nodeParent[i]] || own ? 1 : 0;
		if (!own || !total[i])
			continue;
		const file = raw.placeFile[place - 2];
		const line = raw.placeLine[place - 2];
		const key = file + ":" + line;
		const row = lines.get(key) || { file, line, self: 0, total: 0 };

		row.self += sums.lineSelf[i];
		/* Recursion counts once: only outside of another call. */
		if (!inside[nodeParent[i]])
			row.total += total[i];
		lines.set(key, row);
	}
	return [...lines.values()].sort((a, b) => a.file - b.file ||
		a.line - b.line);
}
