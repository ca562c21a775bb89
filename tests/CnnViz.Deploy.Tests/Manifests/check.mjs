// Checks rendered manifests twice: against the API's JSON schemas (kubernetes-models) and against its types (kubernetes-types,
// whose excess-property check finds misspelt fields). Arguments: the overlay's folder. Prints {resources, problems} as JSON.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { render } from "./kustomize.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));

const [folder] = process.argv.slice(2);
const problems = [];
let resources = [];
try {
  resources = render(folder);
  for (const resource of resources) await validate(resource);
  typed(resources);
} catch (error) {
  problems.push(error.message);
}
console.log(JSON.stringify({ resources, problems }));

function titled(resource) {
  return `${resource.kind} '${resource.metadata?.name}'`;
}

async function validate(resource) {
  let model;
  try {
    model = (await import(`kubernetes-models/${resource.apiVersion}/${resource.kind}`))[resource.kind];
  } catch {
    problems.push(`${titled(resource)}: the API has no ${resource.apiVersion} ${resource.kind}`);
    return;
  }
  try {
    new model(resource).validate();
  } catch (error) {
    problems.push(`${titled(resource)}: ${error.message}`);
  }
}

// Every resource as a constant of its type, compiled without writing anything.
function typed(resources) {
  const lines = resources.map((resource, i) => {
    const module = resource.apiVersion.includes("/") ? resource.apiVersion.replace(".k8s.io", "") : `core/${resource.apiVersion}`;
    return `export const r${i}: import("kubernetes-types/${module}").${resource.kind} = ${JSON.stringify(resource)};`;
  });
  const work = mkdtempSync(join(here, ".typed-"));
  try {
    const file = join(work, "manifests.ts");
    writeFileSync(file, lines.join("\n"));
    const program = ts.createProgram([file], {
      noEmit: true,
      strict: true,
      skipLibCheck: true,
      types: [],
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
    });
    for (const diagnostic of ts.getPreEmitDiagnostics(program)) {
      const line = diagnostic.file ? diagnostic.file.getLineAndCharacterOfPosition(diagnostic.start).line : 0;
      const text = ts.flattenDiagnosticMessageText(diagnostic.messageText, " ");
      problems.push(`${resources[line] ? titled(resources[line]) : "types"}: ${text}`);
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
