// SPDX-License-Identifier: MIT
// outer calls middle calls inner, all day long: the time goes into calling.
// usage: node --no-turbo-inlining calls.js SECONDS
let sum = 0;

function inner(n) { sum = (sum + n) | 0; return sum; }
function middle(n) { return inner(n) + 1; }
function outer(n) { return middle(n) + 1; }

function main(seconds) {
	const until = Date.now() + seconds * 1000;

	while (Date.now() < until)
		for (let i = 0; i < 100000; i++)
			outer(i);
}

console.log("pid " + process.pid);
main(Number(process.argv[2]));
