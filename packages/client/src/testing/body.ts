import { isUtf8 } from 'node:buffer';
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import { MalformedBodyError, PayloadTooLargeError } from '@rsolv/shared/errors/platform-error';
import { bodyEncoding, bodyProblems, requireJson } from '@rsolv/shared/wire/request-body';
import type { GetHeader } from '@rsolv/shared/wire/request-headers';

const decompressors = { gzip: gunzipSync, deflate: inflateSync, br: brotliDecompressSync };

/** A request's body and headers. */
export interface SentBody {
  readonly getHeader: GetHeader;
  readonly bytes: Uint8Array;
}

/** Which bodies to accept. */
export interface BodyRules {
  readonly type: 'json' | 'form';
  /** Applies to the body before and after decompression. */
  readonly limitBytes: number;
}

/**
 * Reads a body as the server does.
 *
 * @throws UnsupportedMediaTypeError, PayloadTooLargeError, MalformedBodyError
 */
export function readBody({ getHeader, bytes }: SentBody, { type, limitBytes }: BodyRules): string {
  if (type === 'json') requireJson(getHeader('content-type'));
  const encoding = bodyEncoding(getHeader('content-encoding'));
  const body = encoding === 'identity' ? bytes : decompress(bytes, decompressors[encoding], limitBytes);
  if (body.length > limitBytes) throw new PayloadTooLargeError(bodyProblems.tooLarge(limitBytes));
  if (!isUtf8(body)) throw new MalformedBodyError(bodyProblems.notUtf8);
  if (body.length === 0) throw new MalformedBodyError(bodyProblems.empty);
  // Keeps a byte order mark, which JSON does not allow, so that parsing fails.
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(body);
}

function decompress(bytes: Uint8Array, decompressor: typeof gunzipSync, limitBytes: number): Uint8Array {
  try {
    return decompressor(bytes, { maxOutputLength: limitBytes });
  } catch (cause) {
    const isTooLarge = cause instanceof RangeError && 'code' in cause && cause.code === 'ERR_BUFFER_TOO_LARGE';
    throw isTooLarge
      ? new PayloadTooLargeError(bodyProblems.tooLarge(limitBytes), { cause })
      : new MalformedBodyError(bodyProblems.cannotDecompress, { cause });
  }
}
