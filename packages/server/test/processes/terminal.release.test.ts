// What people see who start a server on a real terminal.
import { stripVTControlCharacters } from 'node:util';
import { expect, it } from 'vitest';
import { callRoute } from '@rsolv/test-harness/process-calls';
import { makeFolder, rsolvFile, serveBy } from '@rsolv/test-harness/server-process';
import { hasTerminal, inTerminal } from '@rsolv/test-harness/terminal';
import { until } from '@rsolv/test-harness/until';

const escape = '\u001B';
const rsolvCommand = `'${rsolvFile()}'`;

it.skipIf(!hasTerminal)(
  'serve on a terminal shows progress, then a greeting whose API key stands out, then requests as lines',
  async () => {
    await using folder = await makeFolder();
    const settings = { TERM: 'xterm-256color', RSOLV_DATA_DIR: folder.path };
    const greeting = /URL[^h]*(http:[\d.:/]+)[^]*RSOLV_NAMESPACE=[^]*\n/;
    await using server = await serveBy(inTerminal(`exec ${rsolvCommand} serve`), settings, { pattern: greeting });
    await callRoute({ url: server.url, apiKey: 'a-key-that-nobody-knows' }, '/api/v1/whoami');
    const seen = await until('the line of the request', () =>
      server.stdout.includes('whoami') ? server.stdout : undefined,
    );
    expect(seen).toContain(' Creating the database… ');
    expect(seen).toMatch(new RegExp(`  ${escape}\\[1m${escape}\\[33mrsolv_\\w{49}${escape}\\[`));
    const lines = stripVTControlCharacters(seen).split('\n');
    expect(lines).toContain(`  Data       ${folder.path} (embedded)`);
    expect(lines.filter((line) => line.startsWith('curl '))).toHaveLength(3);
    expect(lines.find((line) => line.includes('whoami'))).toMatch(
      /^\d\d:\d\d:\d\d GET \/api\/v1\/whoami 401 {2}\d+ ms {2}[\w-]{36} {2}code=API_KEY_UNKNOWN {2}address=127\.0\.0\.1$/,
    );
  },
);
