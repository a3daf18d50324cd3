// An OpenTelemetry collector for traces over HTTP. It decodes messages by the field numbers of
// https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { startLocalServer, type LocalServer } from './local-server.ts';

/** A received span. */
export interface ReceivedSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for the root of a trace. */
  readonly parentSpanId: string;
  readonly attributes: Readonly<Record<string, string | number>>;
  /** 2 if the span failed. */
  readonly status: number;
}

export interface OtlpReceiver extends LocalServer {
  readonly spans: readonly ReceivedSpan[];
  /** The attributes of the last resource. */
  readonly resource: Readonly<Record<string, string | number>>;
  /** Everything received, so that tests can search it for secrets. */
  readonly raw: string;
}

/** Starts a receiver for traces at `/v1/traces`. */
export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = [];
  let resource = {};
  let raw = '';
  const server = await startLocalServer(async (asked, response) => {
    const sent = await buffer(asked);
    const body = asked.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent;
    if (asked.url !== '/v1/traces' || asked.headers['content-type'] !== 'application/x-protobuf') {
      throw new Error(`unexpected request: ${asked.url}`);
    }
    raw += body.toString('latin1');
    for (const resourceSpans of messages(body, 1)) {
      resource = attributesOf(messages(resourceSpans, 1)[0] ?? Buffer.of(), 1);
      spans.push(...messages(resourceSpans, 2).flatMap((scopeSpans) => messages(scopeSpans, 2).map(readSpan)));
    }
    response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
  });
  return {
    ...server,
    spans,
    get resource() {
      return resource;
    },
    get raw() {
      return raw;
    },
  };
}

function readSpan(span: Buffer): ReceivedSpan {
  const [traceId, spanId, parentSpanId] = [1, 2, 4].map((field) => messages(span, field)[0]?.toString('hex') ?? '');
  return {
    name: String(messages(span, 5)[0]),
    traceId: traceId ?? '',
    spanId: spanId ?? '',
    parentSpanId: parentSpanId ?? '',
    attributes: attributesOf(span, 9),
    status: messages(span, 15).map((status) => Number(numbers(status, 3)[0] ?? 0))[0] ?? 0,
  };
}

function attributesOf(message: Buffer, field: number) {
  const entries = messages(message, field).map((pair) => {
    const value = messages(pair, 2)[0] ?? Buffer.of();
    return [String(messages(pair, 1)[0]), messages(value, 1)[0]?.toString() ?? Number(numbers(value, 3)[0])] as const;
  });
  return Object.fromEntries(entries);
}

const messages = (message: Buffer, field: number): Buffer[] =>
  fieldsOf(message).flatMap(([number, value]) => (number === field && typeof value !== 'bigint' ? [value] : []));

const numbers = (message: Buffer, field: number): bigint[] =>
  fieldsOf(message).flatMap(([number, value]) => (number === field && typeof value === 'bigint' ? [value] : []));

/** https://protobuf.dev/programming-guides/encoding/ */
function fieldsOf(message: Buffer): (readonly [number, Buffer | bigint])[] {
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = message.readUInt8(at++);
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  const bytes = (length: number) => message.subarray(at, (at += length));
  const fields: (readonly [number, Buffer | bigint])[] = [];
  while (at < message.length) {
    const key = Number(varint());
    const read = [varint, () => bytes(8), () => bytes(Number(varint())), undefined, undefined, () => bytes(4)][key & 7];
    if (read === undefined) throw new Error(`wire type ${key & 7}`);
    fields.push([key >> 3, read()]);
  }
  return fields;
}
