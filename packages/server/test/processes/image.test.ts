// The commands and settings of Dockerfile and compose.yaml, run on the packaged folder, without a container engine.
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { constants } from 'node:os';
import { join } from 'node:path';
import { DockerfileParser } from 'dockerfile-ast';
import { validate } from 'dockerfile-utils';
import { describe, expect, inject, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { readConfig } from '../../src/config/config.ts';
import { testPeppers } from '@rsolv/test-harness/key-ring';
import { freePort } from '@rsolv/test-harness/postgres-server';
import { run, serveBy, start, type Env } from '@rsolv/test-harness/server-process';
import { createTestDatabase } from '@rsolv/test-harness/shared-postgres';

const root = join(import.meta.dirname, '../../../..');
const read = (file: string) => readFile(join(root, file), 'utf8');

const dockerfile = await read('Dockerfile');
const image = DockerfileParser.parse(dockerfile);
const [source = '', destination = ''] = image
  .getCOPYs()
  .flatMap((copy) => copy.getArguments().map((each) => each.getValue()));

/** The JSON list of an instruction. */
function commandOf(instruction: string): string[] {
  const [, list = '[]'] = new RegExp(`^${instruction}\\b[^[]*?(\\[.*\\])$`, 'm').exec(dockerfile) ?? [];
  return z.array(z.string()).parse(JSON.parse(list));
}

/** The image's environment, with the packaged folder in place of the image's. */
function imageEnv(): Env {
  const variables = image.getENVs().flatMap((env) => env.getProperties());
  return Object.fromEntries(
    variables.map((variable) => {
      const value = (variable.getValue() ?? '').replace(destination, inject('packagedPlatform'));
      return [variable.getName(), value.replace('$PATH', process.env['PATH'] ?? '')];
    }),
  );
}

describe('Dockerfile', () => {
  it('passes a linter', () => {
    expect(validate(dockerfile)).toEqual([]);
  });

  it('copies the folder that npm run package makes, and sends the engine nothing else', async () => {
    expect(image.getCOPYs()).toHaveLength(1);
    expect(await read('scripts/package.mjs')).toContain(`join(root, '${source}')`);
    expect((await read('.dockerignore')).trim().split('\n')).toEqual(['*', `!${source}`]);
  });

  it('runs as a numeric user other than root', () => {
    expect(
      image
        .getInstructions()
        .find((each) => each.getKeyword() === 'USER')
        ?.getArgumentsContent(),
    ).toBe('1000:1000');
  });

  it('starts a server, and its health check passes only while the server runs', async () => {
    const env = { ...imageEnv(), HOST: '127.0.0.1', PORT: `${await freePort()}` };
    const [program = '', ...args] = [...commandOf('ENTRYPOINT'), ...commandOf('CMD')];
    const [checker = '', ...checks] = commandOf('HEALTHCHECK');
    await using server = await serveBy([program, ...args], { ...env, DATABASE_URL: await createTestDatabase() });
    const healthy = await run([checker, ...checks], env);
    expect(healthy).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(await server.end('SIGTERM')).toBe(0);
    expect(await run([checker, ...checks], env)).toEqual({ code: 1, stdout: '', stderr: '' });
  });
});

it('a server ends at once where it is stopped before it has started, also as process 1', async () => {
  const silent = createServer().listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const address = silent.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const child = start([join(inject('packagedPlatform'), 'bin/rsolv'), 'serve'], {
    DATABASE_URL: `postgresql://rsolv:secret@127.0.0.1:${port}/rsolv`,
    PORT: '0',
  });
  await once(silent, 'connection');
  child.kill('SIGTERM');
  // An exit code, not a signal: the process handled it.
  expect(await once(child, 'exit')).toEqual([128 + constants.signals.SIGTERM, null]);
  silent.close();
});

describe('compose.yaml', async () => {
  const text = await read('compose.yaml');
  const service = z.object({
    environment: z.record(z.string(), z.string()),
    volumes: z.array(z.string()).optional(),
  });
  const { services } = z.object({ services: z.object({ platform: service, postgres: service }) }).parse(parse(text));

  it('requires its secrets, and contains none', async () => {
    const defaults = [...text.matchAll(/\$\{(\w+)(:?[-?][^}]*)?\}/g)].map(([, name, rule = '']) => [name, rule]);
    const asked = defaults.filter(([, rule]) => rule?.startsWith(':?')).map(([name]) => name);
    expect(asked).toEqual(['POSTGRES_PASSWORD', 'RSOLV_KEY_PEPPER']);
    const others = defaults.filter(([name]) => !asked.includes(name));
    expect(others.map(([, rule]) => rule)).toEqual([':-', ':-', ':-4000']);
    expect((await read('.gitignore')).split('\n')).toContain('.env');
  });

  it('has valid settings', () => {
    const given: Env = { POSTGRES_PASSWORD: 'f00d', RSOLV_KEY_PEPPER: testPeppers.join() };
    const settings: Record<string, string> = {};
    for (const [name, value] of Object.entries(services.platform.environment)) {
      settings[name] = value.replaceAll(/\$\{(\w+)[^}]*\}/g, (_all, variable: string) => given[variable] ?? '');
    }
    const { database, keyPeppers, publicUrl } = readConfig(settings);
    const { environment } = services.postgres;
    const url = `postgresql://${environment['POSTGRES_USER']}:f00d@postgres:5432/${environment['POSTGRES_DB']}`;
    expect(database).toMatchObject({ kind: 'postgres', url });
    expect({ keyPeppers, publicUrl }).toEqual({ keyPeppers: testPeppers, publicUrl: undefined });
  });
});
