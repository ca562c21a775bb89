// gRPC's interoperability test cases with @grpc/grpc-js, which is written in JavaScript throughout.
//
// usage: node interop_client.mjs HOST:PORT PROTOS
// Prints one line for each case: its name, a tab, and "ok" or what went wrong.

import { deepStrictEqual as equal, strictEqual } from 'node:assert';
import { once } from 'node:events';
import grpc from '@grpc/grpc-js';
import protoLoader from '@grpc/proto-loader';

const [target, protos] = process.argv.slice(2);
const definition = protoLoader.loadSync(
  ['grpc/testing/test.proto', 'grpc/health/v1/health.proto', 'grpc/reflection/v1/reflection.proto', 'grpc/reflection/v1alpha/reflection.proto'],
  { includeDirs: [protos], keepCase: true, enums: String, defaults: true, oneofs: true });
const { testing, health, reflection } = grpc.loadPackageDefinition(definition).grpc;

const open = (Service, options = {}) => new Service(target, grpc.credentials.createInsecure(), options);
const client = open(testing.TestService);
const gzipClient = open(testing.TestService, { 'grpc.default_compression_algorithm': grpc.compressionAlgorithms.gzip });
// Only a hang waits this long.
const patience = () => ({ deadline: Date.now() + 60_000 });

const payload = (size) => ({ body: Buffer.alloc(size) });
const outputRequest = (...sizes) => ({ response_parameters: sizes.map((size) => ({ size })) });
const metadataOf = (entries) => {
  const metadata = new grpc.Metadata();
  for (const [key, value] of Object.entries(entries)) metadata.set(key, value);
  return metadata;
};

/** A unary call: its response, and the call for its metadata and status. */
function unary(stub, method, request, metadata = new grpc.Metadata()) {
  return new Promise((resolve, reject) => {
    const seen = {};
    const call = stub[method](request, metadata, patience(), (error, response) =>
      error ? reject(error) : setImmediate(() => resolve({ response, ...seen })));
    call.on('metadata', (headers) => { seen.headers = headers; });
    call.on('status', (status) => { seen.status = status; });
  });
}

/** The messages of a stream up to its end, and then its status. */
async function drain(call) {
  const messages = [];
  let status;
  call.on('status', (s) => { status = s; });
  for await (const message of call) messages.push(message);
  return { messages, status };
}

async function fails(code, action, details) {
  try {
    await action();
  } catch (error) {
    strictEqual(error.code, code, `expected ${grpc.status[code]}, got ${error}`);
    if (details !== undefined) strictEqual(error.details, details);
    return;
  }
  throw new Error(`expected ${grpc.status[code]}, got a response`);
}

async function echoStatus(message) {
  const response_status = { code: grpc.status.UNKNOWN, message };
  await fails(grpc.status.UNKNOWN, () => unary(client, 'UnaryCall', { response_status }), message);
  const call = client.FullDuplexCall(patience());
  call.end({ response_status });
  await fails(grpc.status.UNKNOWN, () => drain(call), message);
}

async function reflect(service) {
  const stub = open(service);
  const ask = async (question) => {
    const call = stub.ServerReflectionInfo(patience());
    call.end(question);
    const { messages } = await drain(call);
    return messages[0];
  };
  const services = (await ask({ list_services: '' })).list_services_response.service.map((s) => s.name);
  strictEqual(services.includes('grpc.testing.TestService'), true);
  const [file] = (await ask({ file_containing_symbol: 'grpc.testing.TestService' })).file_descriptor_response.file_descriptor_proto;
  strictEqual(file.includes('grpc/testing/test.proto'), true);
  strictEqual((await ask({ file_by_filename: 'no/such.proto' })).error_response.error_code, grpc.status.NOT_FOUND);
  stub.close();
}

