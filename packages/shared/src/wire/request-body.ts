// What a body may be: JSON in UTF-8, as it is or compressed.
import { parse } from 'content-type';
import { UnsupportedMediaTypeError } from '../errors/platform-error.ts';

/** How a body may be compressed. */
export type BodyEncoding = 'identity' | 'gzip' | 'deflate' | 'br';

/**
 * Requires a `Content-Type` of JSON in UTF-8.
 *
 * @throws UnsupportedMediaTypeError
 */
export function requireJson(contentType: string | undefined): void {
  const { type, parameters } = parse(contentType ?? '');
  const charset = parameters['charset']?.toLowerCase();
  if (type === 'application/json' && (charset === undefined || charset === 'utf-8' || charset === 'utf8')) return;
  const sent = contentType === undefined ? 'without a Content-Type' : `as ${JSON.stringify(contentType.slice(0, 100))}`;
  throw new UnsupportedMediaTypeError(
    `The body was sent ${sent}. Send it with "Content-Type: application/json", in UTF-8.`,
  );
}

/** Whether a `Content-Type` announces a form. */
export const isForm = (contentType: string | undefined): boolean =>
  parse(contentType ?? '').type === 'application/x-www-form-urlencoded';

/**
 * How a body is compressed, by its `Content-Encoding`.
 *
 * @throws UnsupportedMediaTypeError
 */
export function bodyEncoding(contentEncoding: string | undefined): BodyEncoding {
  const encoding = (contentEncoding ?? 'identity').trim().toLowerCase();
  if (encoding === 'identity' || encoding === 'gzip' || encoding === 'deflate' || encoding === 'br') return encoding;
  throw new UnsupportedMediaTypeError(
    `The body was sent with "Content-Encoding: ${encoding.slice(0, 100)}". Use gzip, deflate, br or no encoding.`,
  );
}

/** Why a body, or the path that it is sent to, is refused. */
export const bodyProblems = {
  tooLarge: (limitBytes: number) =>
    `The body is larger than the limit of ${limitBytes} bytes, which also applies to what it decompresses to.`,
  cannotDecompress: 'The body cannot be decompressed: it is not in the Content-Encoding that it was sent with.',
  cutOff: 'The body ended before all of it was sent.',
  notUtf8: 'The body is not UTF-8.',
  empty: 'The body is empty. Send a JSON object.',
  malformedPath: 'The path has an invalid percent-escape.',
};
