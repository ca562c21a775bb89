// Prints a compose file, its anchors and merges resolved, as JSON. Its tags (!override) are left out.
import { readFileSync } from "node:fs";
import { parse } from "yaml";

console.log(JSON.stringify(parse(readFileSync(process.argv[2], "utf8"), { merge: true, logLevel: "error" })));
