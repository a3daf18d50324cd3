import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { goodBody, request, retrieveGood, store, storeGood } from '@rsolv/test-harness/calls';
import { makeCustomer, testPlatform } from '@rsolv/test-harness/platform';

const platform = await testPlatform();
const customer = await makeCustomer(platform);

const commitSha = '692f480c9ebd731a6b48cf6cdbe3ca92c8724c8a';
const data = { validated: true };
const stored = { validation: { 'issue-42': data } };

describe('accepts every spelling of the fields', () => {
  it.each([
    ['camelCase', { commitSha, issueNumber: 42 }],
    ['snake_case', { commit_sha: commitSha, issue_number: 42 }],
    ['the names of a retrieve', { commit: commitSha, issue: 42 }],
    [
      'every name, with the same value',
      { commitSha, commit_sha: commitSha, commit: commitSha, issueNumber: 42, issue: '42' },
    ],
    ['null beside a value under another name', { commitSha, commit_sha: null, issueNumber: null, issue_number: 42 }],
    ['an issue number in digits', { commitSha, issueNumber: '42' }],
    ['an issue number in digits with a leading zero', { commitSha, issueNumber: '042' }],
    ['the forge named', { commitSha, issueNumber: 42, forge: 'github' }],
    [
      'the other fields that released actions send',
      { commitSha, issueNumber: 42, timestamp: 'now', pipelineRunId: 'run-1', pipeline_run_id: null },
    ],
    [
      'null for what is optional',
      { commitSha, issueNumber: 42, branch: null, startedAt: null, completed_at: null, errorMessage: null },
    ],
  ])('%s', async (name, fields) => {
    const repo = `${customer.namespace}/${name.replaceAll(/\W/g, '-')}`;
    const answer = await store(platform, customer, { phase: 'validation', repo, data, ...fields });
    expect(answer).toMatchObject({ status: 200, body: { success: true } });
    expect(await retrieveGood(platform, customer, { repo })).toEqual(stored);
  });

  it.each([['left out'], ['null'], ['a number']])('accepts a scan with its issue number %s', async (name) => {
    const repo = `${customer.namespace}/scan-${name.replaceAll(' ', '-')}`;
    const issue = { 'left out': {}, null: { issueNumber: null }, 'a number': { issueNumber: 7 } }[name];
    const scan = { vulnerabilities: [] };
    await expect(
      store(platform, customer, { phase: 'scan', repo, commitSha, data: { scan }, ...issue }),
    ).resolves.toMatchObject({ status: 200 });
    expect(await retrieveGood(platform, customer, { repo })).toEqual({ scan });
  });
});

describe('the longest names of a forge', () => {
  it('are stored', async () => {
    const longest = await makeCustomer(platform, { namespace: 'o'.repeat(100) });
    const repo = `${longest.namespace}/${'r'.repeat(100)}`;
    await storeGood(platform, longest, { repo, branch: 'b'.repeat(255) });
    expect(await retrieveGood(platform, longest, { repo })).toEqual(stored);
  });

  it.each(['.github', 'a.b_c-d', '0', '-', '...', 'UPPER'])('accepts the repository name %s', async (name) => {
    const repo = `${customer.namespace}/${name}`;
    await storeGood(platform, customer, { repo });
    expect(await retrieveGood(platform, customer, { repo })).toEqual(stored);
  });

  it.each(['1', '2147483647'])('accepts the issue %s', async (issue) => {
    await storeGood(platform, customer, { issueNumber: Number(issue) });
    expect(await retrieveGood(platform, customer, { issue })).toEqual({ validation: { [`issue-${issue}`]: data } });
  });

  it('accepts a commit that is a word', async () => {
    const repo = `${customer.namespace}/words`;
    await storeGood(platform, customer, { repo, phase: 'scan', commitSha: 'no-git-available', data: { a: 1 } });
    expect(await retrieveGood(platform, customer, { repo, commit: 'no-git-available' })).toEqual({ scan: { a: 1 } });
  });
});

describe('accepts the API key', () => {
  it.each([
    ['X-API-KEY', (key: string) => ({ 'X-API-KEY': key })],
    ['x-api-key', (key: string) => ({ 'x-api-key': key })],
    ['X-Api-Key with spaces around', (key: string) => ({ 'X-Api-Key': `  ${key} ` })],
    ['Authorization: Bearer', (key: string) => ({ Authorization: `Bearer ${key}` })],
    ['authorization: bearer', (key: string) => ({ authorization: `bearer ${key}` })],
    ['Bearer beside an empty x-api-key', (key: string) => ({ 'x-api-key': '', authorization: `Bearer ${key}` })],
    ['x-api-key, which goes before Bearer', (key: string) => ({ 'x-api-key': key, authorization: 'Bearer other' })],
  ])('as %s', async (_name, keyHeader) => {
    const answer = await request(platform, '/api/v1/phases/store', {
      method: 'POST',
      headers: { ...keyHeader(customer.apiKey), 'content-type': 'application/json' },
      body: JSON.stringify(goodBody(customer)),
    });
    expect(answer).toMatchObject({ status: 200, body: { success: true } });
  });
});

describe('accepts the body', () => {
  const send = (headers: Record<string, string>, body: string | Uint8Array<ArrayBuffer>) =>
    request(platform, '/api/v1/phases/store', {
      method: 'POST',
      headers: { 'x-api-key': customer.apiKey, 'content-type': 'application/json', ...headers },
      body,
    });

  it.each([
    ['gzip', gzipSync],
    ['GZIP', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    ['identity', (text: string) => Buffer.from(text)],
  ])('compressed as %s', async (encoding, pack) => {
    const repo = `${customer.namespace}/packed-${encoding}`;
    const packed = new Uint8Array(pack(JSON.stringify(goodBody(customer, { repo }))));
    expect(await send({ 'content-encoding': encoding }, packed)).toMatchObject({ status: 200 });
    expect(await retrieveGood(platform, customer, { repo })).toEqual(stored);
  });

  it.each([
    'application/json; charset=utf-8',
    'application/json;charset="UTF-8"',
    'Application/JSON; charset=utf8',
    'application/json; version=1',
  ])('as %s', async (contentType) => {
    const text = JSON.stringify(goodBody(customer, { data: { ü: '€' } }));
    expect(await send({ 'content-type': contentType }, text)).toMatchObject({ status: 200 });
  });
});
