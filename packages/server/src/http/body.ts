// Reads a request's body: for those who show a key, unpacked, within the limit, as UTF-8; for others a few KB. A body that
// is refused is refused at once, whatever is still to come of it.
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { ApiKeyMissingError, MalformedBodyError, PayloadTooLargeError } from '@rsolv/shared/platform-error';
import { bodyEncoding, bodyFaults, requireJson } from '@rsolv/shared/request-body';
import { presentedKey } from '@rsolv/shared/request-headers';
import getRawBody from 'raw-body';
import { headersOf } from './headers-of.ts';

const unpackers = { gzip: createGunzip, deflate: createInflate, br: createBrotliDecompress };

/**
 * @param limitBytes for the body as it comes and for what it unpacks to
 * @throws ApiKeyMissingError, UnsupportedMediaTypeError, PayloadTooLargeError, MalformedBodyError
 */
export async function readBody(request: IncomingMessage, limitBytes: number): Promise<string> {
  if (presentedKey(headersOf(request)) === undefined) throw new ApiKeyMissingError();
  requireJson(request.headers['content-type']);
  return readText(request, limitBytes);
}

/** Room for an ID token, and more than a form makes of it. */
export const openLimitBytes = 64 * 1024;

/**
 * The body of those who have no key to show.
 *
 * @throws UnsupportedMediaTypeError, PayloadTooLargeError, MalformedBodyError
 */
export async function readOpenBody(request: IncomingMessage): Promise<string> {
  requireJson(request.headers['content-type']);
  return readText(request, openLimitBytes);
}

/**
 * The same, as a form; no parameter comes twice: https://www.rfc-editor.org/rfc/rfc6749#section-3.2
 *
 * @throws UnsupportedMediaTypeError, PayloadTooLargeError, MalformedBodyError
 */
export async function readForm(request: IncomingMessage): Promise<Record<string, string>> {
  const entries = [...new URLSearchParams(await readText(request, openLimitBytes))];
  const form = Object.fromEntries(entries);
  if (Object.keys(form).length === entries.length) return form;
  throw new MalformedBodyError('The form has a parameter more than once.');
}

async function readText(request: IncomingMessage, limitBytes: number): Promise<string> {
  const stream = unpack(request);
  let body: Buffer;
  try {
    body = await getRawBody(stream, {
      limit: limitBytes,
      length: (stream === request && request.headers['content-length']) || null,
    });
  } catch (cause) {
    if (stream !== request) {
      request.unpipe();
      stream.destroy();
    }
    request.resume();
    throw bodyError(cause, limitBytes);
  }
  if (!isUtf8(body)) throw new MalformedBodyError(bodyFaults.notUtf8);
  if (body.length === 0) throw new MalformedBodyError(bodyFaults.empty);
  return body.toString('utf8');
}

function unpack(request: IncomingMessage) {
  const encoding = bodyEncoding(request.headers['content-encoding']);
  if (encoding === 'identity') return request;
  const unpacker = unpackers[encoding]();
  // A pipe passes on the end of its source, but not that it broke off: the reading would never end.
  request.once('close', () => {
    if (!request.complete) unpacker.destroy(new Error('the client hung up'));
  });
  return request.pipe(unpacker);
}

function bodyError(cause: unknown, limitBytes: number): Error {
  const type = cause instanceof Error && 'type' in cause ? cause.type : undefined;
  if (type === 'entity.too.large') return new PayloadTooLargeError(bodyFaults.tooLarge(limitBytes), { cause });
  if (type === undefined) return new MalformedBodyError(bodyFaults.doesNotUnpack, { cause });
  return new MalformedBodyError('The body ended before all of it had come.', { cause });
}
