/* SPDX-License-Identifier: MIT */
/* TAP for clients that drive a page in a browser; see tests/browser.sh. */
"use strict";

const { chromium } = require("playwright-core");

let count = 0, failed = 0;

function check(name, good, detail) {
	count++;
	failed += good ? 0 : 1;
	console.log(`${good ? "ok" : "not ok"} ${count} - ${name}`);
	if (!good && detail !== undefined)
		console.log("# " + String(detail).split("\n").join("\n# "));
}

function same(name, got, wanted) {
	check(name, JSON.stringify(got) === JSON.stringify(wanted),
		`got ${JSON.stringify(got)}\nwanted ${JSON.stringify(wanted)}`);
}

/* What goes wrong while a page is open; a request out of `folder` does. */
function watch(page, folder) {
	page.troubles = [];
	page.on("console", (said) => {
		if (said.type() === "error")
			page.troubles.push("console: " + said.text());
	});
	page.on("pageerror", (error) => page.troubles.push(error.stack));
	page.on("request", (request) => {
		if (!request.url().startsWith(`file://${folder}/`))
			page.troubles.push("request: " + request.url());
	});
	page.on("dialog", (dialog) => {
		page.troubles.push("dialog");
		dialog.dismiss();
	});
}

/* WCAG's contrast of text with what is behind it, for what has text. */
function worstContrast() {
	const parse = (text) => (text.match(/[\d.]+/g) || []).map(Number);
	const light = (rgb) => rgb.slice(0, 3).map((value) => value / 255)
		.map((c) => c <= 0.04045 ? c / 12.92 :
			((c + 0.055) / 1.055) ** 2.4)
		.reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i],
			0);
	const behind = (node) => {
		for (let at = node; at; at = at.parentElement) {
			const rgb = parse(getComputedStyle(at).backgroundColor);

			if (rgb.length === 3 || rgb[3] === 1)
				return rgb;
		}
		return [255, 255, 255];
	};
	let worst = [99, ""];

	for (const node of document.querySelectorAll("body *")) {
		if (![...node.childNodes].some((kid) => kid.nodeType === 3 &&
		    kid.data.trim()) || !node.offsetParent)
			continue;
		const a = light(parse(getComputedStyle(node).color));
		const b = light(behind(node));
		const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);

		if (ratio < worst[0])
			worst = [ratio, node.outerHTML.slice(0, 120)];
	}
	return worst;
}

/* Call `parts(browser)`, then end with the plan and the status. */
async function run(program, parts) {
	const browser = await chromium.launch({ executablePath: program,
		args: ["--no-sandbox", "--disable-gpu", "--hide-scrollbars"] });

	try {
		await parts(browser);
	} catch (error) {
		check("the browser plays along", false, error.stack);
	}
	await browser.close();
	console.log(`1..${count}`);
	process.exit(failed ? 1 : 0);
}

module.exports = { check, run, same, watch, worstContrast };
