#!/usr/bin/env node
// Finds the pictures that most excite filters of a network, shows how the search goes, and saves the result.
import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import grpc from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { callMetadata, connect as connectTo, credentialOptions, CREDENTIALS_USAGE } from "./credentials.mjs";

const USAGE = `usage: maximize.mjs [--endpoint HOST:PORT] [--model nanodet] [--layer Add_10] [--filters 0-7,12]
                    [--recipe lucid|keras] [--steps N] [--size PIXELS] [--seed N] -o FILE
                    ${CREDENTIALS_USAGE}`;

/** "0-7,12" -> [0, 1, ..., 7, 12]. */
function filterNumbers(text) {
  return text.split(",").flatMap((part) => {
    const [, first, last = first] = part.match(/^(\d{1,5})(?:-(\d{1,5}))?$/) ?? [];
    const count = Number(last) - Number(first) + 1;
    if (!(count >= 1 && count <= 512)) throw new Error(`'${part}' is neither a number nor an upward range such as 0-7`);
    return Array.from({ length: count }, (_, i) => Number(first) + i);
  });
}

function wholeNumber(text, name) {
  if (!/^\d{1,15}$/.test(text)) throw new Error(`--${name} '${text}' is not a whole number`);
  return Number(text);
}

function readOptions() {
  const text = (value) => ({ type: "string", default: value });
  try {
    const { values } = parseArgs({
      options: {
        endpoint: text("127.0.0.1:5002"), model: text("nanodet"), layer: text("Add_10"), filters: text("0-7"),
        recipe: text("lucid"), steps: text(), size: text(), seed: text(), output: { ...text(), short: "o" },
        ...credentialOptions,
      },
    });
    if (!["lucid", "keras"].includes(values.recipe)) throw new Error(`'${values.recipe}' is neither lucid nor keras`);
    if (!values.output) throw new Error("-o FILE is needed");
    const number = (name) => (values[name] === undefined ? undefined : wholeNumber(values[name], name));
    return {
      ...values, filters: filterNumbers(values.filters), steps: number("steps"), size: number("size"), seed: number("seed"),
    };
  } catch (error) {
    console.error(`${error.message}\n${USAGE}`);
    process.exit(2);
  }
}

function connect(endpoint, credentials) {
  const protos = fileURLToPath(new URL("../../protos", import.meta.url));
  const definition = loadSync("cnnviz/v1/render.proto", {
    includeDirs: [protos], defaults: true, oneofs: true, longs: Number, enums: String,
  });
  const { RenderService } = grpc.loadPackageDefinition(definition).cnnviz.v1;
  return connectTo(RenderService, endpoint, credentials);
}

/** One line that is rewritten on a terminal, a line for every tenth in a pipe. */
class Progress {
  #live = process.stderr.isTTY;
  #shown = -1;

  show(event) {
    if (event.event === "started") {
      const { execution: run, layer, filters, width, height, steps, recipe } = event.started;
      console.error(`${run.model} ${layer}: ${filters.length} filters, ${width} x ${height} px, ${steps} steps, `
        + `recipe ${recipe}, ${run.engine} on ${run.device}`);
    } else if (event.event === "progress") {
      const { fraction, iteration, steps, filters } = event.progress;
      const tenth = Math.floor(fraction * 10 + 1e-9);
      if (!this.#live && tenth === this.#shown) return;
      this.#shown = tenth;
      const mean = filters.reduce((sum, filter) => sum + filter.objective, 0) / Math.max(1, filters.length);
      const line = `${Math.round(fraction * 100)} %  iteration ${iteration}/${steps}  objective ${mean.toPrecision(4)}`;
      process.stderr.write(this.#live ? `\r${line.padEnd(60)}` : `${line}\n`);
    } else if (event.event === "completed") {
      const { seconds, zeroGradientFilters: dead } = event.completed;
      console.error(`${this.#live ? "\n" : ""}done in ${seconds.toFixed(1)} s${dead.length ? `; dead filters: ${dead}` : ""}`);
    }
  }
}

/** The picture of a RenderMaximization call, as { header, data }; its events go to `progress`. */
async function receivePicture(call, progress) {
  let header;
  const chunks = [];
  for await (const message of call) {
    if (message.content === "event") progress.show(message.event);
    else if (message.content === "picture") header = message.picture;
    else if (message.content === "chunk") chunks.push(message.chunk.data);
  }
  const data = Buffer.concat(chunks);
  if (!header || data.length !== header.byteLength || !createHash("sha256").update(data).digest().equals(header.sha256)) {
    throw new Error("the picture is missing, cut short or damaged");
  }
  return { header, data };
}

const options = readOptions();
const client = connect(options.endpoint, options);
const call = client.renderMaximization({
  maximize: {
    model: options.model,
    layer: options.layer,
    filters: options.filters,
    settings: { // What is undefined takes the recipe's default.
      recipe: `RECIPE_${options.recipe.toUpperCase()}`,
      steps: options.steps, height: options.size, width: options.size, seed: options.seed,
    },
  },
}, callMetadata(options));
process.once("SIGINT", () => call.cancel()); // Ends the work on the server too.
try {
  const { header, data } = await receivePicture(call, new Progress());
  await mkdir(dirname(options.output), { recursive: true });
  await writeFile(options.output, data);
  console.log(`${options.output}: ${header.width} x ${header.height} px, ${header.tiles} tiles. ${header.caption}`);
} catch (error) {
  const unreachable = error.code === grpc.status.UNAVAILABLE;
  console.error(unreachable ? `${options.endpoint} cannot be reached. The services start with: ./cnnviz up` : error.message);
  process.exitCode = error.code === grpc.status.CANCELLED ? 130 : 1;
} finally {
  client.close();
}
