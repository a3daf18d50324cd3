// No error prints a secret, whether it is wrong, or in the wrong place.
import { createServer } from 'node:http';
import { describe, expect, it } from 'vitest';
import { rsolv } from '@rsolv/test-harness/cli';
import { createTestDatabase } from '@rsolv/test-harness/shared-postgres';
import type { Env } from '@rsolv/test-harness/server-process';
import { secretMask } from '../../src/cli/mask-secrets.ts';

const marked = 'MarkedSecret';
const apiKey = `rsolv_${marked}0123456789abcdefghijklmnopqrstuvwxyz`;
const idToken = `eyJhbGciOiJSUzI1NiJ9.eyJzdWIi${marked}.${marked}`;

/** Commands that fail, each with a secret somewhere. */
const failing: Record<string, [command: string[], env?: Env, input?: string]> = {
  'a key with a blank': [['whoami'], { RSOLV_API_KEY: `${marked} 0123456789` }],
  'a key that is too short': [['whoami', '--api-key', marked]],
  'a key that is too long': [['whoami', `--api-key=${marked.repeat(50)}`]],
  'a key outside ASCII': [['whoami', '--api-key', `${marked}–0123456789`]],
  'a key of another platform': [['whoami', '--url', 'http://127.0.0.1:1', '--api-key', `${marked}0123456789`]],
  'a key for its own option and as an argument': [['whoami', apiKey]],
  'a key as a command': [[apiKey]],
  'a key as a subcommand': [['key', apiKey]],
  'a key as an option': [['customer', 'list', `--key=${apiKey}`]],
  'a key in place of the id, to revoke': [['key', 'revoke', apiKey]],
  'a key in place of the id, to rotate': [['key', 'rotate', apiKey, '--json']],
  'a key in place of a customer': [['key', 'list', '--customer', apiKey]],
  'a key in place of a URL': [['whoami', '--url', apiKey]],
  'a key in place of the URL of the environment': [['whoami'], { RSOLV_API_URL: apiKey, RSOLV_API_KEY: apiKey }],
  'a key to import that is too short': [['key', 'import', '--customer', 'Acme'], {}, marked],
  'a key to import with blanks': [['key', 'import', '--customer', 'Acme'], {}, `${marked} and ${marked}\n`],
  'a key to import with a wrong checksum': [
    ['key', 'import', '--customer', 'Acme', '--json'],
    {},
    `rsolv_${marked.padEnd(49, '0')}`,
  ],
  'an ID token as an argument': [['whoami', '--api-key', apiKey, idToken]],
  'the password of a URL that is not one': [['whoami', '--url', `htp://user:${marked}@:::`]],
  'the password of a URL': [['whoami', '--url', `http://user:${marked}@127.0.0.1:1`, '--api-key', apiKey]],
  'a password with a question mark': [
    ['customer', 'list'],
    { DATABASE_URL: `postgresql://user:1?${marked}@127.0.0.1/rsolv` },
  ],
  'the same parameter twice': [
    ['customer', 'list'],
    { DATABASE_URL: `postgresql://127.0.0.1/rsolv?${marked}@x=1&${marked}@x=2` },
  ],
  'a password with a percent sign': [
    ['customer', 'list'],
    { DATABASE_URL: `postgresql://user:%${marked}@127.0.0.1/rsolv` },
  ],
  'the password of another kind of database': [['serve'], { DATABASE_URL: `mysql://user:${marked}@127.0.0.1/rsolv` }],
  'the password of a database that does not answer': [
    ['customer', 'list'],
    { DATABASE_URL: `postgresql://user:${marked}@127.0.0.1:1/rsolv?sslpassword=${marked}` },
  ],
  'a pepper that is too short': [['serve'], { RSOLV_KEY_PEPPER: `${marked},${marked}` }],
  'a pepper under another name': [['serve'], { RSOLV_KEY_PEPER: marked, RSOLV_KEY_PEPPER: 'short' }],
  'a header of a collector': [
    ['serve'],
    { OTEL_EXPORTER_OTLP_HEADERS: `x=${marked}`, OTEL_EXPORTER_OTLP_ENDPOINT: `http://user:${marked}@[` },
  ],
};

describe('prints no secret of', () => {
  it.concurrent.each(Object.entries(failing))('%s', async (_name, [command, env = {}, input]) => {
    const DATABASE_URL = await createTestDatabase();
    const { code, stdout, stderr } = await rsolv(command, { PORT: '0', DATABASE_URL, ...env }, input);
    expect(code).toBeGreaterThan(0);
    expect(stderr).not.toBe('');
    expect(`${stdout}${stderr}`).not.toContain(marked);
  });

  it('a key that another server repeats in its error', async () => {
    const body = JSON.stringify({
      error: { code: 'API_KEY_UNKNOWN', message: `Who is ${marked}0123?` },
      requestId: '1',
    });
    const server = createServer((_request, response) => response.writeHead(401).end(body)).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const { stderr } = await rsolv(['whoami', '--url', `http://127.0.0.1:${port}`], { RSOLV_API_KEY: `${marked}0123` });
    server.close();
    expect(stderr).toBe('Who is …? (401 API_KEY_UNKNOWN)\n');
  });
});

describe('the mask of a stack', () => {
  const env = {
    RSOLV_KEY_PEPPER: 'first-pepper-of-32-characters-xxx, second-pepper-of-32-characters-xx',
    DATABASE_URL: 'postgresql://user:p%40ssw%6Frd-of-it@host/rsolv?sslpassword=of-the-file',
    OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20abcdefgh,x=ijklmnopqr',
    PGPASSWORD: 'short',
  };
  const mask = secretMask(['key', 'import', '--api-key', 'legacy key 12345', '--customer', 'Acme'], env);

  it.each([
    ['Error: first-pepper-of-32-characters-xxx\n    at run (file.ts:1)', 'Error: …\n    at run (file.ts:1)'],
    ['second-pepper-of-32-characters-xx', '…'],
    ['p%40ssw%6Frd-of-it or p@ssword-of-it', '… or …'],
    ['of-the-file', '…'],
    ['Bearer%20abcdefgh, Bearer abcdefgh, ijklmnopqr', '…, …, …'],
    ['key "legacy key 12345" of Acme', 'key "…" of Acme'],
    ['connect to postgresql://someone:else@host:5432/rsolv', 'connect to postgresql://someone:…@host:5432/rsolv'],
    ['a short text', 'a short text'],
  ])('turns %j into %j', (text, masked) => {
    expect(mask(text)).toBe(masked);
  });
});
