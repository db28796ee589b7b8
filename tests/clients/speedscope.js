// SPDX-License-Identifier: MIT
// usage: node speedscope.js CHROMIUM FOLDER NAME...
//
// Opens each file of FOLDER in the real page of npm's speedscope, and prints
// TAP: it was imported, without an error, and its sandwich view lists the
// functions of `a.speedscope.json` there.
"use strict";

const fs = require("fs");
const path = require("path");
const { chromium } = require("playwright-core");

const [program, folder, ...names] = process.argv.slice(2);
const release = path.join(path.dirname(
	require.resolve("speedscope/package.json")), "dist/release");
const wanted = JSON.parse(fs.readFileSync(
	path.join(folder, "a.speedscope.json"))).shared.frames
	.map((frame) => frame.name);
let failed = 0;

async function look(browser, name) {
	const page = await browser.newPage();
	const troubles = [];
	const data = fs.readFileSync(path.join(folder, name), "base64");
	const script = path.join(folder, name + ".js");

	page.on("pageerror", (error) => troubles.push(error.message));
	page.on("dialog", (dialog) => {
		troubles.push(dialog.message());
		dialog.dismiss();
	});
	fs.writeFileSync(script, "speedscope.loadFileFromBase64(" +
		`${JSON.stringify(name)}, ${JSON.stringify(data)})`);
	await page.goto(`file://${release}/index.html#localProfilePath=` +
		encodeURIComponent(script));
	await page.getByText("Sandwich").click({ timeout: 20000 });
	await page.waitForSelector("table tr:nth-child(2)", { timeout: 20000 });
	const text = await page.evaluate(() => document.body.innerText);

	return { troubles, missing: wanted.filter((n) => !text.includes(n)) };
}

(async () => {
	const browser = await chromium.launch({
		executablePath: program,
		args: ["--no-sandbox", "--use-angle=swiftshader",
			"--enable-unsafe-swiftshader"],
	});
	let count = 0;

	for (const name of names) {
		let seen;

		try {
			seen = await look(browser, name);
		} catch (error) {
			seen = { troubles: [error.message], missing: wanted };
		}
		const good = !seen.troubles.length && !seen.missing.length;
		count++;
		failed += good ? 0 : 1;
		console.log(`${good ? "ok" : "not ok"} ${count} - ` +
			`speedscope's page shows the functions of ${name}`);
		if (!good)
			console.log("# " + JSON.stringify(seen));
	}
	console.log(`1..${count}`);
	await browser.close();
	process.exit(failed ? 1 : 0);
})();
