// Writes TensorFlow.js layers models with seeded random weights, and every layer's output for a seeded input, as references for
// readers of Keras' formats.
//
//   node layers-models.mjs <out-dir>
//
// Each model is a folder of its own: model.json and weights.bin as model.save writes them; input.f32, little-endian float32 in
// the model's own axis order, each value a picture's (p - 127.5) / 127.5 with p in 0..255; outputs.json, which lists layer, file and shape (batch first) of each layer's output.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';

const l = layers.layers;
const picture = [12, 10, 3];

// Mulberry32: a small generator with a seed, uniform in -1..1.
function uniform(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (((t ^ (t >>> 14)) >>> 0) / 2147483648) - 1;
  };
}

function convolutions() {
  const input = layers.input({ shape: picture, name: 'picture' });
  let x = l.conv2d({ filters: 6, kernelSize: 3, padding: 'same', activation: 'relu', name: 'conv_same' }).apply(input);
  x = l.conv2d({ filters: 5, kernelSize: [3, 2], strides: [2, 1], useBias: false, name: 'conv_strided' }).apply(x);
  x = l.batchNormalization({ name: 'bn', epsilon: 0.01 }).apply(x);
  x = l.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, padding: 'same', name: 'depthwise' }).apply(x);
  x = l.batchNormalization({ name: 'bn_plain', scale: false, center: false }).apply(x);
  x = l.separableConv2d({
    filters: 7, kernelSize: 3, padding: 'same', activation: 'tanh', name: 'separable',
  }).apply(x);
  x = l.conv2dTranspose({ filters: 4, kernelSize: 3, strides: 2, padding: 'same', name: 'transposed_same' }).apply(x);
  x = l.conv2dTranspose({
    filters: 4, kernelSize: 2, strides: 3, padding: 'valid', activation: 'elu', name: 'transposed_valid',
  }).apply(x);
  x = l.conv2d({ filters: 3, kernelSize: 3, dilationRate: 2, padding: 'same', name: 'dilated' }).apply(x);
  x = l.conv2d({ filters: 3, kernelSize: 4, strides: 2, padding: 'same', activation: 'softmax', name: 'same_strided' }).apply(x);
  return layers.model({ inputs: input, outputs: x, name: 'convolutions' });
}

function spatial() {
  const input = layers.input({ shape: picture, name: 'picture' });
  const scaled = l.rescaling({ scale: 1 / 127.5, offset: -1, name: 'rescaling' }).apply(input);
  let x = l.conv2d({ filters: 4, kernelSize: 3, name: 'conv' }).apply(scaled);
  x = l.zeroPadding2d({ padding: [[1, 2], [0, 3]], name: 'pad' }).apply(x);
  const max = l.maxPooling2d({ poolSize: 2, name: 'max' }).apply(x);
  const mean = l.averagePooling2d({ poolSize: 3, strides: 2, padding: 'same', name: 'mean_same' }).apply(x);
  const maxSame = l.maxPooling2d({ poolSize: [3, 2], strides: 2, padding: 'same', name: 'max_same' }).apply(x);
  const cropped = l.cropping2D({ cropping: [[1, 0], [0, 1]], name: 'crop' }).apply(mean);
  const up = l.upSampling2d({ size: [2, 3], name: 'up' }).apply(cropped);
  const permuted = l.permute({ dims: [2, 3, 1], name: 'permute' }).apply(up);
  const reshaped = l.reshape({ targetShape: [80, 9], name: 'reshape_rows' }).apply(permuted);
  const joined = l.concatenate({ name: 'join' }).apply([
    l.globalAveragePooling2d({ name: 'global_mean' }).apply(max),
    l.globalMaxPooling2d({ name: 'global_max' }).apply(maxSame),
    l.flatten({ name: 'flat_rows' }).apply(reshaped),
    l.flatten({ name: 'flat_map' }).apply(mean),
  ]);
  const hidden = l.dense({ units: 24, activation: 'sigmoid', name: 'hidden' }).apply(joined);
  const map = l.reshape({ targetShape: [2, 4, 3], name: 'reshape_map' }).apply(hidden);
  const cells = l.dense({ units: 5, activation: 'softmax', name: 'dense_on_map' }).apply(map);
  const outer = l.flatten({ name: 'flat_cells' }).apply(cells);
  const out = l.dense({ units: 3, useBias: false, activation: 'softmax', name: 'predictions' }).apply(outer);
  return layers.model({ inputs: input, outputs: out, name: 'spatial' });
}

