/* SPDX-License-Identifier: MIT */
/*
 * usage: node compare_page.js CHROMIUM FOLDER
 *
 * Opens the pages NAME.html of FOLDER, each of a comparison, in a browser,
 * uses them as a person would, and prints TAP.  See e2e/compare_html.sh.
 */
"use strict";

const fs = require("fs");
const { check, run, same, watch, worstContrast } = require("./browser.js");

const [program, folder] = process.argv.slice(2);
const VIEWS = ["summary", "flame", "functions", "tree", "info"];

async function open(browser, name, hash, size) {
	const page = await browser.newPage({ viewport: size ||
		{ width: 1400, height: 1000 } });

	watch(page, folder);
	await page.goto(`file://${folder}/${name}.html#${hash || ""}`);
	await page.waitForSelector("html[data-ready]", { timeout: 20000 });
	return page;
}

function text(page, selector) {
	return page.textContent(selector || "#stage");
}

/* {"name": change in ns} of the table of functions. */
function rows(page) {
	return page.evaluate(() => Object.fromEntries([...document
		.querySelectorAll("#view-functions [data-name]")].map((row) =>
		[row.dataset.name, +row.dataset.delta])));
}

/* before: 60 + 20 + 40 ms a run; after: 90 + 30 + 40. */
async function numbers(browser, name) {
	const page = await open(browser, name, "view=functions");
	const seen = await rows(page);

	same(`${name}: changes are told per run, whatever their number`,
		[seen.alpha, seen.fib, seen.beta], [30e6, 30e6, -20e6]);
	check(`${name}: what did not change is not changed`,
		!seen.deflate, seen.deflate);
	const said = await text(page);

	check(`${name}: what is new and gone is called so`,
		/new/.test(said) && /gone/.test(said), said);
	check(`${name}: both sides of a function are told`,
		/60\.0 ms/.test(said) && /90\.0 ms/.test(said), said);
	await page.click("[data-by=modules]");
	same(`${name}: modules have rows where they were compared`,
		Object.keys(await rows(page)).length > 0, name === "real");
	await page.click("#tab-tree");
	const tree = await text(page);

	check(`${name}: the call tree has both sides, gone calls as well`,
		/120 ms/.test(tree) && /160 ms/.test(tree) &&
		/beta/.test(tree) && /gone/.test(tree), tree);
	same(`${name}: numbers go without trouble`, page.troubles, []);
	await page.close();
}

async function allNumbers(browser) {
	for (const name of ["changed", "real"])
		await numbers(browser, name);
}

async function summary(browser) {
	let page = await open(browser, "slower");
	const said = await text(page);

	check("the verdict comes first", /^▲Slower: wall time/.test(said),
		said.slice(0, 80));
	check("each metric has its numbers", /400 ms/.test(said) &&
		/\+9\.00% to \+15\.0%/.test(said), said);
	same("and an interval is drawn for each", await page.locator(
		".metrics .plot .whisker").count(), 5);
	check("who waits for longer is told, and for what",
		/nap: sleeping/.test(said), said);
	same("no panel is cut", await page.evaluate(() => [...document
		.querySelectorAll(".overview .panel")].filter((panel) =>
		panel.scrollHeight > panel.clientHeight + 1).length), 0);
	same("nor does one touch the next", await page.evaluate(() =>
		[...document.querySelectorAll(".overview .panel")].filter(
			(panel) => panel.nextElementSibling &&
			panel.nextElementSibling.getBoundingClientRect().top <
			panel.getBoundingClientRect().bottom + 4).length), 0);
	await page.close();
	page = await open(browser, "uncertain");
	check("what was forced stands at the top", /Forced, although: hosts/
		.test(await text(page, ".hero")));
	check("and how to get a verdict", /To get a verdict: cprof record/
		.test(await text(page, ".hero")));
	same("without an interval none is drawn", await page.locator(
		".whisker").count(), 0);
	same("it goes without trouble", page.troubles, []);
	await page.close();
	page = await open(browser, "refused");
	check("a refusal says why", /Not comparable: clocks differ/
		.test(await text(page, ".hero")));
	for (const view of VIEWS)
		await page.click("#tab-" + view);
	same("views without numbers are no trouble", page.troubles, []);
	await page.close();
}

