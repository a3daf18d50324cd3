// The current schema serves earlier releases: the statements that they sent are sent again. `pnpm record-release` records
// them.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { beforeAll, describe, expect, it } from 'vitest';
import { sendEveryStatement } from '@rsolv/test-harness/every-statement';
import { startIssuers } from '@rsolv/test-harness/oidc-issuer';
import { startTestPlatform } from '@rsolv/test-harness/platform';
import { createTestDatabase } from '@rsolv/test-harness/shared-postgres';
import { recordStatements, replayStatements } from '@rsolv/test-harness/statement-record';

const folder = join(import.meta.dirname, '../releases');

async function record(): Promise<string> {
  const { github, issuers } = await startIssuers();
  await using platform = await startTestPlatform({ issuers });
  return await recordStatements(() => sendEveryStatement(platform, github));
}

const toRecord = process.env['RSOLV_RECORD_RELEASE'];
if (toRecord !== undefined) writeFileSync(join(folder, `${toRecord}.jsonl`), await record());

it.each(readdirSync(folder))('%s: each of its statements has the recorded result', async (file) => {
  expect(await replayStatements(readFileSync(join(folder, file), 'utf8'), await createTestDatabase())).toBeUndefined();
});

describe('a schema change that breaks a release is detected', () => {
  let now: string;
  beforeAll(async () => {
    now = await record();
  });

  it.each([
    ['nothing', 'select', '{}'],
    ['a column is gone', 'alter table scan_executions drop column branch', 'store'],
    ['a column is called otherwise', 'alter table api_keys rename last_used_at to used_at', 'last_used_at'],
    ['a column must be given', 'alter table audit_events add column region text not null', 'region'],
    ['a column takes less', 'alter table repositories add check (length(name) < 4)', 'repositories_name_check'],
    ['a column is of another type', 'alter table scan_executions alter branch type int using null', '"main"'],
  ])('%s', async (_name, change, found) => {
    const url = await createTestDatabase();
    const client = new Client({ connectionString: url });
    await client.connect();
    await client.query(change);
    await client.end();
    const difference = await replayStatements(now, url);
    expect(JSON.stringify({ difference })).toContain(found);
  });

  it('with every statement of the hot path', () => {
    const hot = now.split('\n').filter((line) => line.includes('"rows":'));
    expect(new Set(hot.map((line) => /"text":"(.*?[^\\])"/.exec(line)?.[1])).size).toBeGreaterThanOrEqual(8);
  });
});