function merges() {
  const input = layers.input({ shape: picture, name: 'picture' });
  const a = l.conv2d({ filters: 4, kernelSize: 3, padding: 'same', name: 'a' }).apply(input);
  const b = l.conv2d({ filters: 4, kernelSize: 1, name: 'b' }).apply(input);
  const c = l.conv2d({ filters: 4, kernelSize: 5, padding: 'same', name: 'c' }).apply(input);
  const all = [a, b, c];
  const squeezed = l.globalAveragePooling2d({ name: 'squeeze' }).apply(a);
  const gate = l.reshape({ targetShape: [1, 1, 4], name: 'gate' }).apply(squeezed);
  const joined = l.concatenate({ name: 'join' }).apply([
    l.add({ name: 'sum' }).apply(all),
    l.average({ name: 'mean' }).apply(all),
    l.maximum({ name: 'largest' }).apply(all),
    l.minimum({ name: 'smallest' }).apply([a, c]),
    l.multiply({ name: 'gated' }).apply([b, gate]),
  ]);
  const rows = l.concatenate({ axis: 1, name: 'rows' }).apply([a, b]);
  const dropped = l.dropout({ rate: 0.5, name: 'drop' }).apply(rows);
  const wide = l.conv2d({ filters: 2, kernelSize: 1, name: 'wide' }).apply(dropped);
  const normed = l.batchNormalization({ name: 'flat_bn' }).apply(l.globalMaxPooling2d({ name: 'peak' }).apply(wide));
  return layers.model({ inputs: input, outputs: [joined, normed], name: 'merges' });
}

const activationNames = [
  'linear', 'relu', 'relu6', 'elu', 'selu', 'sigmoid', 'hardSigmoid', 'tanh', 'softplus', 'softsign', 'softmax', 'swish', 'mish',
  'gelu', 'gelu_new',
];

function activations() {
  const input = layers.input({ shape: picture, name: 'picture' });
  const x = l.conv2d({ filters: 4, kernelSize: 3, name: 'conv' }).apply(input);
  const outputs = activationNames.map((activation) => l.activation({ activation, name: `act_${activation}` }).apply(x));
  outputs.push(
    l.reLU({ name: 'relu' }).apply(x),
    l.reLU({ maxValue: 6, name: 'relu_6' }).apply(x),
    l.reLU({ maxValue: 0.5, name: 'relu_half' }).apply(x),
    l.leakyReLU({ alpha: 0.1, name: 'leaky' }).apply(x),
    l.leakyReLU({ name: 'leaky_default' }).apply(x),
    l.elu({ name: 'elu' }).apply(x),
    l.thresholdedReLU({ theta: 0.3, name: 'thresholded' }).apply(x),
    l.softmax({ axis: -1, name: 'softmax' }).apply(x),
    l.prelu({ name: 'prelu_cells', alphaInitializer: 'randomUniform' }).apply(x),
    l.prelu({ name: 'prelu_channels', sharedAxes: [1, 2], alphaInitializer: 'randomUniform' }).apply(x),
    l.gaussianNoise({ stddev: 1, name: 'noise' }).apply(x));
  return layers.model({ inputs: input, outputs, name: 'activations' });
}

function plain() {
  const model = layers.sequential({ name: 'plain' });
  model.add(l.conv2d({ inputShape: picture, filters: 4, kernelSize: 3, activation: 'relu', name: 'conv2d_1' }));
  model.add(l.maxPooling2d({ poolSize: 2, name: 'pool' }));
  model.add(l.conv2d({ filters: 6, kernelSize: 2, name: 'conv2d_2' }));
  model.add(l.leakyReLU({ name: 'leaky' }));
  model.add(l.flatten({ name: 'flat' }));
  model.add(l.dropout({ rate: 0.25, name: 'drop' }));
  model.add(l.dense({ units: 8, activation: 'relu', name: 'dense_1' }));
  model.add(l.dense({ units: 3, activation: 'softmax', name: 'dense_2' }));
  return model;
}

