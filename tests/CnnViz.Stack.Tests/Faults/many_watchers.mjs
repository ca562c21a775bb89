// Opens many watches of a run at the same time, in turns over the replicas; says when all have their first event, and at the end how
// many came to `completed` and with which events (the digest of every event's sequence, kind and bytes).
//   many_watchers.mjs NODE_MODULES PROTOS COUNT RUN_ID HOST:PORT,HOST:PORT...
import { createHash } from "node:crypto";
import { createRequire } from "node:module";

const [modules, protos, count, runId, endpoints] = process.argv.slice(2);
const require = createRequire(`${modules}/`);
const grpc = require("@grpc/grpc-js");
const { loadSync } = require("@grpc/proto-loader");

const definition = loadSync("cnnviz/v1/maximization.proto", { includeDirs: [protos], longs: Number, enums: String, oneofs: true });
const { MaximizationService } = grpc.loadPackageDefinition(definition).cnnviz.v1;
const clients = endpoints.split(",").map((endpoint) => new MaximizationService(
  endpoint, grpc.credentials.createInsecure(), { "grpc.enable_http_proxy": 0 }));

let begun = 0;
const said = { completed: 0, failed: [], digests: {}, events: 0 };

async function watch(client) {
  const hash = createHash("sha256");
  let next = 1;
  try {
    for await (const { event } of client.watch({ runId })) {
      if (event.sequence !== next) throw new Error(`event ${event.sequence} came where ${next} should`);
      next += 1;
      hash.update(`${event.sequence} ${JSON.stringify(event)}`);
      said.completed += event.completed ? 1 : 0;
      if (next === 2 && ++begun === Number(count)) console.log("all watch");
    }
    const digest = hash.digest("hex");
    said.digests[digest] = (said.digests[digest] ?? 0) + 1;
    said.events += next - 1;
  } catch (error) {
    said.failed.push(`${error.code} ${error.details ?? error.message}`);
  }
}

await Promise.all(Array.from({ length: Number(count) }, (_, i) => watch(clients[i % clients.length])));
clients.forEach((client) => client.close());
console.log(JSON.stringify(said));
