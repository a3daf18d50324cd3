import { maxJsonDepth } from '@rsolv/shared/json/json';
import { workflowKeyLifetimeSeconds } from '@rsolv/shared/contract/token-exchange';
import { maxRecordsPerCustomer } from '../../src/accounts/max-records-per-customer.ts';
import { defaultOf } from './settings.ts';

type Row = readonly [limit: string, value: string, beyond: string];

/** docs/reference/limits.md */
export function limitsPage(): string {
  return `# Limits

A setting in the second column means that operators can change the limit; the value is its default.

## Calls

${table([
  ['calls of one API key', setting('RSOLV_KEY_LIMIT', 'a minute'), 'rate'],
  ['calls of one customer', setting('RSOLV_CUSTOMER_LIMIT', 'a minute'), 'rate'],
  ['failed authentications of one address', setting('RSOLV_FAILED_AUTH_LIMIT', 'a minute'), 'rate'],
  ['bytes that one customer stores', setting('RSOLV_STORAGE_LIMIT', 'a day'), 'rate'],
])}

## Bodies and data

${table([
  ['request body, compressed and decompressed', setting('RSOLV_BODY_LIMIT'), 'large'],
  ['nesting of JSON', `${maxJsonDepth} levels`, 'input'],
])}

## Customers

${table([
  ['valid API keys of one customer', `${maxRecordsPerCustomer}`, 'conflict'],
  ['forge accounts of one customer', `${maxRecordsPerCustomer}`, 'conflict'],
  ["lifetime of a workflow's API key", `${workflowKeyLifetimeSeconds / 60} minutes`, 'expired'],
])}
`;
}

const beyond: Record<string, string> = {
  rate: '429 [`RATE_LIMITED`](errors.md#rate_limited)',
  large: '413 [`PAYLOAD_TOO_LARGE`](errors.md#payload_too_large)',
  input: '400 [`INVALID_INPUT`](errors.md#invalid_input)',
  conflict: '409 [`CONFLICT`](errors.md#conflict)',
  expired: '401 [`API_KEY_EXPIRED`](errors.md#api_key_expired)',
};

const table = (rows: readonly Row[]): string =>
  [
    '| limit | value | beyond it |',
    '| --- | --- | --- |',
    ...rows.map(([limit, value, kind]) => `| ${limit} | ${value} | ${beyond[kind]} |`),
  ].join('\n');

const setting = (name: Parameters<typeof defaultOf>[0], unit = ''): string =>
  `${defaultOf(name)} ${unit} ([\`${name}\`](settings.md#${name.toLowerCase()}))`;
