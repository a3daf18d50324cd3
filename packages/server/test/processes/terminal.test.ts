// What people see on a real terminal, and that a reader may close the pipe early. More: cli/terminal.test.ts
import { stripVTControlCharacters } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { rsolv, rsolvFile, run, type Env } from '@rsolv/test-harness/server-process';
import { createTestDatabase } from '@rsolv/test-harness/shared-postgres';
import { hasTerminal, typed } from '@rsolv/test-harness/terminal';

const escape = '\u001B';
const rsolvCommand = `'${rsolvFile()}'`;
const list = `${rsolvCommand} customer list`;
let env: Env;

beforeAll(async () => {
  env = { DATABASE_URL: await createTestDatabase() };
  await rsolv(['customer', 'create', 'Acme'], env);
});

describe.skipIf(!hasTerminal)('a terminal', () => {
  it('shows a table once progress is gone', async () => {
    const seen = (await typed(list, env, 100)).split(`\r${escape}[K`).at(-1);
    expect(seen).toMatch(new RegExp(`^${escape}\\[1mcustomerId +name +active +createdAt${escape}\\[22m\n`));
    expect(stripVTControlCharacters(seen ?? '')).toBe((await rsolv(['customer', 'list'], env)).stdout);
  });

  it('shows nothing that needs colors with TERM=dumb', async () => {
    const seen = await typed(list, { ...env, TERM: 'dumb' });
    expect(seen).toMatch(/^Connecting to PostgreSQL…\n/);
    expect(seen).toContain('customerId');
    expect(seen).not.toContain(escape);
  });
});

it('finishes where its reader closes the pipe early', async () => {
  const outcome = await run(['bash', '-c', `set -o pipefail; ${list} | true`], env);
  expect(outcome).toEqual({ code: 0, stdout: '', stderr: '' });
});
