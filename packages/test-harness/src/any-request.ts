// Generates arbitrary requests for fuzzing: to documented routes or near them, with corrupted variants of valid bodies.
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';

/** A request that is ready to send. */
export interface AnyRequest {
  readonly method: string;
  /** Includes the query string. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
  /** The body as an object if the request is a valid store. */
  readonly goodStore: GoodStore | undefined;
}

export interface GoodStore {
  readonly phase: 'scan' | 'validation' | 'mitigation';
  readonly repo: string;
  readonly commitSha: string;
  readonly issueNumber: number;
  readonly data: object;
}

/** The values that requests are generated from. */
export interface Ingredients {
  readonly keys: readonly string[];
  readonly namespace: string;
  /** The routes of the OpenAPI document. */
  readonly routes: readonly { readonly method: string; readonly path: string }[];
}

const oddTexts = [
  '',
  '0',
  '-1',
  '../..',
  '%2e%2e%2f',
  '%00',
  'null',
  '__proto__',
  'constructor',
  "' or 1=1 --",
  '{"$ne":null}',
  '\u0000',
  'ａｃｍｅ',
  'İ',
  '\ud800',
  '\u202e',
  '\x1b[2J',
  '9'.repeat(400),
  'x'.repeat(5000),
];
const oddText = fc.oneof(fc.constantFrom(...oddTexts), fc.string({ unit: 'binary', maxLength: 30 }));
const oddValue = fc.oneof(
  oddText,
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(1e308, -0, 2 ** 53, 1.5, true, [], {}, null),
);

/** Generates a valid store at the given commit. */
const goodStore = ({ namespace }: Ingredients, commit: string): fc.Arbitrary<GoodStore> =>
  fc.record({
    phase: fc.constantFrom('scan', 'validation', 'mitigation'),
    repo: fc.constantFrom('demo', 'shop', 'Demo', 'a.b').map((name) => `${namespace}/${name}`),
    commitSha: fc.constant(commit),
    issueNumber: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
    data: fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.oneof(fc.integer(), fc.boolean(), fc.string()), {
      maxKeys: 4,
    }),
  });

const setField = (body: object, [name, value]: readonly [string, unknown]): string =>
  JSON.stringify({ ...body, [name]: value });

const fields = [
  'phase',
  'repo',
  'commitSha',
  'commit_sha',
  'issueNumber',
  'data',
  'branch',
  'status',
  'startedAt',
  'forge',
  'namespace',
  'idempotencyKey',
  '__proto__',
  'name',
  'scopes',
  'expiresAt',
  'subject_token',
];

/** Generates corrupted variants of a valid body. */
const corrupted = (body: object): fc.Arbitrary<Buffer> => {
  const text = JSON.stringify(body);
  return fc.oneof(
    fc.tuple(fc.constantFrom(...fields), oddValue).map((change) => Buffer.from(setField(body, change))),
    fc.nat(text.length).map((length) => Buffer.from(text.slice(0, length))),
    fc.constantFrom(...fields).map((field) => Buffer.from(`{"${field}":1,${text.slice(1)}`)),
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    fc.nat(text.length).map((at) => Buffer.from(`${text.slice(0, at)}\u0000${text.slice(at)}`)),
    fc.nat(300).map((depth) => Buffer.from(`${'{"data":'.repeat(depth)}1${'}'.repeat(depth)}`)),
    oddValue.map((value) => Buffer.from(JSON.stringify(value) ?? '')),
    fc.constant(gzipSync(text)),
  );
};

/** Text without the characters that Node rejects in headers. */
const headerText = oddText.map((text) => text.replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, '?').slice(0, 3000));

const oddHeaders = fc.dictionary(
  fc.constantFrom('content-type', 'content-encoding', 'idempotency-key', 'x-request-id', 'authorization', 'accept'),
  fc.oneof(headerText, fc.constantFrom('application/json', 'gzip', 'br', 'text/plain; charset=utf-16', 'Bearer x')),
  { maxKeys: 2 },
);

const query = fc
  .dictionary(
    fc.constantFrom('repo', 'commit', 'issue', 'forge', 'namespace', 'limit', 'cursor', 'input', 'batch'),
    oddText,
  )
  .map((parameters) =>
    Object.entries(parameters)
      .map(([name, value]) => `${name}=${encodeURIComponent(value.toWellFormed())}`)
      .join('&'),
  );

/** Generates a request to a documented route or near one. */
const anyRequest = (ingredients: Ingredients, commit: string): fc.Arbitrary<AnyRequest> =>
  fc
    .record({
      route: fc.constantFrom(...ingredients.routes),
      method: fc.option(fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'), { freq: 4 }),
      inPath: oddText.map((text) => encodeURIComponent(text.toWellFormed().slice(0, 2000))),
      suffix: fc.constantFrom('', '', '', '', '/', '/x', '//', '%2f', ';a=b'),
      query,
      key: fc.oneof(fc.constantFrom(...ingredients.keys), headerText),
      headers: oddHeaders,
      body: goodStore(ingredients, commit).chain((body) => fc.option(corrupted(body), { freq: 5 })),
    })
    .map(({ route, method, inPath, suffix, query, key, headers, body }) => ({
      method: method ?? route.method,
      path: `${route.path.replaceAll(/\{\w+\}/g, inPath)}${suffix}${query === '' ? '' : `?${query}`}`,
      headers: { 'x-api-key': key, 'content-type': 'application/json', ...headers },
      body: body ?? undefined,
      goodStore: undefined,
    }));

/** Generates requests, of which one in five is a valid store. */
export const request = (ingredients: Ingredients, commit: string): fc.Arbitrary<AnyRequest> =>
  fc.oneof(
    { weight: 4, arbitrary: anyRequest(ingredients, commit) },
    {
      weight: 1,
      arbitrary: goodStore(ingredients, commit).map((body) => ({
        method: 'POST',
        path: '/api/v1/phases/store',
        headers: { 'x-api-key': ingredients.keys[0] ?? '', 'content-type': 'application/json' },
        body: Buffer.from(JSON.stringify(body)),
        goodStore: body,
      })),
    },
  );
