// SPDX-License-Identifier: MIT
// usage: node validate.js SCHEMA FILE...: does each fit the JSON schema?
const fs = require("fs");
const path = require("path");
const modules = path.join(__dirname, "../../build/clients/node_modules");
const Ajv = require(path.join(modules, "ajv"));

const [schema, ...files] = process.argv.slice(2);
const read = (name) => JSON.parse(fs.readFileSync(name, "utf8"));
const check = new Ajv({ allErrors: true, strict: false }).compile(read(schema));
let bad = 0;

for (const file of files) {
	if (check(read(file)))
		continue;
	bad++;
	console.log(file, JSON.stringify(check.errors.slice(0, 5)));
}
process.exit(bad ? 1 : 0);
