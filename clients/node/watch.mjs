#!/usr/bin/env node
// Follows a maximization run that anyone has started, from any replica, and goes on by itself after a broken connection.
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import grpc from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { callMetadata, connect as connectTo, credentialOptions, CREDENTIALS_USAGE } from "./credentials.mjs";

const USAGE =
  `usage: watch.mjs [--endpoint HOST:PORT[,HOST:PORT...]] [--from SEQUENCE] [--json] ${CREDENTIALS_USAGE} RUN_ID`;
const ATTEMPTS = 20; // Without an event in between, half a second apart.
const PAUSE_MS = 500;
// A replica that hangs holds its connections; one that does not answer a ping in time is left for the next.
const KEEPALIVE = { "grpc.keepalive_time_ms": 10_000, "grpc.keepalive_timeout_ms": 5_000 };

function readOptions() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        endpoint: { type: "string", default: "127.0.0.1:5001" },
        from: { type: "string", default: "1" },
        json: { type: "boolean", default: false },
        ...credentialOptions,
      },
    });
    if (positionals.length !== 1) throw new Error("one RUN_ID is needed");
    if (!/^\d{1,15}$/.test(values.from)) throw new Error(`--from '${values.from}' is not a whole number`);
    return { ...values, endpoints: values.endpoint.split(","), from: Math.max(1, Number(values.from)), runId: positionals[0] };
  } catch (error) {
    console.error(`${error.message}\n${USAGE}`);
    process.exit(2);
  }
}

function connect(endpoint, credentials) {
  const protos = fileURLToPath(new URL("../../protos", import.meta.url));
  const definition = loadSync("cnnviz/v1/maximization.proto", {
    includeDirs: [protos], defaults: true, oneofs: true, longs: Number, enums: String,
  });
  const { MaximizationService } = grpc.loadPackageDefinition(definition).cnnviz.v1;
  return connectTo(MaximizationService, endpoint, credentials, KEEPALIVE);
}

/** A line for an event; nothing for the bytes of a tensor. */
function line(event) {
  const { started, progress, result, completed } = event;
  if (started) return `${started.execution.model} ${started.layer}: ${started.filters.length} filters, ${started.steps} steps`;
  if (progress) return `filters ${progress.filters.map((filter) => filter.filter)} iteration ${progress.iteration}/${progress.steps}`;
  if (result) return `filter ${result.filter} done, objective ${result.objective.toPrecision(6)}`;
  if (completed) return "completed";
  return undefined;
}

/** An event as one JSON value, for programs; of bytes their SHA-256. */
function json({ sequence, event: kind, ...event }) {
  const value = event[kind];
  if (kind === "chunk") return JSON.stringify({ sequence, kind, offset: value.offset, sha256: sha256(value.data) });
  if (kind === "preview") return JSON.stringify({ sequence, kind, ...value, png: sha256(value.png) });
  if (kind === "result") return JSON.stringify({ sequence, kind, ...value, image: value.image?.sha256.toString("hex") });
  return JSON.stringify({ sequence, kind, ...value });
}

function sha256(bytes) {
  return createHash("sha256").update(bytes).digest("hex");
}

const options = readOptions();
const { endpoints, runId, from, json: asJson } = options;
const clients = endpoints.map((endpoint) => connect(endpoint, options));
let next = from;
let failures = 0;
for (let attempt = 0; ; attempt++) {
  const call = clients[attempt % clients.length].watch({ runId, fromSequence: next }, callMetadata(options));
  try {
    for await (const { event } of call) {
      if (event.sequence !== next) throw new Error(`event ${event.sequence} came where ${next} should`);
      const text = asJson ? json(event) : line(event);
      if (text) console.log(asJson ? text : `${event.sequence}: ${text}`);
      next = event.sequence + 1;
      failures = 0;
    }
    break;
  } catch (error) {
    if (error.code !== grpc.status.UNAVAILABLE || ++failures > ATTEMPTS) {
      console.error(error.details ?? error.message);
      process.exitCode = 1;
      break;
    }
    console.error(`the connection broke; going on from event ${next}`);
    await new Promise((resume) => setTimeout(resume, PAUSE_MS));
  }
}
clients.forEach((client) => client.close());
