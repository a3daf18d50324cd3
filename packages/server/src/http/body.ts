// Reads a request's body: unpacked, within the limit, as UTF-8. Without an API key only a few KB are read, and of a larger
// body the rest only after the key was found to be valid. A body that is refused is refused at once, before the rest of
// it arrives.
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { Duplex, pipeline, type Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { ApiKeyMissingError } from '@rsolv/shared/errors/access-errors';
import { MalformedBodyError, PayloadTooLargeError } from '@rsolv/shared/errors/platform-error';
import { bodyEncoding, bodyProblems, requireJson, type BodyEncoding } from '@rsolv/shared/wire/request-body';
import { headerGetter, readApiKey } from '@rsolv/shared/wire/request-headers';
import getRawBody from 'raw-body';

const unpackers = { gzip: createGunzip, deflate: createInflate, br: createBrotliDecompress };

/** What is read without a valid API key: enough for an ID token in a form, and for most scans. */
export const smallBodyBytes = 64 * 1024;

/** Which bodies are read. */
export interface BodyRules {
  readonly type: 'json' | 'form';
  /** For the body as it is sent and for what it unpacks to. */
  readonly limitBytes: number;
  /** Throws unless the API key is valid; called before more than a small body is read. Left out if no key is needed. */
  readonly requireValidKey?: () => Promise<unknown>;
}

/**
 * Reads the body of a request.
 *
 * @throws ApiKeyMissingError, UnsupportedMediaTypeError, PayloadTooLargeError, MalformedBodyError; what the rules throw
 */
export async function readBody(request: IncomingMessage, rules: BodyRules): Promise<string> {
  if (rules.requireValidKey !== undefined && readApiKey(headerGetter(request)) === undefined) {
    throw new ApiKeyMissingError();
  }
  if (rules.type === 'json') requireJson(request.headers['content-type']);
  const body = await readBytes(request, rules);
  if (!isUtf8(body)) throw new MalformedBodyError(bodyProblems.notUtf8);
  if (body.length === 0) throw new MalformedBodyError(bodyProblems.empty);
  return body.toString('utf8');
}

async function readBytes(request: IncomingMessage, rules: BodyRules): Promise<Buffer> {
  const encoding = bodyEncoding(request.headers['content-encoding']);
  const length = encoding === 'identity' ? request.headers['content-length'] : undefined;
  const stream = through(request, stagesOf(encoding, Number(length ?? Infinity), rules));
  try {
    return await getRawBody(stream, { limit: rules.limitBytes, length: length ?? null });
  } catch (thrown) {
    if (stream !== request) {
      request.unpipe();
      stream.destroy();
    }
    request.resume();
    throw bodyError(thrown, rules.limitBytes);
  }
}

/** Returns the streams that a body passes through. There are none if its announced length is small. */
function stagesOf(encoding: BodyEncoding, length: number, { limitBytes, requireValidKey }: BodyRules): Duplex[] {
  // A compressed body of any size may decompress to nothing, so its compressed size is limited too.
  const refuse = () => Promise.reject(new PayloadTooLargeError(bodyProblems.tooLarge(limitBytes)));
  return [
    ...(encoding === 'identity' ? [] : [beyond(limitBytes, refuse), unpackers[encoding]()]),
    ...(length <= smallBodyBytes || requireValidKey === undefined ? [] : [beyond(smallBodyBytes, requireValidKey)]),
  ];
}

/** Passes bytes on, and calls `check` once before it passes on more than `bytes`. */
const beyond = (bytes: number, check: () => Promise<unknown>): Duplex =>
  Duplex.from(async function* (chunks: AsyncIterable<Buffer>) {
    let passed = 0;
    for await (const chunk of chunks) {
      if (passed <= bytes && passed + chunk.length > bytes) await check();
      passed += chunk.length;
      yield chunk;
    }
  });

function through(request: IncomingMessage, [first, ...others]: readonly Duplex[]): Readable {
  if (first === undefined) return request;
  // A pipe forwards the end of its source, but not its premature close: without this, reading would never end.
  request.once('close', () => {
    if (!request.complete) first.destroy(new MalformedBodyError(bodyProblems.cutOff));
  });
  // A pipeline would destroy the request on an error, and with it the connection, so that no response could be sent.
  return others.reduce((source, stage) => pipeline(source, stage, () => {}), request.pipe(first));
}

/** Converts an error while reading the body into the error for the caller. Errors of the rules' checks stay unchanged. */
function bodyError(thrown: unknown, limitBytes: number): unknown {
  const options = { cause: thrown };
  const type = thrown instanceof Error && 'type' in thrown ? thrown.type : undefined;
  if (type === 'entity.too.large') return new PayloadTooLargeError(bodyProblems.tooLarge(limitBytes), options);
  if (type !== undefined) return new MalformedBodyError(bodyProblems.cutOff, options);
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  return isUnpackCode.test(code) ? new MalformedBodyError(bodyProblems.cannotDecompress, options) : thrown;
}

/** The codes of errors of zlib, and of Brotli in Node. */
const isUnpackCode = /^(?:Z_|ERR__)/;
