/* SPDX-License-Identifier: MIT */
/* Trees to look at, made of the tree of all stacks; and the search. */

/* Top-down: nodes are numbers of the tree. */
function topDown(data, sums) {
	const tree = data.tree;

	return {
		root: 0,
		fn: (node) => tree.fn[node],
		weight: (node) => sums.total[node],
		self: (node) => sums.self[node],
		parent: (node) => tree.parent[node],
		kids: (node) => {
			let kids = sums.kids.get(node);

			if (kids)
				return kids;
			kids = [];
			for (let i = tree.first[node]; i >= 0; i = tree.next[i])
				if (sums.total[i] > 0)
					kids.push(i);
			kids.sort((a, b) => sums.total[b] - sums.total[a]);
			sums.kids.set(node, kids);
			return kids;
		},
	};
}

/*
 * Trees whose nodes are several nodes of the tree at once: callers and
 * callees of a function.  `step(ref)` gives what lies below a reference.
 */
function mergedTree(data, root, step) {
	const groupKids = (node) => {
		const groups = new Map();

		for (const ref of node.refs)
			for (const below of step(ref)) {
				const fn = data.tree.fn[below.at];
				let kid = groups.get(fn);

				if (!kid) {
					kid = { fn, weight: 0, self: 0,
						refs: [],
						above: node };
					groups.set(fn, kid);
				}
				kid.weight += below.weight;
				kid.self += below.self;
				kid.refs.push(below);
			}
		return [...groups.values()].sort((a, b) => b.weight - a.weight);
	};

	return {
		root,
		fn: (node) => node.fn,
		weight: (node) => node.weight,
		self: (node) => node.self,
		parent: (node) => node.above,
		kids: (node) => node.kids || (node.kids = groupKids(node)),
	};
}

/* Who called it, with the weights given in `refs`. */
function callersOf(data, root) {
	const { parent } = data.tree;

	return mergedTree(data, root, (ref) => parent[ref.at] > 0 ?
		[{ at: parent[ref.at], weight: ref.weight, self: 0 }] : []);
}

function calleesOf(data, sums, root) {
	const { first, next } = data.tree;

	return mergedTree(data, root, (ref) => {
		const below = [];

		for (let i = first[ref.at]; i >= 0; i = next[i])
			if (sums.total[i] > 0)
				below.push({ at: i, weight: sums.total[i],
					self: sums.self[i] });
		return below;
	});
}

/* All outermost calls of a function as one node. */
function functionNode(data, sums, fn) {
	const node = { fn, weight: sums.fnTotal[fn], self: sums.fnSelf[fn],
		refs: [], above: null };

	for (let i = 1; i < data.tree.count; i++)
		if (data.tree.fn[i] === fn && data.tree.outermost[i] &&
		    sums.total[i] > 0)
			node.refs.push({ at: i, weight: sums.total[i],
				self: sums.self[i] });
	return node;
}

/* What has time of its own, with its callers below. */
function bottomUp(data, sums) {
	const root = { fn: -1, weight: sums.all, self: 0, refs: [],
		above: null };
	const leaves = new Map();

	for (let i = 1; i < data.tree.count; i++) {
		const fn = data.tree.fn[i];

		if (!sums.self[i])
			continue;
		if (!leaves.has(fn))
			leaves.set(fn, { fn, weight: 0, self: 0, refs: [],
				above: root });
		const leaf = leaves.get(fn);

		leaf.weight += sums.self[i];
		leaf.self += sums.self[i];
		leaf.refs.push({ at: i, weight: sums.self[i], self: 0 });
	}
	root.kids = [...leaves.values()].sort((a, b) => b.weight - a.weight);
	return callersOf(data, root);
}

/* A pattern; text that is none stands for itself. */
function patternOf(text) {
	try {
		return new RegExp(text, /[A-Z]/.test(text) ? "" : "i");
	} catch (error) {
		return new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"),
			"i");
	}
}

/* Functions that fit, and the weight of all stacks through one of them. */
function search(data, sums, text) {
	const hit = new Uint8Array(data.fns + 1);
	const inside = new Uint8Array(data.tree.count);
	const pattern = patternOf(text);
	const { parent, fn, count } = data.tree;
	const found = { text, hit, functions: 0, weight: 0 };

	for (let i = 0; i < data.fns; i++)
		if (pattern.test(data.names[i]) && (sums.fnTotal[i] > 0)) {
			hit[i] = 1;
			found.functions++;
		}
	for (let i = 1; i < count; i++) {
		inside[i] = inside[parent[i]] | hit[fn[i]];
		if (inside[i] && !inside[parent[i]])
			found.weight += sums.total[i];
	}
	return found;
}
