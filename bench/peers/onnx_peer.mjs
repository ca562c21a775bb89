// ONNX Runtime on one of the bench's forward jobs; protocol.py says what the lines mean.
//
//   node onnx_peer.mjs RUNTIME MODEL HEIGHT WIDTH THREADS OUTPUTS
//
// RUNTIME is the folder of the onnxruntime-node package. All optimizations are on; all outputs are made and kept.

import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const [runtime, model, height, width, threads, outputs] = process.argv.slice(2);
const ort = createRequire(join(runtime, 'package.json'))(runtime);
const shape = [1, 3, Number(height), Number(width)];
const say = (message) => process.stdout.write(JSON.stringify(message) + '\n');

const session = await ort.InferenceSession.create(model, {
  executionProviders: ['cpu'],
  graphOptimizationLevel: 'all',
  intraOpNumThreads: Number(threads),
  interOpNumThreads: 1,
  logSeverityLevel: 3,
});
const names = Array.from({ length: Number(outputs) }, (_, i) => `target_${i}`);
const forward = (values) => session.run({ picture: new ort.Tensor('float32', values, shape) });
const noise = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => Math.random() - 0.5);

const { version } = JSON.parse(readFileSync(join(runtime, 'package.json'), 'utf8'));
say({ ready: `ONNX Runtime ${version}, ${threads} threads` });
for await (const line of createInterface({ input: process.stdin })) {
  const [command, ...files] = line.split('\t');
  if (command === 'run') {
    const start = performance.now();
    await forward(noise);
    say({ ms: performance.now() - start });
  } else if (command === 'check') {
    const bytes = readFileSync(files[0]);
    const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
    const results = await forward(values);
    const parts = names.map((name) => results[name].data);
    writeFileSync(files[1], Buffer.concat(parts.map((data) => Buffer.from(data.buffer, data.byteOffset, data.byteLength))));
    say({ done: true });
  } else {
    say({ error: `unknown command '${command}'` });
  }
}
