// Runs an ONNX model on one input and writes chosen outputs.
//
//   node run-model.mjs <model.onnx> <input.bin> <shape> <out-dir> <output...>
//
// input.bin holds little-endian float32 values in the model's own axis order; shape is "1,3,320,320". For each output the values
// are written to <out-dir>/<index>.f32, and <out-dir>/outputs.json lists name, file and shape in the order asked for. Graph
// optimizations are off, so that every tensor that add-outputs.py made an output is computed as the file says.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ort from 'onnxruntime-node';

const [modelPath, inputPath, shapeText, outDir, ...names] = process.argv.slice(2);
if (names.length === 0) {
  console.error('usage: node run-model.mjs <model.onnx> <input.bin> <shape> <out-dir> <output...>');
  process.exit(2);
}

const session = await ort.InferenceSession.create(modelPath, {
  executionProviders: ['cpu'],
  graphOptimizationLevel: 'disabled',
  intraOpNumThreads: 2,
  logSeverityLevel: 3,
});
const bytes = readFileSync(inputPath);
const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
const input = new ort.Tensor('float32', values, shapeText.split(',').map(Number));
const started = performance.now();
// Asking for chosen outputs only leaves some of them out in this version, so all are made.
const results = await session.run({ [session.inputNames[0]]: input });
const listing = [];
mkdirSync(outDir, { recursive: true });
for (const [index, name] of names.entries()) {
  if (!results[name]) {
    throw new Error(`the model made no '${name}'`);
  }
  const { data, dims } = results[name];
  const file = `${index}.f32`;
  writeFileSync(join(outDir, file), Buffer.from(data.buffer, data.byteOffset, data.byteLength));
  listing.push({ name, file, shape: dims });
}
writeFileSync(join(outDir, 'outputs.json'), JSON.stringify(listing, null, 2) + '\n');
console.log(`${names.length} outputs in ${Math.round(performance.now() - started)} ms`);
