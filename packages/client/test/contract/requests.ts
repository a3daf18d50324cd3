// Validation of requests: bodies, fields, routes and methods.
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectRefusal, goodBody, refusal, trpcRefusal } from './platform-under-test.ts';
import type { Calls, ContractCustomer, PlatformUnderTest } from './platform-under-test.ts';

export function describeRequests(given: () => { platform: PlatformUnderTest; calls: Calls }): void {
  let platform: PlatformUnderTest;
  let calls: Calls;
  let customer: ContractCustomer;
  beforeAll(async () => {
    ({ platform, calls } = given());
    customer = await platform.addCustomer();
  });

  const bytes = (buffer: Buffer) => new Uint8Array(buffer);
  const ofLength = (length: number) => {
    const empty = JSON.stringify(goodBody(customer, { data: { a: '' } }));
    return empty.replace('"a":""', `"a":"${'x'.repeat(length - empty.length)}"`);
  };

  describe('a body', () => {
    it.each([
      ['gzip', gzipSync],
      ['GZIP', gzipSync],
      ['deflate', deflateSync],
      ['br', brotliCompressSync],
    ])('compressed as %s is accepted up to the limit', async (encoding, pack) => {
      const headers = { 'content-encoding': encoding };
      const fits = await calls.store(customer, bytes(pack(ofLength(platform.bodyLimitBytes))), headers);
      expect(fits.status).toBe(200);
      const tooLarge = await calls.store(customer, bytes(pack(ofLength(platform.bodyLimitBytes + 1))), headers);
      expectRefusal(tooLarge, 413, 'PAYLOAD_TOO_LARGE');
      expectRefusal(await calls.store(customer, 'not compressed', headers), 400, 'MALFORMED_BODY');
    });

    it('is accepted up to the limit, which the refusal names', async () => {
      expect((await calls.store(customer, ofLength(platform.bodyLimitBytes))).status).toBe(200);
      const tooLarge = await calls.store(customer, ofLength(platform.bodyLimitBytes + 1));
      const { message } = expectRefusal(tooLarge, 413, 'PAYLOAD_TOO_LARGE');
      expect(message).toContain(String(platform.bodyLimitBytes));
    });

    it.each(['text/plain', 'application/jsonl', 'application/json; charset=iso-8859-1'])(
      'of type %s is refused',
      async (type) => {
        const answer = await calls.store(customer, goodBody(customer), { 'content-type': type });
        expect(expectRefusal(answer, 415, 'UNSUPPORTED_MEDIA_TYPE').message).toContain(type);
      },
    );

    it.each(['zstd', 'gzip, gzip'])('compressed as %s is refused', async (encoding) => {
      const answer = await calls.store(customer, goodBody(customer), { 'content-encoding': encoding });
      expect(refusal(answer)).toMatchObject({ status: 415, code: 'UNSUPPORTED_MEDIA_TYPE' });
    });

    it.each<[string, string | Uint8Array<ArrayBuffer>]>([
      ['empty', ''],
      ['half', '{"phase":'],
      ['a form', 'phase=scan'],
      ['with a byte order mark', '\ufeff{}'],
      ['not UTF-8', new Uint8Array([0x22, 0xff, 0x22])],
      ['NaN', '{"data":{"a":NaN}}'],
    ])('that is not JSON is refused: %s', async (_name, body) => {
      const refused = refusal(await calls.store(customer, body));
      expect(refused).toMatchObject({ status: 400, code: 'MALFORMED_BODY' });
      expect(refused.message).toMatch(typeof body === 'string' ? /JSON/ : /UTF-8/);
    });
  });

  describe('names invalid fields in the spelling of the request', () => {
    it.each<[object, string[]]>([
      [{ phase: 'scans' }, ['phase']],
      [{ repo: 'no-slash' }, ['repo']],
      [{ repo: 'a b/c' }, ['repo']],
      [{ commitSha: 'a b' }, ['commitSha']],
      [{ issueNumber: undefined }, ['issueNumber']],
      [{ issueNumber: '12abc' }, ['issueNumber']],
      [{ issueNumber: undefined, issue_number: 0 }, ['issue_number']],
      [{ commitSha: undefined, commit_sha: 5, phase: 1 }, ['phase', 'commit_sha']],
      [{ data: 'text' }, ['data']],
      [{ data: undefined }, ['data']],
      [{ branch: 'x\0' }, ['branch']],
      [{ errorMessage: '\ud800' }, ['errorMessage']],
      [{ data: { validation: { 'issue-41': {} } } }, ['data.validation']],
      [{ data: { scan: {} } }, ['data']],
      [{ status: 'running', completedAt: '2026-01-31T12:00:00Z' }, ['completedAt']],
      [{ completedAt: '2999-01-01T00:00:00Z' }, ['completedAt']],
      [{ startedAt: 'yesterday' }, ['startedAt']],
    ])('%j', async (changes, paths) => {
      const rest = expectRefusal(await calls.store(customer, goodBody(customer, changes)), 400, 'INVALID_INPUT');
      expect(rest.paths).toEqual(paths);
    });

    it.each([
      ['{"data":{"a":1e400},"more":{"a":[9007199254740993]}}', ['more.a[0]']],
      ['{"issueNumber":1e400}', ['issueNumber']],
      ['{"more":[{"b c":-1e400}]}', ['more[0]["b c"]']],
      ['[]', ['']],
    ])('%s', async (body, paths) => {
      const rest = expectRefusal(await calls.store(customer, body), 400, 'INVALID_INPUT');
      expect(rest.paths).toEqual(paths);
    });

    it.each<[Record<string, string>, string[]]>([
      [{}, ['repo', 'commit']],
      [{ repo: 'a/b', commit: 'c', issue: '0' }, ['issue']],
      [{ repo: 'a/b/c', commit: '' }, ['commit', 'commit']],
    ])('in a query: %j', async (query, paths) => {
      const rest = expectRefusal(await calls.retrieve(customer, query), 400, 'INVALID_INPUT');
      expect(rest.paths).toEqual(paths);
      const { message } = trpcRefusal(await calls.query(customer, 'phases.retrieve', query));
      expect(message).toBe(rest.message);
    });

    it.each<[object, string[]]>([
      [{ statsu: 'failed' }, ['statsu is unknown (did you mean status?)']],
      [
        { brnach: 'main', repository: 'a/b' },
        ['brnach is unknown (did you mean branch?)', 'repository is unknown (did you mean repo?)'],
      ],
      [
        { commit: 'abc' },
        ['commitSha is "692f480c9ebd731a6b48cf6cdbe3ca92c8724c8a", but commit is "abc"; send one of them'],
      ],
      [{ issue_number: 7 }, ['issueNumber is 42, but issue_number is 7; send one of them']],
    ])('an unknown or contradictory field of a store: %j', async (changes, faults) => {
      const body = goodBody(customer, changes);
      const rest = expectRefusal(await calls.store(customer, body), 400, 'INVALID_INPUT');
      expect(rest.message).toBe(faults.join('; '));
      const trpc = trpcRefusal(await calls.mutate(customer, 'phases.store', [body]));
      expect(trpc).toMatchObject({ status: 400, code: 'INVALID_INPUT', message: rest.message });
    });

    it.each<[Record<string, string>, string]>([
      [{ isue: '42' }, 'isue is unknown (did you mean issue?)'],
      [{ limit: '1' }, 'limit is unknown; use forge, repo, commit, issue'],
      [{ commit_sha: 'abd' }, 'commit is "abc", but commit_sha is "abd"; send one of them'],
    ])('an unknown or contradictory parameter of a retrieve: %j', async (more, message) => {
      const query = { repo: 'a/b', commit: 'abc', ...more };
      const rest = expectRefusal(await calls.retrieve(customer, query), 400, 'INVALID_INPUT');
      expect(rest.message).toBe(message);
      expect(trpcRefusal(await calls.query(customer, 'phases.retrieve', query)).message).toBe(message);
    });

    it('a repeated parameter', async () => {
      const search = 'repo=a/b&repo=c/d&commit=e';
      const headers = { 'x-api-key': customer.apiKey };
      const answer = await calls.request(`/api/v1/phases/retrieve?${search}`, { headers });
      expect(expectRefusal(answer, 400, 'INVALID_INPUT').paths).toEqual(['repo']);
    });
  });

  describe('a route', () => {
    it.each(['/api', '/api/v1/phases', '/api/v1/Phases/store', '/api/v1/whoami/me', '/constructor', '/healthz'])(
      'returns 404 for %s, even without an API key',
      async (path) => {
        const answers = [await calls.request(path), await calls.request(path, { method: 'POST', body: '{}' })];
        const notFound = { status: 404, code: 'NOT_FOUND' };
        expect(answers.map(refusal)).toMatchObject([notFound, notFound]);
      },
    );

    it.each([
      ['GET', '/api/v1/phases/store', 'POST'],
      ['POST', '/api/v1/phases/retrieve', 'GET, HEAD'],
      ['DELETE', '/api/v1/whoami', 'GET, HEAD'],
      ['PUT', '/health', 'GET, HEAD'],
      ['PATCH', '/health/ready', 'GET, HEAD'],
    ])('does not accept %s %s', async (method, path, allowed) => {
      const answer = await calls.request(path, { method });
      const { message } = expectRefusal(answer, 405, 'METHOD_NOT_ALLOWED');
      expect(answer.headers.get('allow')).toBe(allowed);
      expect(message).toBe(`${path} accepts ${allowed.replace(', ', ' or ')}, not ${method}.`);
    });

    it.each([
      ['/health', { status: 'ok', version: expect.stringMatching(/^(\d+\.\d+\.\d+|testing)$/) }],
      ['/health/ready', { status: 'ready' }],
      ['/health/', { status: 'ok' }],
    ])('%s responds', async (path, body) => {
      expect(await calls.request(path)).toMatchObject({ status: 200, body });
      expect(await calls.request(path, { method: 'HEAD' })).toMatchObject({ status: 200, body: undefined });
    });

    it('responds with a request id, the caller’s own if it is valid', async () => {
      const idOf = async (sent: string) =>
        (await calls.request('/health', { headers: { 'x-request-id': sent } })).headers.get('x-request-id');
      const own = '0123456789abcdef0123456789abcdef';
      expect(await idOf(own)).toBe(own);
      expect(await idOf('rsolv_no_id')).toMatch(/^[\da-f-]{36}$/);
      expect(await idOf('')).not.toBe(await idOf(''));
    });
  });
}
