// Runs the bash blocks of each document from top to bottom against a platform, and compares what they print with the
// JSON that the document shows.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { setUpCustomer } from '../../src/accounts/set-up-customer.ts';
import { openDatabase } from '../../src/database/open-database.ts';
import { startPlatform } from '../../src/lifecycle/start-platform.ts';
import { blocksOf, documentPaths, readDocument, repositoryRoot as root } from '@rsolv/test-harness/documents';
import { by, keyRing, testPeppers } from '@rsolv/test-harness/key-ring';
import { startOidcIssuer, type OidcIssuer } from '@rsolv/test-harness/oidc-issuer';
import { makeShim, type Shim } from '@rsolv/test-harness/npm-shim';
import { createTestDatabase } from '@rsolv/test-harness/shared-postgres';
import { claimsOf, makeWorkflow } from '@rsolv/test-harness/workflow';

const run = promisify(execFile);

/** The documents with bash blocks. */
const guides = [
  'README.md',
  'docs/integrate/keyless-ci.md',
  'docs/integrate/rest.md',
  'docs/integrate/retries.md',
  'docs/operate/administration.md',
  'docs/operate/upgrade.md',
];

/** The document whose `npm run rsolv` runs npm. For the others, a shim runs the same program faster. */
const withNpm = 'docs/operate/upgrade.md';

const stack = new AsyncDisposableStack();
let issuer: OidcIssuer;
let shim: Shim;

beforeAll(async () => {
  issuer = stack.use(await startOidcIssuer());
  shim = stack.use(await makeShim());
});
afterAll(() => stack.disposeAsync());

/** Starts a platform on a database of its own, with a customer for the documents. */
async function startDocumented() {
  const url = await createTestDatabase();
  const database = { kind: 'postgres', url, poolSize: 5, timeoutMs: 10_000 } as const;
  const platform = await startPlatform({
    database,
    keyPeppers: testPeppers,
    host: '127.0.0.1',
    port: 0,
    metrics: undefined,
    tracing: undefined,
    firstNamespace: 'RSOLV-dev',
    bodyLimitBytes: 1024 ** 2,
    rateLimits: { perKey: 6000, perCustomer: 12_000, failuresPerAddress: 100, storedBytes: 1024 ** 3, servers: 1 },
    trustedProxies: 0,
    drainMs: 0,
    publicUrl: undefined,
    issuers: [{ forge: 'github', url: issuer.url }],
    logLevel: 'silent',
    staleAfterMs: 1,
  });
  const setup = await openDatabase(database);
  const owner = { by, customerName: 'local', forge: 'github', namespace: 'RSOLV-dev' } as const;
  const { apiKey } = await setUpCustomer(setup.fork(), keyRing, owner);
  await setup.close();
  const workflow = makeWorkflow(issuer, { namespace: 'acme', name: 'shop' });
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    DATABASE_URL: url,
    RSOLV_KEY_PEPPER: testPeppers.join(),
    RSOLV_API_URL: platform.url,
    RSOLV_API_KEY: apiKey,
    ...issuer.registerJob((aud) => claimsOf(workflow, { aud })),
    GITHUB_REPOSITORY: 'acme/shop',
    GITHUB_SHA: '692f480c9ebd731a6b48cf6cdbe3ca92c8724c8a',
  };
  return { env, [Symbol.asyncDispose]: () => platform.stop() };
}

/** An output without the id, which is new each time. */
const withoutId = (json: string): unknown => ({ ...JSON.parse(json), id: undefined });

it('no other document has bash blocks', async () => {
  const withBash: string[] = [];
  for (const path of documentPaths) if (/^ *```bash$/m.test(await readDocument(path))) withBash.push(path);
  expect(withBash).toEqual(guides);
});

it.each(guides)('%s: its commands succeed and print what it shows', async (path) => {
  await using platform = await startDocumented();
  const env = path === withNpm ? platform.env : shim.addTo(platform.env);
  const printed: { shown: unknown; given: unknown }[] = [];
  for (const { text, output } of blocksOf(await readDocument(path)).filter(({ language }) => language === 'bash')) {
    const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', text], { cwd: root, env });
    if (output !== undefined) printed.push({ shown: withoutId(output), given: withoutId(stdout) });
  }
  expect(printed.map(({ given }) => given)).toEqual(printed.map(({ shown }) => shown));
});

it('README.md shows the TypeScript of examples/typed-client, which works as it stands', async () => {
  await using platform = await startDocumented();
  const [bash, typescript] = blocksOf(await readDocument('README.md')).filter(({ language }) =>
    /bash|ts/.test(language),
  );
  const program = join(root, 'examples/typed-client/typed-client.ts');
  expect(typescript?.text).toBe(await readFile(program, 'utf8'));
  await run('bash', ['-euc', bash?.text ?? ''], { cwd: root, env: platform.env });
  const { stdout } = await run('node', [program], { env: platform.env });
  expect(stdout).toMatch(/^stored as [\w-]{36}\n\[.*'Gruntfile.js'.*\] true\n$/s);
});

it('a store that is repeated with its idempotency key gets the same id', async () => {
  await using platform = await startDocumented();
  const blocks = blocksOf(await readDocument('docs/integrate/retries.md'));
  const { stdout } = await run('bash', ['-euc', blocks[0]?.text ?? ''], { cwd: root, env: platform.env });
  const ids = [...stdout.matchAll(/"id":"([^"]+)"/g)].map(([, id]) => id);
  expect(ids).toHaveLength(2);
  expect(new Set(ids).size).toBe(1);
});
