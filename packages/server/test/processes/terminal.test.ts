// What people see in a terminal, and that nothing of it gets into a pipe.
import { createServer } from 'node:http';
import { stripVTControlCharacters } from 'node:util';
import { Client } from 'pg';
import { beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '@rsolv/test-harness/postgres-server';
import { callRoute } from '@rsolv/test-harness/process-calls';
import { makeFolder, rsolv, rsolvFile, rsolvJson, run, serveBy, type Env } from '@rsolv/test-harness/server-process';
import { createTestDatabase } from '@rsolv/test-harness/shared-postgres';
import { hasTerminal, inTerminal, typed } from '@rsolv/test-harness/terminal';
import { until } from '@rsolv/test-harness/until';

const escape = '\u001B';
const rsolvCommand = `'${rsolvFile()}'`;
let env: Env;

beforeAll(async () => {
  env = { DATABASE_URL: await createTestDatabase() };
  // Of wide characters.
  await rsolvJson(['customer', 'create', '日本のお客様'], env);
  // It would turn what stands behind it around, and got in before such names were refused.
  const client = new Client({ connectionString: env['DATABASE_URL'] });
  await client.connect();
  await client.query(
    "insert into customers (id, name, created_at) values (gen_random_uuid(), $1, now() + interval '1 second')",
    ['Acme \u202Eemca'],
  );
  await client.end();
});

it.skipIf(!hasTerminal)(
  'serve: shows progress, then a greeting whose key stands out, then requests as lines',
  async () => {
    await using folder = await makeFolder();
    const settings = { TERM: 'xterm-256color', RSOLV_DATA_DIR: folder.path };
    const greeting = /Address\S* +\S*(http:[\d.:/]+)[^]*pull\/43[^]*\n/;
    await using server = await serveBy(inTerminal(`exec ${rsolvCommand} serve`), settings, greeting);
    await callRoute({ url: server.url, apiKey: 'a-key-that-nobody-knows' }, '/api/v1/whoami');
    const seen = await until('the line of the request', () =>
      server.stdout.includes('whoami') ? server.stdout : undefined,
    );
    expect(seen).toContain(' Making the database, this once… ');
    expect(seen).toMatch(new RegExp(`  ${escape}\\[1m${escape}\\[33mrsolv_\\w{49}${escape}\\[`));
    const lines = stripVTControlCharacters(seen).split('\n');
    expect(lines).toContain(`  Data       ${folder.path} (embedded)`);
    expect(lines.filter((line) => line.startsWith('curl '))).toHaveLength(3);
    expect(lines.find((line) => line.includes('whoami'))).toMatch(
      /^\d\d:\d\d:\d\d GET \/api\/v1\/whoami 401 {2}\d+ ms {2}[\w-]{36}$/,
    );
  },
);

describe('a list', () => {
  const list = `${rsolvCommand} customer list`;
  /** What is there once progress has gone. */
  const left = (seen: string) => seen.split(`\r${escape}[K`).at(-1) ?? '';
  const names = ['日本のお客様', String.raw`Acme \u202eemca`];

  it('is plain in a pipe: a line each, aligned, with nothing in it that does something', async () => {
    const { stdout } = await rsolv(['customer', 'list'], env);
    expect(stdout).not.toMatch(/[^\P{C}\n]/u);
    const [header = '', ...lines] = stdout.trimEnd().split('\n');
    expect(header).toMatch(/^customerId +name +active +createdAt$/);
    expect(lines).toHaveLength(2);
    for (const name of names) expect(stdout).toContain(name);
    // What is wide takes the place of two.
    expect(lines.map((line) => line.replaceAll(/[\u3000-\u9FFF]/g, 'xx').search(/yes {5}\d{4}-/))).toEqual(
      lines.map(() => header.indexOf('active')),
    );
  });

  it.skipIf(!hasTerminal)('is a table with a bold header where the terminal is wide enough', async () => {
    const seen = left(await typed(list, env, 100));
    expect(seen).toMatch(new RegExp(`^${escape}\\[1mcustomerId +name +active +createdAt${escape}\\[22m\n`));
    expect(stripVTControlCharacters(seen)).toBe((await rsolv(['customer', 'list'], env)).stdout);
  });

  it.skipIf(!hasTerminal)('is one record after the other where it is not, with whole ids', async () => {
    const seen = stripVTControlCharacters(left(await typed(list, env, 50)));
    expect(seen.match(/^customerId {2}[\w-]{36}\nname {8}.*\nactive {6}yes\ncreatedAt {3}.*\n(\n|$)/gm)).toHaveLength(
      2,
    );
  });

  it.skipIf(!hasTerminal).each([{ NO_COLOR: '1' }, { TERM: 'dumb' }])('has no colours with %j', async (setting) => {
    const seen = await typed(list, { ...env, ...setting });
    expect(seen).toContain('customerId');
    expect(seen).not.toContain(escape);
  });

  it('may be left by its reader', async () => {
    const outcome = await run(['bash', '-c', `set -o pipefail; ${list} | true`], env);
    expect(outcome).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('has colours in a pipe with FORCE_COLOR', async () => {
    const { stdout } = await rsolv(['customer', 'list'], { ...env, FORCE_COLOR: '1' });
    expect(stdout).toContain(`${escape}[1mcustomerId`);
  });

  it('as JSON is the same JSON, with what does something spelled out', async () => {
    const { stdout } = await rsolv(['customer', 'list', '--json'], env);
    expect(stdout).not.toMatch(/[^\P{C}\n]/u);
    expect(JSON.parse(stdout)).toMatchObject([{ name: 'Acme \u202Eemca' }, { name: '日本のお客様' }]);
  });
});

it('what another server answers can not play with the terminal', async () => {
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
