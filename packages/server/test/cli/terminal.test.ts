// What commands print on a terminal and in a pipe. Real terminals: processes/terminal.test.ts
import { createServer } from 'node:http';
import { stripVTControlCharacters } from 'node:util';
import { Client } from 'pg';
import { beforeAll, describe, expect, it } from 'vitest';
import { rsolv, rsolvInTerminal, rsolvJson } from '@rsolv/test-harness/cli';
import { freePort } from '@rsolv/test-harness/postgres-server';
import type { Env } from '@rsolv/test-harness/server-process';
import { createTestDatabase } from '@rsolv/test-harness/shared-postgres';

const escape = '\u001B';
const list = ['customer', 'list'];
const names = ['日本のお客様', String.raw`Acme \u202eemca`];
let env: Env;

beforeAll(async () => {
  env = { DATABASE_URL: await createTestDatabase() };
  // A name with wide characters.
  await rsolvJson(['customer', 'create', '日本のお客様'], env);
  // A name that reverses the text after it, stored before such names were rejected.
  const client = new Client({ connectionString: env['DATABASE_URL'] });
  await client.connect();
  await client.query(
    "insert into customers (id, name, created_at) values (gen_random_uuid(), $1, now() + interval '1 second')",
    ['Acme \u202Eemca'],
  );
  await client.end();
});

describe('a list', () => {
  it('is plain and aligned in a pipe, with control characters escaped', async () => {
    const { stdout } = await rsolv(list, env);
    expect(stdout).not.toMatch(/[^\P{C}\n]/u);
    const [header = '', ...lines] = stdout.trimEnd().split('\n');
    expect(header).toMatch(/^customerId +name +active +createdAt$/);
    expect(lines).toHaveLength(2);
    for (const name of names) expect(stdout).toContain(name);
    // Wide characters take two columns.
    expect(lines.map((line) => line.replaceAll(/[\u3000-\u9FFF]/g, 'xx').search(/yes {5}\d{4}-/))).toEqual(
      lines.map(() => header.indexOf('active')),
    );
  });

  it('is a table with a bold header on a wide terminal', async () => {
    const { stdout } = await rsolvInTerminal(list, env, 100);
    expect(stdout).toMatch(new RegExp(`^${escape}\\[1mcustomerId +name +active +createdAt${escape}\\[22m\n`));
    expect(stripVTControlCharacters(stdout)).toBe((await rsolv(list, env)).stdout);
  });

  it('is one record after the other, with whole ids, on a narrow terminal', async () => {
    const { stdout } = await rsolvInTerminal(list, env, 50);
    expect(
      stripVTControlCharacters(stdout).match(
        /^customerId {2}[\w-]{36}\nname {8}.*\nactive {6}yes\ncreatedAt {3}.*\n(\n|$)/gm,
      ),
    ).toHaveLength(2);
  });

  it.each([{ NO_COLOR: '1' }, { TERM: 'dumb' }])('has no colors with %j', async (setting) => {
    const { stdout } = await rsolvInTerminal(list, { ...env, ...setting }, 100);
    expect(stdout).toContain('customerId');
    expect(stdout).not.toContain(escape);
  });

  it('has colors in a pipe with FORCE_COLOR', async () => {
    const { stdout } = await rsolv(list, { ...env, FORCE_COLOR: '1' });
    expect(stdout).toContain(`${escape}[1mcustomerId`);
  });

  it('is the same JSON with --json, with control characters escaped', async () => {
    const { stdout } = await rsolv([...list, '--json'], env);
    expect(stdout).not.toMatch(/[^\P{C}\n]/u);
    expect(JSON.parse(stdout)).toMatchObject([{ name: 'Acme \u202Eemca' }, { name: '日本のお客様' }]);
  });
});

it('escapes what another server answers', async () => {
  const port = await freePort();
  const body = JSON.stringify({
    error: { code: 'API_KEY_UNKNOWN', message: `${escape}[2J${escape}]0;owned\u0007` },
    requestId: '1',
  });
  const other = createServer((_request, response) => response.writeHead(401).end(body)).listen(port, '127.0.0.1');
  const command = ['whoami', '--url', `http://127.0.0.1:${port}`, '--api-key', 'a-key-that-nobody-knows'];
  const { stderr } = await rsolv(command, {});
  other.close();
  expect(stderr).toBe(String.raw`\u001b[2J\u001b]0;owned\u0007 (401 API_KEY_UNKNOWN)` + '\n');
});
