// A server or command with a wrong pepper is refused, and somebody who lost the pepper can go on with another.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { rsolv, rsolvJson, serve } from '@rsolv/test-harness/cli';
import { createDataFolder } from '@rsolv/test-harness/data-folder';
import { testPeppers } from '@rsolv/test-harness/key-ring';
import { callRoute } from '@rsolv/test-harness/process-calls';
import { refusalOf } from '@rsolv/test-harness/server-process';
import { createTestDatabase } from '@rsolv/test-harness/shared-postgres';

const made = z.object({ apiKey: z.string(), apiKeyId: z.string() });
const [pepper] = testPeppers;
const wrong = 'a pepper that somebody made up just now';

it.concurrent('PostgreSQL: refuses a wrong pepper before anything is done with it', async () => {
  const env = { DATABASE_URL: await createTestDatabase() };
  const acme = ['--customer', 'Acme'];
  const { apiKeyId } = made.parse(await rsolvJson(['setup', ...acme, '--namespace', 'acme'], env));
  const before = await rsolvJson(['key', 'list'], env);
  const withWrong = { ...env, RSOLV_KEY_PEPPER: wrong };
  for (const command of [
    ['serve'],
    ['key', 'create', ...acme],
    ['key', 'rotate', apiKeyId],
    ['key', 'import', ...acme, '--api-key', 'a-key-from-elsewhere'],
    ['setup', ...acme, '--namespace', 'other'],
  ]) {
    const refused = await rsolv(command, { ...withWrong, PORT: '0' });
    expect(refusalOf(refused)).toMatch(/^The pepper in RSOLV_KEY_PEPPER does not fit this database/);
    expect(refused.stderr).not.toMatch(new RegExp(`${wrong}|${pepper}`));
  }
  expect(await rsolvJson(['key', 'list'], withWrong)).toEqual(before);
});

it.concurrent('PostgreSQL: pepper replace accepts another pepper, with which old keys are unknown and new ones valid', async () => {
  const env = { DATABASE_URL: await createTestDatabase() };
  const old = made.parse(await rsolvJson(['setup', '--customer', 'Acme', '--namespace', 'acme'], env));
  const lost = { ...env, RSOLV_KEY_PEPPER: wrong };
  const replaced = await rsolv(['pepper', 'replace', '--invalidate-keys'], lost);
  expect(replaced).toMatchObject({ code: 0, stdout: expect.stringMatching(/accepted\. API keys .* invalid/) });
  const created = made.parse(await rsolvJson(['key', 'create', '--customer', 'Acme'], lost));
  await using server = await serve(lost);
  const status = async ({ apiKey }: typeof old) =>
    (await callRoute({ url: server.url, apiKey }, '/api/v1/whoami')).status;
  expect([await status(old), await status(created)]).toEqual([401, 200]);
  expect(refusalOf(await rsolv(['serve'], { ...env, PORT: '0' }))).toMatch(/does not fit/);
});

it.concurrent("embedded: refuses another pepper than the data folder's, in a variable or in its file", async () => {
  const env = { RSOLV_DATA_DIR: await createDataFolder(), PORT: '0' };
  await rsolvJson(['setup', '--customer', 'Acme', '--namespace', 'acme'], env);
  const fromVariable = await rsolv(['serve'], { ...env, RSOLV_KEY_PEPPER: wrong });
  expect(refusalOf(fromVariable)).toMatch(/^The pepper in RSOLV_KEY_PEPPER does not fit/);
  const file = join(env.RSOLV_DATA_DIR, 'key-pepper');
  await writeFile(file, wrong);
  const fromFile = await rsolv(['key', 'create', '--customer', 'Acme'], env);
  expect(refusalOf(fromFile)).toContain(`The pepper in ${file} does not fit`);
});
