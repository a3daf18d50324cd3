// What README says is run: its bash blocks from top to bottom, its TypeScript, its tables against the code.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { errorCodes } from '@rsolv/shared/errors/error-code';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/database/open-database.ts';
import { setUpCustomer } from '../../src/accounts/set-up-customer.ts';
import { platformSettings, tracingSettings } from '../../src/config/environment.ts';
import { startPlatform, type RunningPlatform } from '../../src/lifecycle/start-platform.ts';
import { by, keyRing, testPeppers } from '@rsolv/test-harness/key-ring';
import { createTestDatabase } from '@rsolv/test-harness/shared-postgres';

const root = join(import.meta.dirname, '../../../..');
const readme = await readFile(join(root, 'README.md'), 'utf8');
const run = promisify(execFile);

/** The fenced blocks of a document, in order; for a bash block, the JSON that is shown right below it as its answer. */
const blocks = [...readme.matchAll(/^```(\w+)\n(.*?)^```\n(?:\n```json\n(.*?)^```$)?/gms)].map(
  ([, language, text = '', answer]) => ({ language, text, answer }),
);

let platform: RunningPlatform;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  const url = await createTestDatabase();
  const database = { kind: 'postgres', url, poolSize: 5, timeoutMs: 10_000 } as const;
  platform = await startPlatform({
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
    issuers: [],
    logLevel: 'silent',
  });
  const setup = await openDatabase(database);
  const { apiKey } = await setUpCustomer(setup.fork(), keyRing, {
    by,
    customerName: 'local',
    forge: 'github',
    namespace: 'RSOLV-dev',
  });
  await setup.close();
  env = {
    ...process.env,
    DATABASE_URL: url,
    RSOLV_KEY_PEPPER: testPeppers.join(),
    RSOLV_API_URL: platform.url,
    RSOLV_API_KEY: apiKey,
  };
});
afterAll(() => platform.stop());

/** What an answer says, but for the id that is new each time. */
const withoutId = (json: string): unknown => ({ ...JSON.parse(json), id: undefined });

describe('README', () => {
  it('has commands that work as they stand, and answers as it shows them', async () => {
    const answers: { shown: unknown; given: unknown }[] = [];
    for (const { text, answer } of blocks.filter(({ language }) => language === 'bash')) {
      const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', text], { cwd: root, env });
      if (answer !== undefined) answers.push({ shown: withoutId(answer), given: withoutId(stdout) });
    }
    expect(answers).not.toEqual([]);
    expect(answers.map(({ given }) => given)).toEqual(answers.map(({ shown }) => shown));
  });

  it('shows the TypeScript of examples/typed-client, which works as it stands', async () => {
    const file = join(root, 'examples/typed-client/typed-client.ts');
    expect(blocks.find(({ language }) => language === 'ts')?.text).toBe(await readFile(file, 'utf8'));
    const { stdout } = await run('node', [file], { env });
    expect(stdout).toMatch(/^stored as [\w-]{36}\n\[.*'Gruntfile.js'.*\] true\n$/s);
  });

  it.each(Object.entries(errorCodes))('lists the error %s with its status', (code, { status }) => {
    expect(readme).toMatch(new RegExp(`^\\| ${status} +\\| \`${code}\` +\\| \\w`, 'm'));
  });

  it('lists every setting, and no other', () => {
    const settings = Object.keys({ ...platformSettings.shape, ...tracingSettings.shape });
    const listed = [...readme.matchAll(/^\| `([A-Z_]+)` +\| [`\w ]/gm)].map(([, name]) => name);
    expect(listed).toEqual(settings);
  });
});
