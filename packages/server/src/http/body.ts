// Reads a request's body: for those who show a key, unpacked, within the limit, as UTF-8. A body that is refused is
// refused at once, whatever is still to come of it.
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import getRawBody from 'raw-body';
import { ApiKeyMissingError, MalformedBodyError, PayloadTooLargeError, UnsupportedMediaTypeError } from '../errors.ts';
import { presentedKey } from './presented-key.ts';

const unpackers = { gzip: createGunzip, deflate: createInflate, br: createBrotliDecompress };

/**
 * @param limitBytes for the body as it comes and for what it unpacks to
 * @throws ApiKeyMissingError, UnsupportedMediaTypeError, PayloadTooLargeError, MalformedBodyError
 */
export async function readBody(request: IncomingMessage, limitBytes: number): Promise<string> {
  if (presentedKey(request.headers) === undefined) throw new ApiKeyMissingError();
  requireJson(request.headers['content-type']);
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
  if (!isUtf8(body)) throw new MalformedBodyError('The body is not UTF-8.');
  if (body.length === 0) throw new MalformedBodyError('The body is empty; send a JSON object.');
  return body.toString('utf8');
}

function requireJson(contentType: string | undefined): void {
  const [type, ...parameters] = (contentType ?? '')
    .toLowerCase()
    .split(';')
    .map((part) => part.trim());
  const charset = parameters
    .find((parameter) => parameter.startsWith('charset='))
    ?.slice('charset='.length)
    .replaceAll('"', '');
  if (type === 'application/json' && (charset === undefined || charset === 'utf-8' || charset === 'utf8')) return;
  const sent = contentType === undefined ? 'without a Content-Type' : `as ${JSON.stringify(contentType.slice(0, 100))}`;
  throw new UnsupportedMediaTypeError(
    `The body came ${sent}; send it with "Content-Type: application/json", in UTF-8.`,
  );
}

function unpack(request: IncomingMessage) {
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (encoding === 'identity') return request;
  if (encoding === 'gzip' || encoding === 'deflate' || encoding === 'br') {
    const unpacker = unpackers[encoding]();
    // A pipe passes on the end of its source, but not that it broke off: the reading would never end.
    request.once('close', () => {
      if (!request.complete) unpacker.destroy(new Error('the client hung up'));
    });
    return request.pipe(unpacker);
  }
  throw new UnsupportedMediaTypeError(
    `The body came with "Content-Encoding: ${encoding.slice(0, 100)}"; send it as gzip, deflate, br or as it is.`,
  );
}

function bodyError(cause: unknown, limitBytes: number): Error {
  const type = cause instanceof Error && 'type' in cause ? cause.type : undefined;
  if (type === 'entity.too.large') {
    return new PayloadTooLargeError(
      `The body is larger than ${limitBytes} bytes, which is the limit, also for what it unpacks to.`,
      { cause },
    );
  }
  if (type === undefined)
    return new MalformedBodyError('The body does not unpack: it is not in the Content-Encoding that it came with.', {
      cause,
    });
  return new MalformedBodyError('The body ended before all of it had come.', { cause });
}
