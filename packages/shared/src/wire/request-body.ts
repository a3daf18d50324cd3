// The content types and encodings that request bodies may have: JSON in UTF-8, optionally compressed.
import { parse } from 'content-type';
import { UnsupportedMediaTypeError } from '../errors/platform-error.ts';

/** A `Content-Encoding` that is supported. */
export type BodyEncoding = 'identity' | 'gzip' | 'deflate' | 'br';

/**
 * Checks that the `Content-Type` is JSON in UTF-8.
 *
 * @throws UnsupportedMediaTypeError where it is not, or is missing
 */
export function requireJson(contentType: string | undefined): void {
  const { type, parameters } = parse(contentType ?? '');
  const charset = parameters['charset']?.toLowerCase();
  if (type === 'application/json' && (charset === undefined || charset === 'utf-8' || charset === 'utf8')) return;
  const sent =
    contentType === undefined
      ? 'The request has no Content-Type'
      : `The Content-Type ${JSON.stringify(contentType.slice(0, 100))} is not supported`;
  throw new UnsupportedMediaTypeError(`${sent}. Send JSON in UTF-8 with "Content-Type: application/json".`);
}

/** Whether a `Content-Type` is that of an HTML form. */
export const isForm = (contentType: string | undefined): boolean =>
  parse(contentType ?? '').type === 'application/x-www-form-urlencoded';

/**
 * The encoding that a `Content-Encoding` names; `identity` where there is none.
 *
 * @throws UnsupportedMediaTypeError where it is not supported
 */
export function bodyEncoding(contentEncoding: string | undefined): BodyEncoding {
  const encoding = (contentEncoding ?? 'identity').trim().toLowerCase();
  if (encoding === 'identity' || encoding === 'gzip' || encoding === 'deflate' || encoding === 'br') return encoding;
  throw new UnsupportedMediaTypeError(
    `The Content-Encoding ${JSON.stringify(encoding.slice(0, 100))} is not supported. Send the body uncompressed, or as gzip, deflate or br.`,
  );
}

/** The messages of errors about a request's body and path. */
export const bodyProblems = {
  tooLarge: (limitBytes: number) =>
    `The body exceeds the limit of ${limitBytes} bytes, compressed or decompressed. Send less.`,
  cannotDecompress: 'The body can not be decompressed: it does not match its Content-Encoding.',
  cutOff: 'The body ended before all of it was sent. Send the request again.',
  notUtf8: 'The body is not valid UTF-8. Encode it as UTF-8.',
  empty: 'The body is empty. Send a JSON object.',
  malformedPath: 'The path has an invalid percent-encoding. Encode "%" as "%25".',
};
