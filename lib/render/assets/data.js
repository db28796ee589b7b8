/* SPDX-License-Identifier: MIT */
/* A recording: from what is packed in the page to typed arrays. */

const ROOT_PLACE = 0, OTHER_PLACE = 1;

function readRecords(raw) {
	const count = raw.recNode.length;
	const rec = {
		count, thread: new Int32Array(count),
		slot: new Int32Array(count),
			slots: Int32Array.from(raw.recSlots),
		node: Int32Array.from(raw.recNode),
		state: Uint8Array.from(raw.recState),
		cpu: Float64Array.from(raw.recCpu),
			wall: new Float64Array(count),
		time: new Float64Array(count),
		samples: Float64Array.from(raw.recSamples),
	};
	let thread = 0, slot = 0;

	for (let i = 0; i < count; i++) {
		if (raw.recThread[i])
			slot = 0;
		thread += raw.recThread[i];
		slot += raw.recSlot[i];
		rec.thread[i] = thread;
		rec.slot[i] = slot;
		rec.wall[i] = raw.recCpu[i] + raw.recRest[i];
		rec.time[i] = rec.wall[i] + raw.recStretch[i];
	}
	return rec;
}

/*
 * Nodes of the file are source lines; what is shown are functions.  `nodeOf`
 * tells for each line node the function node that it is part of.
 */
function mergeLines(raw) {
	const count = raw.nodeUp.length, other = raw.fnName.length;
	const nodeOf = new Int32Array(count);
	const parent = [-1], fn = [-1], known = new Map();

	for (let i = 1; i < count; i++) {
		const above = nodeOf[i - raw.nodeUp[i]];
		const place = raw.nodePlace[i];
		const own = place === OTHER_PLACE ? other :
			raw.placeFn[place - 2];
		const key = above * (other + 1) + own;
		let at = known.get(key);

		if (at === undefined) {
			at = parent.length;
			known.set(key, at);
			parent.push(above);
			fn.push(own);
		}
		nodeOf[i] = at;
	}
	return { nodeOf, parent: Int32Array.from(parent),
		fn: Int32Array.from(fn), count: parent.length };
}

function readData(raw) {
	for (const part of ["fnName", "fnFile", "modules", "files",
		"processes", "threads", "profile", "gaps", "metrics",
		"regions"])
		makeVisible(raw[part]);
	const data = { raw, rec: readRecords(raw), tree: mergeLines(raw) };

	data.fns = raw.fnName.length;
	data.names = raw.fnName.concat(["(other)"]);
	data.modules = raw.modules.map((row) => ({ name: row[0], path: row[1],
		kind: row[2], build: row[3] }));
	data.moduleOf = raw.fnModule.concat([-1]);
	data.slotNs = raw.duration / raw.slots;
	data.threadsOf = raw.processes.map(() => []);
	raw.threads.forEach((row, i) => data.threadsOf[row.process].push(i));
	linkChildren(data.tree);
	findOutermost(data.tree, data.fns);
	/* The line node's own line, for views of sources. */
	data.nodeParent = Int32Array.from(raw.nodeUp, (up, i) => i - up);
	return data;
}

/* The heaviest modules of the whole recording get the first hues. */
function rankModules(data) {
	const weight = new Float64Array(data.modules.length);
	const all = addUp(data, { clock: "wall", who: "", from: 0,
		to: data.raw.slots });
	const order = data.modules.map((module, i) => i);

	for (let fn = 0; fn < data.fns; fn++)
		weight[data.moduleOf[fn]] += all.fnSelf[fn];
	order.sort((a, b) => weight[b] - weight[a]);
	data.hue = new Int32Array(data.modules.length);
	order.filter((i) => data.modules[i].kind !== 3)
		.forEach((module, rank) => { data.hue[module] = rank; });
}