/* The colour in the middle of a box, and whether its corners differ. */
async function boxes(page) {
	return page.evaluate(() => {
		const canvas = document.querySelector("canvas.flame");
		const ctx = canvas.getContext("2d");
		const { data, width } = ctx.getImageData(0, 0, canvas.width,
			canvas.height);
		const count = { orange: 0, blue: 0 };

		for (let i = 0; i < data.length; i += 4) {
			const [r, g, b] = data.slice(i, i + 3);

			count.orange += r > b + 60 ? 1 : 0;
			count.blue += b > r + 60 ? 1 : 0;
		}
		return { ...count, width };
	});
}

async function flame(browser) {
	const page = await open(browser, "changed", "view=flame");
	const both = await boxes(page);

	check("slower is orange and faster is blue, both seen",
		both.orange > 500 && both.blue > 500, JSON.stringify(both));
	await page.click("[data-width=new]");
	const fresh = await boxes(page);

	check("as wide as NEW, what is gone has no width", fresh.blue <
		both.blue / 10 && fresh.orange > 500, JSON.stringify(fresh));
	await page.click("[data-width=base]");
	const base = await boxes(page);

	check("as wide as BASE, what is gone is there", base.blue > 500,
		JSON.stringify(base));
	await page.keyboard.press("w");
	await page.keyboard.press("w");
	same("w goes round the widths", await page.getAttribute(
		"[data-width=both]", "aria-pressed"), "true");
	await page.focus("canvas.flame");
	for (const key of ["ArrowDown", "ArrowDown", "Enter"])
		await page.keyboard.press(key);
	check("arrows and Enter zoom", /zoom=[1-9]/.test(page.url()),
		page.url());
	check("what is chosen is told with both sides", /→/.test(
		await text(page, ".detail")), await text(page, ".detail"));
	await page.keyboard.press("0");
	check("0 ends the zoom", !/zoom/.test(page.url()), page.url());
	const area = await page.locator("canvas.flame").boundingBox();

	await page.mouse.move(area.x + 20, area.y + 5);
	check("a tip tells both sides and the change", /120 ms → 160 ms/.test(
		await text(page, ".tip")), await text(page, ".tip"));
	same("the flame graph goes without trouble", page.troubles, []);
	await page.close();
	const alike = await open(browser, "alike", "view=flame");
	const none = await boxes(alike);

	same("two equal sides have no colour", [none.orange, none.blue],
		[0, 0]);
	await alike.close();
}

/* 60 ms of work a run on both sides; 30 ms of sleep became 90. */
async function clocks(browser) {
	const page = await open(browser, "waits", "view=tree");
	const pressed = (of, clock) => of.getAttribute("#stage [data-clock=" +
		clock + "]", "aria-pressed");

	same("where wall time decides, the tree is of wall time",
		await pressed(page, "wall"), "true");
	check("what a program waits for is in it", /sleep.*\]/.test(
		await text(page)) && /\+60\.0 ms/.test(await text(page)),
	await text(page));
	await page.click("#stage [data-clock=cpu]");
	check("by CPU time there is no sleep, and no change",
		!/sleep/.test(await text(page)) &&
		!/\+60\.0 ms/.test(await text(page)), await text(page));
	check("the choice is in the link", /clock=cpu/.test(page.url()),
		page.url());
	await page.click("#tab-flame");
	same("the flame graph has the same", await pressed(page, "cpu"),
		"true");
	const work = await boxes(page);

	await page.keyboard.press("c");
	const waits = await boxes(page);

	check("c goes to wall time: more sleep is orange", work.orange === 0 &&
		waits.orange > 500, JSON.stringify([work, waits]));
	same("clocks go without trouble", page.troubles, []);
	await page.close();
	const cpu = await open(browser, "work", "view=tree");

	same("where CPU time decides, the tree is of CPU time",
		await pressed(cpu, "cpu"), "true");
	await cpu.close();
}

