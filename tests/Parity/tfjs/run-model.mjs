// Runs a TensorFlow.js graph model on one input and writes the outputs of chosen nodes.
//
//   node run-model.mjs [--backend wasm|cpu] <model.json> <input.bin> <shape> <out-dir> <node...>
//
// input.bin holds little-endian float32 values in the model's own axis order; shape is "1,3,416,416". For each node the values
// are written to <out-dir>/<index>.f32, and <out-dir>/outputs.json lists node, file and shape in the order asked for.
// The wasm backend computes in float32 with SIMD; cpu is plain JavaScript, slower and an independent check on wasm.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { loadGraphModel } from '@tensorflow/tfjs-converter';

const args = process.argv.slice(2);
const backend = args[0] === '--backend' ? args.splice(0, 2)[1] : 'wasm';
const [modelPath, inputPath, shapeText, outDir, ...nodes] = args;
if (nodes.length === 0) {
  console.error('usage: node run-model.mjs [--backend wasm|cpu] <model.json> <input.bin> <shape> <out-dir> <node...>');
  process.exit(2);
}

async function useBackend(name) {
  if (name === 'wasm') {
    const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
    const entry = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
    setWasmPaths(dirname(entry) + '/');
  } else {
    await import('@tensorflow/tfjs-backend-cpu');
  }
  if (!(await tf.setBackend(name))) {
    throw new Error(`backend ${name} did not start`);
  }
  await tf.ready();
}

// Little-endian bytes of several files as one ArrayBuffer of their own.
function readAll(paths) {
  const bytes = Buffer.concat(paths.map((path) => readFileSync(path)));
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
}

function fromDisk(path) {
  return {
    load: async () => {
      const json = JSON.parse(readFileSync(path, 'utf8'));
      const shards = json.weightsManifest.flatMap((group) => group.paths.map((name) => resolve(dirname(path), name)));
      return {
        modelTopology: json.modelTopology,
        signature: json.signature,
        format: json.format,
        weightSpecs: json.weightsManifest.flatMap((group) => group.weights),
        weightData: readAll(shards),
      };
    },
  };
}

await useBackend(backend);
const model = await loadGraphModel(fromDisk(modelPath));
const shape = shapeText.split(',').map(Number);
const input = tf.tensor(new Float32Array(readAll([inputPath])), shape, 'float32');
const started = performance.now();
const outputs = [model.execute({ [model.inputs[0].name]: input }, nodes)].flat();
const listing = [];
mkdirSync(outDir, { recursive: true });
for (const [index, output] of outputs.entries()) {
  const values = Float32Array.from(await output.data());
  const file = `${index}.f32`;
  writeFileSync(join(outDir, file), Buffer.from(values.buffer));
  listing.push({ node: nodes[index], file, shape: output.shape });
}
writeFileSync(join(outDir, 'outputs.json'), JSON.stringify(listing, null, 2) + '\n');
console.log(`${backend}: ${nodes.length} outputs in ${Math.round(performance.now() - started)} ms`);
