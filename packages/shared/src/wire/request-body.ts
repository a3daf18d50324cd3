// How a body may come: as JSON in UTF-8, as it is or packed.
import { UnsupportedMediaTypeError } from '../errors/platform-error.ts';

/** How a body may be packed. */
export type BodyEncoding = 'identity' | 'gzip' | 'deflate' | 'br';

/**
 * Goes on only where a `Content-Type` says JSON in UTF-8.
 *
 * @throws UnsupportedMediaTypeError
 */
export function requireJson(contentType: string | undefined): void {
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

/** Whether a `Content-Type` says that the body is a form. */
export const isForm = (contentType: string | undefined): boolean =>
  /^application\/x-www-form-urlencoded(?=$|[;\s])/i.test(contentType ?? '');

/**
 * How a body is packed, by its `Content-Encoding`.
 *
 * @throws UnsupportedMediaTypeError
 */
export function bodyEncoding(contentEncoding: string | undefined): BodyEncoding {
  const encoding = (contentEncoding ?? 'identity').trim().toLowerCase();
  if (encoding === 'identity' || encoding === 'gzip' || encoding === 'deflate' || encoding === 'br') return encoding;
  throw new UnsupportedMediaTypeError(
    `The body came with "Content-Encoding: ${encoding.slice(0, 100)}"; send it as gzip, deflate, br or as it is.`,
  );
}

/** What a body, or the path that it came to, is refused for, in words. */
export const bodyProblems = {
  tooLarge: (limitBytes: number) =>
    `The body is larger than ${limitBytes} bytes, which is the limit, also for what it unpacks to.`,
  cannotDecompress: 'The body does not unpack: it is not in the Content-Encoding that it came with.',
  notUtf8: 'The body is not UTF-8.',
  empty: 'The body is empty; send a JSON object.',
  malformedPath: 'The path has a broken percent-escape.',
};
