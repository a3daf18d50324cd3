import { keyLifetimeDays, maxOverlapHours, maxRestrictionLength } from '@rsolv/shared/contract/api-key';
import { usualSizes } from '@rsolv/shared/contract/page';
import { maxErrorMessageLength } from '@rsolv/shared/contract/store';
import { clockSkewMs } from '@rsolv/shared/contract/timestamp';
import { maxTokenLength, workflowKeyLifetimeSeconds } from '@rsolv/shared/contract/token-exchange';
import { maxJsonDepth } from '@rsolv/shared/json/json';
import { maxValues } from '@rsolv/shared/json/parse-json';
import { idempotencyKeyHours } from '../../src/accounts/mutate-once.ts';
import { maxRecordsPerCustomer } from '../../src/accounts/max-records-per-customer.ts';
import { verificationLifetimeMs } from '../../src/accounts/request-verification.ts';
import { smallBodyBytes } from '../../src/http/body.ts';
import { maxBatchSize } from '../../src/http/trpc.ts';
import { connectionLimits, maxPerAddress } from '../../src/lifecycle/connections.ts';
import { maxLargest } from '../../src/limits/response-budget.ts';
import { defaultOf } from './settings.ts';

type Row = readonly [limit: string, value: string, beyond: string];

const rateLimited = '429 [`RATE_LIMITED`](errors.md#rate_limited)';
const tooLarge = '413 [`PAYLOAD_TOO_LARGE`](errors.md#payload_too_large)';
const invalid = '400 [`INVALID_INPUT`](errors.md#invalid_input)';
const busy = '503 [`SERVER_BUSY`](errors.md#server_busy)';
const conflict = '409 [`CONFLICT`](errors.md#conflict)';
const expired = '401 [`API_KEY_EXPIRED`](errors.md#api_key_expired)';
const invalidToken = '401 [`INVALID_TOKEN`](errors.md#invalid_token)';
const unauthorized = '401, before the rest is read';

const setting = (name: Parameters<typeof defaultOf>[0], unit = ''): string =>
  `${[defaultOf(name), unit].join(' ').trim()} ([\`${name}\`](settings.md#${name.toLowerCase()}))`;

const sections: Readonly<Record<string, readonly Row[]>> = {
  'Rate limits and quota': [
    ['calls of one API key', setting('RSOLV_KEY_LIMIT', 'a minute'), rateLimited],
    ['calls of one customer', setting('RSOLV_CUSTOMER_LIMIT', 'a minute'), rateLimited],
    ['failed authentications of one address', setting('RSOLV_FAILED_AUTH_LIMIT', 'a minute'), rateLimited],
    ['stored data of one customer', setting('RSOLV_STORAGE_LIMIT', 'a day'), rateLimited],
  ],
  'Requests and data': [
    ['body, compressed and decompressed', setting('RSOLV_BODY_LIMIT'), tooLarge],
    ['body without a valid key', bytes(smallBodyBytes), unauthorized],
    ['calls in a tRPC batch', `${maxBatchSize}`, '400'],
    ['values in a JSON body', number(maxValues), invalid],
    ['nesting of JSON', `${number(maxJsonDepth)} levels`, invalid],
    ['`errorMessage`', `${number(maxErrorMessageLength)} characters`, invalid],
    ['`completedAt` in the future', `${clockSkewMs / 60_000} minutes`, invalid],
    ['page of a list', `${number(usualSizes.max)} items, by default ${usualSizes.default}`, invalid],
  ],
  'Responses and connections': [
    [
      'responses in flight, of 32 MB or three bodies',
      `${maxLargest.perCustomer} of one customer, ${maxLargest.total} of a server`,
      busy,
    ],
    ['lifetime of an `Idempotency-Key`', `${idempotencyKeyHours} hours`, 'the call is a new one'],
    ['headers of a request', bytes(connectionLimits.maxHeaderSize), '431'],
    ['time for the headers', seconds(connectionLimits.headersTimeout), '408'],
    ['time for a request', seconds(connectionLimits.requestTimeout), '408'],
    ['idle connection', seconds(connectionLimits.keepAliveTimeout), 'it is closed'],
    ['requests on one connection', number(connectionLimits.maxRequestsPerSocket), 'it is closed after the response'],
    ['connections of a server', number(connectionLimits.maxConnections), 'further ones are closed'],
    ['connections of one address, without a proxy', number(maxPerAddress), 'further ones are closed'],
  ],
  'Customers and keys': [
    ['valid API keys of one customer', number(maxRecordsPerCustomer), conflict],
    ['forge accounts of one customer', number(maxRecordsPerCustomer), conflict],
    ['default lifetime of an API key', `${keyLifetimeDays} days`, expired],
    ['overlap after a rotation', `${maxOverlapHours / 24} days`, invalid],
    ["restriction of a key: its repositories' names together", `${number(maxRestrictionLength)} characters`, invalid],
    ["lifetime of a workflow's API key", `${workflowKeyLifetimeSeconds / 60} minutes`, expired],
    ['ID token', bytes(maxTokenLength), invalid],
    ['lifetime of the nonce of a verification', `${verificationLifetimeMs / 3_600_000} hours`, invalidToken],
  ],
};

/** docs/reference/limits.md */
export function limitsPage(): string {
  const tables = Object.entries(sections).map(([title, rows]) => `## ${title}\n\n${table(rows)}`);
  return `# Limits

The name of a setting means that operators can change the limit; the value is its default.

${tables.join('\n\n')}

Every call of a tRPC batch counts against the rate limits. \`/health\`, \`/docs\` and \`/openapi.json\` are not limited. Why
the limits work as they do: [rate limits](../decisions/rate-limits.md), [concurrency limits](../decisions/concurrency-limits.md),
[request bodies](../decisions/reading-bodies.md), [what JSON can carry](../decisions/what-json-can-carry.md).
`;
}

const table = (rows: readonly Row[]): string =>
  [
    '| limit | value | beyond it |',
    '| --- | --- | --- |',
    ...rows.map(([limit, value, beyond]) => `| ${limit} | ${value} | ${beyond} |`),
  ].join('\n');

function number(value: number): string {
  return value.toLocaleString('en-US');
}

function seconds(ms: number): string {
  return `${ms / 1000} s`;
}

function bytes(value: number): string {
  return `${value / 1024} KB`;
}