// Layers of nested models cannot be asked for by name here; what surrounds them can.
function nested() {
  const stem = layers.sequential({ name: 'stem' });
  stem.add(l.conv2d({ inputShape: picture, filters: 4, kernelSize: 3, name: 'stem_conv' }));
  stem.add(l.batchNormalization({ name: 'stem_bn' }));
  const inner = layers.input({ shape: [10, 8, 4], name: 'block_input' });
  const branch = l.conv2d({ filters: 4, kernelSize: 3, padding: 'same', activation: 'relu', name: 'block_conv' }).apply(inner);
  const added = l.add({ name: 'block_add' }).apply([inner, branch]);
  const block = layers.model({ inputs: inner, outputs: l.batchNormalization({ name: 'block_bn' }).apply(added), name: 'block' });
  const input = layers.input({ shape: picture, name: 'picture' });
  const x = block.apply(stem.apply(input));
  const shared = l.conv2d({ filters: 4, kernelSize: 1, name: 'shared' });
  const twice = shared.apply(shared.apply(x));
  const out = l.globalAveragePooling2d({ name: 'pool' }).apply(twice);
  return layers.model({ inputs: input, outputs: out, name: 'nested' });
}

// Without batch normalization, which TensorFlow.js' cpu backend computes over the last axis alone.
function channelsFirst() {
  const dataFormat = 'channelsFirst';
  const model = layers.sequential({ name: 'channels_first' });
  model.add(l.conv2d({ inputShape: [3, 12, 10], filters: 4, kernelSize: 3, activation: 'relu', dataFormat, name: 'conv' }));
  model.add(l.zeroPadding2d({ padding: 1, dataFormat, name: 'pad' }));
  model.add(l.maxPooling2d({ poolSize: 2, dataFormat, name: 'pool' }));
  model.add(l.upSampling2d({ size: [2, 2], dataFormat, name: 'up' }));
  model.add(l.activation({ activation: 'softmax', name: 'softmax_columns' }));
  model.add(l.flatten({ dataFormat, name: 'flat' }));
  model.add(l.dense({ units: 3, name: 'dense' }));
  return model;
}

// Every weight uniform in -1..1, scaled to keep activations near 1; variances are made positive.
function fill(model, next) {
  const values = model.weights.map((variable) => {
    const shape = variable.shape;
    const fanIn = shape.length > 1 ? shape.slice(0, -1).reduce((a, b) => a * b, 1) : 1;
    const scale = shape.length > 1 ? Math.sqrt(3 / fanIn) : 0.5;
    const data = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => next() * scale);
    return tf.tensor(variable.originalName.includes('variance') ? data.map((v) => Math.abs(v) + 0.2) : data, shape);
  });
  model.weights.forEach((variable, i) => variable.write(values[i]));
}

async function write(model, folder, seed) {
  mkdirSync(folder, { recursive: true });
  const next = uniform(seed);
  fill(model, next);
  await model.save({
    save: async (artifacts) => {
      writeFileSync(join(folder, 'weights.bin'), Buffer.from(artifacts.weightData));
      writeFileSync(join(folder, 'model.json'), JSON.stringify({
        format: artifacts.format,
        generatedBy: artifacts.generatedBy,
        modelTopology: artifacts.modelTopology,
        weightsManifest: [{ paths: ['weights.bin'], weights: artifacts.weightSpecs }],
      }));
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    },
  });

  const shape = [1, ...model.inputs[0].shape.slice(1)];
  const pixel = () => (Math.round(127.5 + 127.5 * next()) - 127.5) / 127.5;
  const data = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, pixel);
  writeFileSync(join(folder, 'input.f32'), Buffer.from(data.buffer));
  const asked = model.layers.filter((layer) => layer.getClassName() !== 'InputLayer');
  const last = asked.map((layer) => layer.getOutputAt(layer.inboundNodes.length - 1));
  const everything = layers.model({ inputs: model.inputs, outputs: last });
  const outputs = [everything.predict(tf.tensor(data, shape))].flat();
  const listing = [];
  for (const [i, output] of outputs.entries()) {
    const file = `${i}.f32`;
    writeFileSync(join(folder, file), Buffer.from(Float32Array.from(await output.data()).buffer));
    const calls = asked[i].inboundNodes.length;
    const call = asked[i].name === 'shared' ? `/call_${calls - 1}` : '';
    listing.push({ layer: asked[i].name + call, file, shape: output.shape });
  }
  writeFileSync(join(folder, 'outputs.json'), JSON.stringify(listing, null, 2) + '\n');
}

const [outDir] = process.argv.slice(2);
if (!outDir) {
  console.error('usage: node layers-models.mjs <out-dir>');
  process.exit(2);
}

await tf.setBackend('cpu');
const makers = { convolutions, spatial, merges, activations, plain, nested, channels_first: channelsFirst };
let seed = 1;
for (const [name, make] of Object.entries(makers)) {
  await write(make(), join(outDir, name), seed++);
  console.log(name);
}
