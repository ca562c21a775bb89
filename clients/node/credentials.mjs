// Whom a client trusts and how it shows who calls: options for parseArgs, channels, and what goes with each call.
import { readFileSync } from "node:fs";
import grpc from "@grpc/grpc-js";

const text = { type: "string" };

/** For parseArgs' `options`. The API key is better in CNNVIZ_API_KEY: other users of the machine see command lines. */
export const credentialOptions = { ca: text, cert: text, key: text, "api-key": text };

/** How they stand in a usage line. */
export const CREDENTIALS_USAGE = "[--ca FILE] [--cert FILE --key FILE] [--api-key KEY]";

/** A client of `Service` at "host:port" (TLS where --ca or --cert is given), "http://host:port" or "https://host:port",
 * with further channel options. */
export function connect(Service, endpoint, { ca, cert, key }, options = {}) {
  const [, scheme, target] = endpoint.match(/^(?:(https?):\/\/)?([^/]+)\/?$/) ?? [undefined, undefined, endpoint];
  const file = (path) => (path ? readFileSync(path) : null);
  const tls = scheme ? scheme === "https" : Boolean(ca || cert);
  const credentials = tls ? grpc.credentials.createSsl(file(ca), file(key), file(cert)) : grpc.credentials.createInsecure();
  const loopback = /^(localhost|127\.|\[::1\])/.test(target); // A proxy for the internet cannot reach it.
  return new Service(target, credentials, { "grpc.enable_http_proxy": loopback ? 0 : 1, ...options });
}

/** The metadata of every call. */
export function callMetadata(values) {
  const metadata = new grpc.Metadata();
  const key = values["api-key"] ?? process.env.CNNVIZ_API_KEY;
  if (key) metadata.set("authorization", `Bearer ${key}`);
  return metadata;
}
