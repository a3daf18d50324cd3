// Reads a request's body: for those who show a key, unpacked, within the limit, as UTF-8; for others a few KB. Where more
// than that comes, the key has to be good before the rest of it is read. A body that is refused is refused at once, whatever
// is still to come of it.
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { Duplex, pipeline, type Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import {
  ApiKeyMissingError,
  MalformedBodyError,
  PayloadTooLargeError,
  PlatformError,
} from '@rsolv/shared/errors/platform-error';
import { bodyEncoding, bodyProblems, requireJson, type BodyEncoding } from '@rsolv/shared/wire/request-body';
import { headerGetter, readApiKey } from '@rsolv/shared/wire/request-headers';
import getRawBody from 'raw-body';

const unpackers = { gzip: createGunzip, deflate: createInflate, br: createBrotliDecompress };

/** What is read of anybody: room for an ID token and more than a form makes of it, and for most scans. */
const littleBytes = 64 * 1024;

/** How much may be sent, and by whom. */
export interface BodyRules {
  /** For the body as it comes and for what it unpacks to. */
  readonly limitBytes: number;
  /** Asked before more than a little is read: throws a PlatformError unless the key is good. */
  readonly requireGoodKey?: () => Promise<unknown>;
}

/**
 * @throws ApiKeyMissingError, UnsupportedMediaTypeError, PayloadTooLargeError, MalformedBodyError; what the rules throw
 */
export async function readBody(request: IncomingMessage, rules: BodyRules): Promise<string> {
  if (readApiKey(headerGetter(request)) === undefined) throw new ApiKeyMissingError();
  requireJson(request.headers['content-type']);
  return readText(request, rules);
}

/**
 * The body of those who have no key to show.
 *
 * @throws UnsupportedMediaTypeError, PayloadTooLargeError, MalformedBodyError
 */
export async function readOpenBody(request: IncomingMessage): Promise<string> {
  requireJson(request.headers['content-type']);
  return readText(request, { limitBytes: littleBytes });
}

/**
 * The same, as a form; no parameter comes twice: https://www.rfc-editor.org/rfc/rfc6749#section-3.2
 *
 * @throws UnsupportedMediaTypeError, PayloadTooLargeError, MalformedBodyError
 */
export async function readForm(request: IncomingMessage): Promise<Record<string, string>> {
  const entries = [...new URLSearchParams(await readText(request, { limitBytes: littleBytes }))];
  const form = Object.fromEntries(entries);
  if (Object.keys(form).length === entries.length) return form;
  throw new MalformedBodyError('The form has a parameter more than once.');
}

async function readText(request: IncomingMessage, rules: BodyRules): Promise<string> {
  const encoding = bodyEncoding(request.headers['content-encoding']);
  const length = encoding === 'identity' ? request.headers['content-length'] : undefined;
  const stream = through(request, stagesOf(encoding, Number(length ?? Infinity), rules));
  let body: Buffer;
  try {
    body = await getRawBody(stream, { limit: rules.limitBytes, length: length ?? null });
  } catch (cause) {
    if (stream !== request) {
      request.unpipe();
      stream.destroy();
    }
    request.resume();
    throw bodyError(cause, rules.limitBytes);
  }
  if (!isUtf8(body)) throw new MalformedBodyError(bodyProblems.notUtf8);
  if (body.length === 0) throw new MalformedBodyError(bodyProblems.empty);
  return body.toString('utf8');
}

/** What a body goes through: none of it where it says that it is small. */
function stagesOf(encoding: BodyEncoding, length: number, { limitBytes, requireGoodKey }: BodyRules): Duplex[] {
  // Packed bytes may unpack to nothing, however many there are.
  const refuse = () => Promise.reject(new PayloadTooLargeError(bodyProblems.tooLarge(limitBytes)));
  return [
    ...(encoding === 'identity' ? [] : [beyond(limitBytes, refuse), unpackers[encoding]()]),
    ...(length <= littleBytes || requireGoodKey === undefined ? [] : [beyond(littleBytes, requireGoodKey)]),
  ];
}

/** Lets bytes pass, and asks once before it lets pass more than so many. */
const beyond = (bytes: number, ask: () => Promise<unknown>): Duplex =>
  Duplex.from(async function* (chunks: AsyncIterable<Buffer>) {
    let passed = 0;
    for await (const chunk of chunks) {
      if (passed <= bytes && passed + chunk.length > bytes) await ask();
      passed += chunk.length;
      yield chunk;
    }
  });

function through(request: IncomingMessage, [first, ...others]: readonly Duplex[]): Readable {
  if (first === undefined) return request;
  // A pipe passes on the end of its source, but not that it broke off: the reading would never end.
  request.once('close', () => {
    if (!request.complete) first.destroy(new Error('the client hung up'));
  });
  // The request itself is in no pipeline, which would close the connection with it: nobody could be answered.
  return others.reduce((source, stage) => pipeline(source, stage, () => {}), request.pipe(first));
}

function bodyError(cause: unknown, limitBytes: number): Error {
  if (cause instanceof PlatformError) return cause;
  const type = cause instanceof Error && 'type' in cause ? cause.type : undefined;
  if (type === 'entity.too.large') return new PayloadTooLargeError(bodyProblems.tooLarge(limitBytes), { cause });
  if (type === undefined) return new MalformedBodyError(bodyProblems.cannotDecompress, { cause });
  return new MalformedBodyError('The body ended before all of it had come.', { cause });
}
