// The error of an attempt that got no answer, in words: what a `fetch` throws may hold the request, and so the API key.
import { ConfigurationError, ConnectionError, UnexpectedAnswerError } from './errors.ts';
import type { RsolvError } from './rsolv-error.ts';

/** What to do about codes that say more than that there was no answer. Trying again does not help there. */
const advices: [pattern: RegExp, advice: string][] = [
  [/SSL_WRONG_VERSION|SSL_PACKET_LENGTH|EPROTO/, 'It speaks HTTP, not HTTPS: begin baseUrl with http://.'],
  [
    /CERT|UNABLE_TO_(GET|VERIFY)/,
    'Its certificate is not trusted. Where a proxy replaces certificates, name its own in NODE_EXTRA_CA_CERTS.',
  ],
];

/** Codes of a body that is not what its Content-Encoding says. */
const undecodable = /^(Z_|ZSTD|Zlib|ERR__ERROR)/;

/** Describes what was thrown, and what caused it. */
export function noAnswerError(url: string, thrown: unknown, mask: (text: string) => string): RsolvError {
  if (thrown instanceof ConfigurationError) return thrown;
  const reasons: string[] = [];
  let code = '';
  for (let each = thrown; each instanceof Error && reasons.length < 5; each = each.cause) {
    code = 'code' in each && typeof each.code === 'string' ? each.code : code;
    const message = (each.message || each.name).replaceAll(/\s+/g, ' ').trim();
    reasons.push(code === '' || message.includes(code) ? message : `${code} ${message}`);
  }
  const reason = mask(reasons.join(': '));
  if (undecodable.test(code)) {
    return new UnexpectedAnswerError({
      code: 'UNEXPECTED_ANSWER',
      message: `The answer from ${url} can not be decompressed (${reason}).`,
    });
  }
  const advice = advices.find(([pattern]) => pattern.test(code))?.[1];
  return new ConnectionError({
    code: 'CONNECTION_FAILED',
    message: `No answer came from ${url} (${reason}). ${advice ?? 'Check baseUrl and the network.'}`,
    retryable: advice === undefined,
    cause: Object.assign(new Error(reason), code === '' ? {} : { code }),
  });
}

/** Whether nothing listens at an address that exists: a server that restarts does not for some seconds. */
export const isAbsent = ({ code, retryable, cause }: RsolvError): boolean =>
  code === 'CONNECTION_FAILED' &&
  retryable &&
  !(cause instanceof Error && 'code' in cause && cause.code === 'ENOTFOUND');
