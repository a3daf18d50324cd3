// The responses in the OpenAPI document.
import { keyExpiresHeader } from '@rsolv/shared/contract/api-key';
import type { Operation } from '@rsolv/shared/contract/routes/route';
import { errorBody, errorCodes, type ErrorCode } from '@rsolv/shared/errors/error-code';
import type { PlatformError } from '@rsolv/shared/errors/platform-error';
import { z, type ZodObject, type ZodType } from 'zod';
import type { ZodOpenApiResponsesObject } from 'zod-openapi';
import { errorExample } from './openapi-error-examples.ts';

export const json = (schema: ZodType) => ({ 'application/json': { schema } });

const headers = z.object({
  'X-Request-Id': z.string().meta({ description: 'Identifies this request in the log.' }),
});

const rateLimitHeaders = headers.extend({
  'RateLimit-Policy': z.string().optional().meta({
    description:
      'The rate limits that apply: `q` calls within `w` seconds, as draft-ietf-httpapi-ratelimit-headers defines them.',
  }),
  RateLimit: z.string().optional().meta({
    description: 'For each limit, the calls that are left (`r`) and the seconds until it resets (`t`).',
  }),
});

const successHeaders = rateLimitHeaders.extend({
  [keyExpiresHeader]: z.iso.datetime().optional().meta({
    description: 'When the API key expires. Sent only in the last 14 days before that.',
  }),
});

const pageHeaders = successHeaders.extend({
  Link: z
    .string()
    .optional()
    .meta({
      description:
        'Where the next page is: `<?…>; rel="next"`, as RFC 8288 defines it. Resolve it against the URL of the request. Absent ' +
        'on the last page.',
    }),
});

const retryAfter = z.string().meta({ description: 'The seconds to wait before a retry.' });

/** The headers of errors that have more than all responses have. */
const errorHeaders: Partial<Record<number, ZodObject>> = {
  429: rateLimitHeaders.extend({ 'Retry-After': retryAfter }),
  503: headers.extend({ 'Retry-After': retryAfter }),
};

/** The response of a successful request. */
export const successResponse = (
  { status, description, schema }: Operation['success'],
  isPage: boolean,
): ZodOpenApiResponsesObject => ({
  [`${status}`]: { description, headers: isPage ? pageHeaders : successHeaders, content: json(schema) },
});

/**
 * The responses with these error codes; codes with the same status share one.
 *
 * @param invalidInput the example of an INVALID_INPUT; by default one of a token exchange
 */
export function errorResponses(codes: readonly ErrorCode[], invalidInput?: PlatformError): ZodOpenApiResponsesObject {
  const byStatus = Map.groupBy(codes, (code) => errorCodes[code].status);
  return Object.fromEntries(
    [...byStatus].map(([status, sameStatus]) => [
      String(status),
      {
        description: sameStatus.map((code) => `\`${code}\`: ${errorCodes[code].meaning}`).join('\n\n'),
        headers: errorHeaders[status] ?? headers,
        content: { 'application/json': { schema: errorBody, example: exampleOf(sameStatus, invalidInput) } },
      },
    ]),
  );
}

function exampleOf([code = 'INTERNAL_ERROR']: readonly ErrorCode[], invalidInput: PlatformError | undefined) {
  return errorExample(code === 'INVALID_INPUT' && invalidInput !== undefined ? invalidInput : code);
}
