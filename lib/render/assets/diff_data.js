/* SPDX-License-Identifier: MIT */
/* A comparison: from what is packed in the page to typed arrays. */

const BASE = 0, NEW = 1, SIDES = [BASE, NEW];

function readNodes(up, symbols, fns, states) {
	const tree = { count: up.length,
		parent: Int32Array.from(up, (back, i) => i - back),
		/*
		 * The root is no function; the rest comes after all of them,
		 * and then what threads wait for.
		 */
		fn: Int32Array.from(symbols, (symbol) => symbol === 0 ? -1 :
			symbol === 1 ? fns : symbol < 0 ? fns - symbol :
				symbol - 2) };

	tree.parent[0] = -1;
	linkChildren(tree);
	findOutermost(tree, fns + states);
	return tree;
}

/* Of one side: own time and all time of each node and function. */
function readSide(tree, fns, own) {
	const self = Float64Array.from(own);
	const total = Float64Array.from(own);
	const fnSelf = new Float64Array(fns);
	const fnTotal = new Float64Array(fns);

	for (let i = tree.count - 1; i > 0; i--)
		total[tree.parent[i]] += total[i];
	for (let i = 1; i < tree.count; i++) {
		fnSelf[tree.fn[i]] += self[i];
		if (tree.outermost[i])
			fnTotal[tree.fn[i]] += total[i];
	}
	return { self, total, fnSelf, fnTotal, all: total[0] };
}

/* What is drawn by one clock. */
function readClock(data, up, symbols, sides, merged) {
	const { fns, names } = data, states = data.raw.states.length;
	const tree = readNodes(up, symbols, fns, states);
	const clock = { tree, merged, sides: sides.map((own) =>
		readSide(tree, names.length, own)) };

	clock.most = mostChanged(clock);
	return clock;
}

function useClock(data, name) {
	Object.assign(data, data.clocks[name]);
}

/* The heaviest modules of both sides get the first hues. */
function rankModules(data) {
	const weight = new Float64Array(data.modules.length);
	const order = data.modules.map((module, i) => i);

	for (let fn = 0; fn < data.fns; fn++)
		for (const side of data.sides)
			weight[data.moduleOf[fn]] += side.fnSelf[fn];
	order.sort((a, b) => weight[b] - weight[a]);
	data.hue = new Int32Array(data.modules.length);
	order.forEach((module, rank) => { data.hue[module] = rank; });
}

function readComparison(raw) {
	makeVisible(raw);
	const data = { raw, fns: raw.fnName.length };

	data.names = raw.fnName.concat(["(other)"], raw.states.map((state) =>
		"[" + state + "]"));
	data.modules = raw.modules.map((row) => ({ name: row[0], path: row[1],
		kind: row[2] }));
	data.moduleOf = raw.fnModule.concat(new Array(1 +
		raw.states.length).fill(-1));
	data.clocks = {
		wall: readClock(data, raw.wallUp, raw.wallFn,
			[raw.wallBase, raw.wallNew], raw.wallMerged),
		cpu: readClock(data, raw.nodeUp, raw.nodeFn,
			[raw.nodeBase, raw.nodeNew], raw.merged),
	};
	useClock(data, "cpu");
	data.rowOf = new Map();
	raw.functions.rows.forEach((row) => {
		if (row.fn !== null)
			data.rowOf.set(row.fn, row);
	});
	rankModules(data);
	return data;
}

/*
 * The change that gets the full colour: the largest one, but no less than
 * a twentieth of a run, lest noise looks like a change.
 */
function mostChanged({ tree, sides }) {
	let most = Math.max(sides[BASE].all, sides[NEW].all) / 20;

	for (let i = 1; i < tree.count; i++)
		most = Math.max(most, Math.abs(sides[NEW].total[i] -
			sides[BASE].total[i]));
	return Math.max(most, 1);
}