const cases = {
  async empty_unary() {
    equal((await unary(client, 'EmptyCall', {})).response, {});
  },

  async large_unary() {
    const { response } = await unary(client, 'UnaryCall', { response_size: 314159, payload: payload(271828) });
    equal(response.payload.body, Buffer.alloc(314159));
  },

  async client_compressed_unary() {
    const request = (value) => ({ response_size: 314159, payload: payload(271828), expect_compressed: { value } });
    await fails(grpc.status.INVALID_ARGUMENT, () => unary(client, 'UnaryCall', request(true)));
    strictEqual((await unary(gzipClient, 'UnaryCall', request(true))).response.payload.body.length, 314159);
    strictEqual((await unary(client, 'UnaryCall', request(false))).response.payload.body.length, 314159);
  },

  async server_compressed_unary() {
    for (const value of [true, false]) {
      const { response } = await unary(client, 'UnaryCall', { response_size: 314159, response_compressed: { value } });
      equal(response.payload.body, Buffer.alloc(314159));
    }
  },

  async client_streaming() {
    const response = await new Promise((resolve, reject) => {
      const call = client.StreamingInputCall(patience(), (error, value) => (error ? reject(error) : resolve(value)));
      for (const size of [27182, 8, 1828, 45904]) call.write({ payload: payload(size) });
      call.end();
    });
    strictEqual(response.aggregated_payload_size, 74922);
  },

  async server_streaming() {
    const sizes = [31415, 9, 2653, 58979];
    const { messages } = await drain(client.StreamingOutputCall(outputRequest(...sizes), patience()));
    equal(messages.map((m) => m.payload.body.length), sizes);
  },

  async ping_pong() {
    const call = client.FullDuplexCall(patience());
    for (const [asked, sent] of [[31415, 27182], [9, 8], [2653, 1828], [58979, 45904]]) {
      call.write({ ...outputRequest(asked), payload: payload(sent) });
      const [message] = await once(call, 'data');
      strictEqual(message.payload.body.length, asked);
    }
    call.end();
    const [status] = await once(call, 'status');
    strictEqual(status.code, grpc.status.OK);
  },

  async empty_stream() {
    const call = client.FullDuplexCall(patience());
    call.end();
    const ended = once(call, 'status');
    equal((await drain(call)).messages, []);
    strictEqual((await ended)[0].code, grpc.status.OK);
  },

  async custom_metadata() {
    const sent = () => metadataOf({
      'x-grpc-test-echo-initial': 'test_initial_metadata_value',
      'x-grpc-test-echo-trailing-bin': Buffer.from([0xab, 0xab, 0xab]),
    });
    const check = (headers, status) => {
      equal(headers.get('x-grpc-test-echo-initial'), ['test_initial_metadata_value']);
      equal(status.metadata.get('x-grpc-test-echo-trailing-bin'), [Buffer.from([0xab, 0xab, 0xab])]);
    };
    const { headers, status } = await unary(client, 'UnaryCall', {}, sent());
    check(headers, status);
    const call = client.FullDuplexCall(sent(), patience());
    const began = once(call, 'metadata');
    const ended = once(call, 'status');
    call.end(outputRequest(1));
    strictEqual((await drain(call)).messages.length, 1);
    check((await began)[0], (await ended)[0]);
  },

  async status_code_and_message() {
    await echoStatus('test status message');
  },

  async special_status_message() {
    await echoStatus('\t\ntest with whitespace\r\nand Unicode BMP \u263a and non-BMP \u{1f608}\t\n');
    await echoStatus('100% of %41');
  },

  async unimplemented_method() {
    await fails(grpc.status.UNIMPLEMENTED, () => unary(client, 'UnimplementedCall', {}));
  },

  async unimplemented_service() {
    const stub = open(testing.UnimplementedService);
    await fails(grpc.status.UNIMPLEMENTED, () => unary(stub, 'UnimplementedCall', {}));
    stub.close();
  },

  async cancel_after_begin() {
    let call;
    const ended = new Promise((resolve, reject) => {
      call = client.StreamingInputCall(
        metadataOf({ 'x-call-id': 'grpc-js-cancel_after_begin' }), patience(),
        (error, value) => (error ? reject(error) : resolve(value)));
    });
    await once(call, 'metadata'); // The server has begun.
    call.cancel();
    await fails(grpc.status.CANCELLED, () => ended);
  },

  async cancel_after_first_response() {
    const call = client.FullDuplexCall(metadataOf({ 'x-call-id': 'grpc-js-cancel_after_first_response' }), patience());
    // The second response lies far off, so the server is still at work when the cancellation comes.
    call.write({ response_parameters: [{ size: 31415 }, { size: 1, interval_us: 60_000_000 }] });
    const [message] = await once(call, 'data');
    strictEqual(message.payload.body.length, 31415);
    const failed = once(call, 'error');
    call.cancel();
    strictEqual((await failed)[0].code, grpc.status.CANCELLED);
  },

  async timeout_on_sleeping_server() {
    const call = client.FullDuplexCall({ deadline: Date.now() + 500 });
    await fails(grpc.status.DEADLINE_EXCEEDED, () => drain(call));
  },

  async gzip_bomb() {
    await fails(grpc.status.RESOURCE_EXHAUSTED, () => unary(gzipClient, 'UnaryCall', { payload: payload(64 * 1024 * 1024) }));
    equal((await unary(gzipClient, 'EmptyCall', {})).response, {});
  },

  async health() {
    const stub = open(health.v1.Health);
    strictEqual((await unary(stub, 'Check', {})).response.status, 'SERVING');
    await fails(grpc.status.NOT_FOUND, () => unary(stub, 'Check', { service: 'no.such.Service' }));
    const watch = stub.Watch({ service: 'no.such.Service' }, patience());
    strictEqual((await once(watch, 'data'))[0].status, 'SERVICE_UNKNOWN');
    const failed = once(watch, 'error');
    watch.cancel();
    strictEqual((await failed)[0].code, grpc.status.CANCELLED); // It was still open.
    stub.close();
  },

  reflection_v1: () => reflect(reflection.v1.ServerReflection),

  reflection_v1alpha: () => reflect(reflection.v1alpha.ServerReflection),
};

for (const [name, run] of Object.entries(cases)) {
  try {
    await run();
    console.log(`${name}\tok`);
  } catch (error) {
    console.log(`${name}\t${String(error.stack ?? error).replaceAll('\n', ' ')}`);
  }
}
client.close();
gzipClient.close();
