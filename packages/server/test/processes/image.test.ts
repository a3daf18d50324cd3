// What the Dockerfile and compose.yaml say, tried without an engine that would build them: the same commands, with the same
// environment, on the packaged folder.
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

/** The JSON list of an instruction, with the paths that it has here. */
function commandOf(instruction: string): string[] {
  const [, list = '[]'] = new RegExp(`^${instruction}\\b[^[]*?(\\[.*\\])$`, 'm').exec(dockerfile) ?? [];
  return z.array(z.string()).parse(JSON.parse(list));
}

/** The image's environment, with the paths that it has here. */
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
  it('has no fault that a linter finds', () => {
    expect(validate(dockerfile)).toEqual([]);
  });

  it('takes the folder that npm run package makes, and nothing else gets to the engine', async () => {
    expect(image.getCOPYs()).toHaveLength(1);
    expect(await read('scripts/package.mjs')).toContain(`join(root, '${source}')`);
    expect((await read('.dockerignore')).trim().split('\n')).toEqual(['*', `!${source}`]);
  });

  it('runs as somebody who is not root, by number', () => {
    expect(
      image
        .getInstructions()
        .find((each) => each.getKeyword() === 'USER')
        ?.getArgumentsContent(),
    ).toBe('1000:1000');
  });

  it('starts a server, whose health is checked by a command that tells life from death', async () => {
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

it('a server that is told to stop before it has begun ends at once, also where no default handling would end it', async () => {
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
  // A code, and no signal: the process has ended itself.
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

  it('asks for its secrets, and has none', async () => {
    const defaults = [...text.matchAll(/\$\{(\w+)(:?[-?][^}]*)?\}/g)].map(([, name, rule = '']) => [name, rule]);
    const asked = defaults.filter(([, rule]) => rule?.startsWith(':?')).map(([name]) => name);
    expect(asked).toEqual(['POSTGRES_PASSWORD', 'RSOLV_KEY_PEPPER']);
    const others = defaults.filter(([name]) => !asked.includes(name));
    expect(others.map(([, rule]) => rule)).toEqual([':-', ':-', ':-4000']);
    expect((await read('.gitignore')).split('\n')).toContain('.env');
  });

  it('has settings that the platform starts with', () => {
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