async function viewsAndLinks(browser) {
	const page = await open(browser, "changed");
	const shown = () => page.evaluate(() => document.querySelector(
		"#stage > section").id);

	for (const [i, view] of VIEWS.entries()) {
		await page.keyboard.press(String(i + 1));
		same(`key ${i + 1} shows ${view}`, await shown(),
			"view-" + view);
	}
	await page.keyboard.press("9");
	same("a key without a view changes nothing", await shown(),
		"view-info");
	await page.keyboard.press("3");
	await page.keyboard.press("/");
	await page.keyboard.insertText("^(alp|zzz)ha$");
	await page.waitForFunction(() => document.querySelector(
		".search output").textContent);
	same("a search leaves what fits", await rows(page), { alpha: 30e6 });
	await page.keyboard.press("Escape");
	check("Escape ends it", Object.keys(await rows(page)).length > 3);
	await page.click("[role=columnheader]:has-text(\"Base\")");
	same("a click on a head sorts by it", (Object.keys(await rows(page)))
		[0], "alpha");
	const link = await page.evaluate(() => location.hash.slice(1));
	const again = await open(browser, "changed", link);

	same("a link shows the same", link, "view=functions&sort=base");
	same("in the same order", await rows(again), await rows(page));
	await again.evaluate(() => { location.hash = "view=constructor&" +
		"width=__proto__&sort=toString&zoom=1e9&theme=<b>"; });
	same("nonsense in a link is left out", await again.evaluate(() =>
		document.querySelector("#stage > section").id),
	"view-summary");
	same("views go without trouble", page.troubles.concat(again.troubles),
		[]);
	await page.close();
	await again.close();
}

async function looks(browser) {
	const page = await open(browser, "changed");

	for (const wanted of ["light", "dark"]) {
		if (await page.evaluate(() => document.documentElement.dataset
			.theme) !== wanted)
			await page.keyboard.press("d");
		await page.waitForTimeout(200);
		for (const view of VIEWS) {
			await page.click("#tab-" + view);
			const worst = await page.evaluate(worstContrast);

			check(`${view}, ${wanted}: text has a contrast of 4.5`,
				worst[0] >= 4.5, worst);
		}
	}
	for (const [width, height] of [[360, 640], [3840, 2160]]) {
		await page.setViewportSize({ width, height });
		for (const view of VIEWS) {
			await page.click("#tab-" + view);
			const wide = await page.evaluate(() => Math.max(
				document.documentElement.scrollWidth,
				document.querySelector("#stage").scrollWidth));

			check(`${view} fits ${width} pixels`, wide <= width,
				wide);
		}
	}
	same("looks go without trouble", page.troubles, []);
	await page.close();
}

async function hostile(browser) {
	const page = await open(browser, "payloads", "view=functions",
		{ width: 1400, height: 10000 });

	check("200 hostile names and more are shown", Object.keys(await rows(
		page)).length > 200);
	check("no character acts instead of being seen",
		!/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/
			.test(await text(page, "#app")));
	for (const view of VIEWS)
		await page.click("#tab-" + view);
	same("no script runs, nothing is loaded", await page.evaluate(() => [
		typeof window.pwned, document.querySelectorAll(
			"img, svg, iframe, link, b > b").length,
		document.scripts.length]), ["undefined", 0, 1]);
	same("no trouble, no request", page.troubles, []);
	await page.close();
}

async function withoutScripts(browser) {
	const context = await browser.newContext({ javaScriptEnabled: false });
	const page = await context.newPage();

	await page.goto(`file://${folder}/changed.html`);
	check("without JavaScript there are the verdict and the tables",
		/slower: wall time/.test(await text(page, "body")) &&
		/alpha/.test(await text(page, "table >> nth=1")),
		await text(page, "body"));
	await context.close();
}

function policy() {
	const page = fs.readFileSync(`${folder}/changed.html`, "latin1");
	const data = page.match(/id="data">([^<]*)</)[1];

	check("the policy forbids all but the page's own script and style",
		new RegExp("content=\"default-src 'none'; script-src " +
			"'sha256-[^']*'; style-src 'sha256-[^']*'; " +
			"base-uri 'none'; form-action 'none'\"").test(page));
	check("the viewer has at most 120,000 bytes", page.length -
		data.length <= 120000, page.length - data.length);
}

/* Room for a busy machine: what is asked for is no endless loop. */
async function large(browser) {
	const page = await open(browser, "large", "view=flame");
	const first = await page.evaluate(() => performance.now());

	console.log(`# ${(fs.statSync(`${folder}/large.html`).size / 1e6)
		.toFixed(2)} MB, first picture after ${first.toFixed(0)} ms`);
	check("100,000 stacks: the first picture comes soon", first < 10000,
		first);
	for (const view of VIEWS)
		await page.click("#tab-" + view);
	same("100,000 stacks go without trouble", page.troubles, []);
	await page.close();
}

run(program, async (browser) => {
	policy();
	for (const part of [allNumbers, summary, flame, clocks, viewsAndLinks,
		looks, hostile, withoutScripts, large])
		await part(browser);
});
