// What the OpenAPI document says of answers.
import { errorBody, errorCodes, type ErrorCode } from '@rsolv/shared/errors/error-code';
import { z, type ZodObject, type ZodType } from 'zod';
import type { ZodOpenApiResponsesObject } from 'zod-openapi';

const requestIdHeader = z.string().meta({ description: 'Finds this request in the log.' });
const headers = z.object({ 'X-Request-Id': requestIdHeader });

const keyExpires = z.iso.datetime().optional().meta({
  description: 'When the API key stops to count; only in the last 14 days before that.',
});

export const json = (schema: ZodType) => ({ 'application/json': { schema } });

const rateLimitHeaders = headers.extend({
  'RateLimit-Policy': z.string().optional().meta({
    description:
      'The limits that count here: `q` calls within `w` seconds, as draft-ietf-httpapi-ratelimit-headers has it.',
  }),
  RateLimit: z.string().optional().meta({
    description: 'Of each limit, what is left (`r`), and in how many seconds it is whole again (`t`).',
  }),
});

const successHeaders = rateLimitHeaders.extend({ 'RSOLV-Key-Expires': keyExpires });

const retryAfter = z.string().meta({ description: 'In how many seconds to try again.' });
/** Of errors that have others than all answers. */
const headerGetter: Partial<Record<number, ZodObject>> = {
  429: rateLimitHeaders.extend({ 'Retry-After': retryAfter }),
  503: headers.extend({ 'Retry-After': retryAfter }),
};

/** The response where all is well. */
export const ok = (description: string, schema: ZodType, status: '200' | '201' = '200'): ZodOpenApiResponsesObject => ({
  [status]: { description, headers: successHeaders, content: json(schema) },
});

/** The responses for these errors, those with the same status together. */
export function failures(...codes: ErrorCode[]): ZodOpenApiResponsesObject {
  const byStatus = Map.groupBy(codes, (code) => errorCodes[code].status);
  return Object.fromEntries(
    [...byStatus].map(([status, sameStatus]) => [
      String(status),
      {
        description: sameStatus.map((code) => `\`${code}\`: ${errorCodes[code].meaning}`).join('\n\n'),
        headers: headerGetter[status] ?? headers,
        content: json(errorBody),
      },
    ]),
  );
}

export const keyFailures = [
  'API_KEY_MISSING',
  'API_KEY_UNKNOWN',
  'API_KEY_REVOKED',
  'API_KEY_EXPIRED',
  'CUSTOMER_INACTIVE',
  'RATE_LIMITED',
] as const;
export const accessFailures = [
  ...keyFailures,
  'SCOPE_MISSING',
  'REPOSITORY_NOT_ALLOWED',
  'FORGE_ACCOUNT_MISSING',
  'FORGE_ACCOUNT_UNVERIFIED',
] as const;
export const bodyFailures = ['MALFORMED_BODY', 'PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'] as const;
export const serverFailures = ['INTERNAL_ERROR', 'SERVER_BUSY', 'DATABASE_UNAVAILABLE'] as const;
