// Calls of several kinds, some at a time, until standard input ends; says then how many there were, what failed and what came back.
//   load.mjs NODE_MODULES PROTOS PICTURE PARALLEL HOST:PORT,HOST:PORT...
// It is a client as the documentation wants it: round robin over the replicas, and gRPC's own retries on UNAVAILABLE.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [modules, protos, pictureFile, parallel, endpoints] = process.argv.slice(2);
const require = createRequire(`${modules}/`);
const grpc = require("@grpc/grpc-js");
const { loadSync } = require("@grpc/proto-loader");

const SERVICE_CONFIG = {
  loadBalancingConfig: [{ round_robin: {} }],
  methodConfig: [{
    name: [{}],
    retryPolicy: {
      maxAttempts: 5, initialBackoff: "0.1s", maxBackoff: "2s", backoffMultiplier: 2, retryableStatusCodes: ["UNAVAILABLE"],
    },
  }],
};
const definition = loadSync("cnnviz/v1/inference.proto", { includeDirs: [protos], longs: String, enums: String, oneofs: true });
const { InferenceService } = grpc.loadPackageDefinition(definition).cnnviz.v1;
const client = new InferenceService(`ipv4:${endpoints}`, grpc.credentials.createInsecure(), {
  "grpc.service_config": JSON.stringify(SERVICE_CONFIG), "grpc.enable_http_proxy": 0,
});
const picture = { data: readFileSync(pictureFile) };
const settings = (seed) => ({ recipe: "RECIPE_LUCID", height: 64, width: 64, steps: 4, seed });

const kinds = [
  ["info", () => unary("modelInfo", { model: "nanodet" }, (answer) => answer.layers.length)],
  ["weights", () => stream("filterWeights", { model: "nanodet", layer: "Add_10" })],
  ["maps", () => stream("featureMaps", { model: "nanodet", layers: ["Add_4"], height: 96, width: 96, picture })],
  ...[0, 1, 2].map((seed) => [`maximize ${seed}`, () => stream("maximizeFilter", {
    model: "nanodet", layer: "Add_10", filters: [seed], noCache: seed === 2, threads: 1, settings: settings(seed),
  })]),
];

function unary(method, request, digest) {
  return new Promise((resolve, reject) => {
    client[method](request, (error, answer) => (error ? reject(error) : resolve(String(digest(answer)))));
  });
}

/** The digest of all bytes of a stream's tensors. */
async function stream(method, request) {
  const hash = createHash("sha256");
  for await (const message of client[method](request)) {
    const chunk = message.chunk ?? message.event?.chunk;
    if (chunk) hash.update(chunk.data);
  }
  return hash.digest("hex");
}

const said = { calls: 0, again: 0, failed: [], wrong: [], answers: {}, worst_ms: 0 };
let over = false;
process.stdin.on("end", () => { over = true; }).resume();

async function once(name, call) {
  const began = performance.now();
  try {
    return await call();
  } catch (error) {
    // A stream that had begun is not gRPC's to repeat.
    if (error.code !== grpc.status.UNAVAILABLE) throw error;
    said.again += 1;
    return await call();
  } finally {
    said.worst_ms = Math.max(said.worst_ms, performance.now() - began);
  }
}

async function callOn(first) {
  for (let i = first; !over; i++) {
    const [name, call] = kinds[i % kinds.length];
    said.calls += 1;
    try {
      const answer = await once(name, call);
      said.answers[name] ??= answer;
      if (said.answers[name] !== answer) said.wrong.push(name);
    } catch (error) {
      said.failed.push(`${name}: ${error.code} ${error.details ?? error.message}`);
    }
    if (said.calls === 3 * kinds.length) console.log("flowing");
  }
}

await Promise.all(Array.from({ length: Number(parallel) }, (_, i) => callOn(i)));
client.close();
console.log(JSON.stringify(said));
