// SPDX-License-Identifier: MIT
// JavaScript that the JIT compiles.
//	node --perf-basic-prof collatz.js SECONDS
'use strict';

function collatzSteps(from) {
	let n = from;
	let steps = 0;
	while (n !== 1) {
		n = n % 2 === 0 ? n / 2 : 3 * n + 1;
		steps++;
	}
	return steps;
}

function longestWalk(upto) {
	let best = 0;
	for (let n = 1; n < upto; n++)
		best = Math.max(best, collatzSteps(n));
	return best;
}

function sortWords(count) {
	const words = [];
	for (let i = 0; i < count; i++)
		words.push('word ' + (i * 7919) % count);
	return words.sort().length;
}

console.log('pid ' + process.pid);
const end = Date.now() + 1000 * Number(process.argv[2]);
let best = 0;
let words = 0;
while (Date.now() < end) {
	best = longestWalk(20000);
	words += sortWords(1000);
}
console.log('best', best, 'words', words);
