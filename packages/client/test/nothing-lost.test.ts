// A result that could not be stored is kept, sent later under its own key, and marked.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { PhaseDataClient } from '../src/index.ts';
import { commitSha, scan, scanned } from './harness/scan.ts';
import { startScriptedServer, stored, type ScriptedServer } from './harness/scripted-server.ts';
import { enterWorkspace, type Workspace } from './harness/workspace.ts';

const silent = { debug: () => {}, warn: () => {} };
let workspace: Workspace;
let server: ScriptedServer;
let client: PhaseDataClient;

beforeEach(async () => {
  workspace = await enterWorkspace();
  server = await startScriptedServer({ status: 503 });
  client = new PhaseDataClient('the-key', server.url, { maxRetries: 0, logger: silent });
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await workspace[Symbol.asyncDispose]();
});

const storeScan = (changes: object = {}) => client.storePhaseResults('scan', { scan }, scanned(changes));
const keys = () => server.received.map(({ headers }) => headers['idempotency-key']);

it('is sent by an explicit call, once, under its own key and with its own time', async () => {
  await storeScan();
  const { timestamp } = await workspace.onlyFile();
  server.answers = [stored];
  expect(await client.sendUnsentResults()).toEqual({ sent: 1, left: 0, failures: [] });
  expect(await client.sendUnsentResults()).toEqual({ sent: 0, left: 0, failures: [] });
  expect(server.received).toHaveLength(2);
  expect(keys()[1]).toBe(keys()[0]);
  expect(server.received[1]?.json).toEqual({
    phase: 'scan',
    data: scan,
    ...scanned(),
    completedAt: timestamp,
  });
  expect(await workspace.onlyFile()).toMatchObject({ sentAt: expect.stringMatching(/Z$/) });
});

it('is sent by the next store that succeeds, and by no other', async () => {
  await storeScan({ commitSha: 'first' });
  await storeScan({ commitSha: 'second' });
  expect(server.received).toHaveLength(2);
  server.answers = [stored];
  await storeScan({ commitSha: 'third' });
  expect(server.received.map(({ json }) => json)).toEqual(
    ['first', 'second', 'third', 'first', 'second'].map((commit): unknown =>
      expect.objectContaining({ commitSha: commit }),
    ),
  );
  expect(keys().slice(3)).toEqual(keys().slice(0, 2));
  await storeScan({ commitSha: 'fourth' });
  expect(server.received).toHaveLength(6);
});

it('counts as sent where the platform has it already from a store whose answer was lost', async () => {
  await storeScan();
  server.answers = [{ status: 422, body: { error: { code: 'IDEMPOTENCY_KEY_REUSED', message: 'reused' } } }];
  expect(await client.sendUnsentResults()).toEqual({ sent: 1, left: 0, failures: [] });
});

it('stays unsent while the platform is unavailable', async () => {
  await storeScan({ commitSha: 'first' });
  await storeScan({ commitSha: 'second' });
  const report = await client.sendUnsentResults();
  expect(report).toMatchObject({ sent: 0, left: 2, failures: [{ error: { status: 503 } }] });
  expect(server.received).toHaveLength(3);
  server.answers = [stored];
  expect(await client.sendUnsentResults()).toMatchObject({ sent: 2, left: 0 });
});

it('does not block the others where it is refused, and is then sent by explicit calls only', async () => {
  await storeScan({ commitSha: 'refused' });
  await storeScan({ commitSha: 'good' });
  server.answers = [{ status: 400 }, stored];
  expect(await client.sendUnsentResults()).toMatchObject({ sent: 1, left: 1, failures: [{ error: { status: 400 } }] });
  await storeScan({ commitSha: 'next' });
  expect(server.received).toHaveLength(5);
  expect(await client.sendUnsentResults()).toEqual({ sent: 1, left: 0, failures: [] });
});

it('is sent once by concurrent calls', async () => {
  await storeScan();
  server.answers = [stored];
  const reports = await Promise.all([client.sendUnsentResults(), client.sendUnsentResults()]);
  expect(reports.map(({ sent }) => sent)).toEqual([1, 0]);
  expect(server.received).toHaveLength(2);
});

it('is kept beside that of a repository whose name gives the same file name', async () => {
  const one = { scan: { vulnerabilities: [{ type: 'one' }] } };
  const other = { scan: { vulnerabilities: [{ type: 'other' }] } };
  await client.storePhaseResults('scan', one, scanned({ repo: 'a-b/c' }));
  await client.storePhaseResults('scan', other, scanned({ repo: 'a/b-c' }));
  expect(await client.retrievePhaseResults('a-b/c', undefined, commitSha)).toEqual(one);
  expect(await client.retrievePhaseResults('a/b-c', undefined, commitSha)).toEqual(other);
  expect(await client.retrievePhaseResults('A/B-C', undefined, commitSha)).toEqual(other);
  server.answers = [stored];
  expect(await client.sendUnsentResults()).toMatchObject({ sent: 2 });
});

it('is kept beside that of a repository of the same name on another forge, and sent as what it is', async () => {
  const onGitLab = { scan: { vulnerabilities: [{ type: 'on gitlab' }] } };
  await client.storePhaseResults('scan', onGitLab, scanned({ forge: 'gitlab' }));
  await storeScan({ forge: 'github' });
  const repo = 'RSOLV-dev/demo';
  expect(await client.retrievePhaseResults(repo, undefined, commitSha, { forge: 'gitlab' })).toEqual(onGitLab);
  expect(await client.retrievePhaseResults(repo, undefined, commitSha)).toEqual({ scan });
  expect(await client.retrievePhaseResults(repo, undefined, commitSha, { forge: 'github' })).toEqual({ scan });
  server.answers = [stored];
  await client.sendUnsentResults();
  const sent = server.received.slice(-2).map(({ json }) => json);
  expect(sent).toMatchObject([
    { forge: 'gitlab', data: onGitLab.scan },
    { forge: 'github', data: scan },
  ]);
});

it('does not take the file of the same repository on another forge', async () => {
  process.env['USE_PLATFORM_STORAGE'] = 'false';
  const local = new PhaseDataClient();
  await local.storePhaseResults('scan', { scan }, scanned());
  await local.storePhaseResults('scan', { scan: { vulnerabilities: [] } }, scanned({ forge: 'gitlab' }));
  expect(await workspace.files()).toHaveLength(2);
  expect(await local.retrievePhaseResults('RSOLV-dev/demo', undefined, commitSha)).toEqual({ scan });
});

it('is the newest of what is kept for a commit', async () => {
  const older = { scan: { vulnerabilities: [] } };
  await client.storePhaseResults('scan', older, scanned());
  await storeScan();
  expect(await client.retrievePhaseResults('RSOLV-dev/demo', undefined, commitSha)).toEqual({ scan });
});

it.each([
  '../../../escaped',
  '/etc/escaped',
  '..\\..\\escaped',
  'a/../../../escaped',
  'x\0/y',
  `${'long'.repeat(99)}/x`,
])('never lies outside its folder: %j', async (repo) => {
  await storeScan({ repo });
  await client.storeTrustScore(repo, '../../../../escaped', {});
  expect(await workspace.files()).toHaveLength(1);
  expect(await workspace.files('observability/trust-scores')).toHaveLength(1);
  expect(await readdir(workspace.path)).toEqual(['.rsolv']);
  expect((await readdir(join(workspace.path, '.rsolv'))).toSorted()).toEqual(['observability', 'phase-data']);
  expect(await client.retrievePhaseResults(repo, undefined, commitSha)).toEqual({ scan });
});

it('is not read from files that are half-written, invalid or of another kind', async () => {
  await mkdir('.rsolv/phase-data', { recursive: true });
  const good = JSON.stringify({
    phase: 'scan',
    data: { scan },
    metadata: scanned(),
    timestamp: '2026-01-01T00:00:00Z',
  });
  await writeFile('.rsolv/phase-data/RSOLV-dev-demo-scan-scan.json', good.slice(0, -20));
  await writeFile('.rsolv/phase-data/RSOLV-dev-demo-scan-scan.json.123.tmp', good);
  await writeFile('.rsolv/phase-data/list.json', '[]');
  await writeFile('.rsolv/phase-data/other.json', '{"data":{},"metadata":{}}');
  expect(await client.retrievePhaseResults('RSOLV-dev/demo', undefined, commitSha)).toBeNull();
  await writeFile('.rsolv/phase-data/RSOLV-dev-demo-scan-scan.json', good);
  expect(await client.retrievePhaseResults('RSOLV-dev/demo', undefined, commitSha)).toEqual({ scan });
});

it('leaves no temporary file behind', async () => {
  await storeScan();
  expect(await workspace.files()).toEqual(['RSOLV-dev-demo-scan-scan.json']);
});

it('is found in files that the action’s own class has written, under either name', async () => {
  const file = join(import.meta.dirname, 'fixtures/nodegoat-validate-456.json');
  const content = await readFile(file, 'utf8');
  await mkdir('.rsolv/phase-data', { recursive: true });
  await writeFile('.rsolv/phase-data/RSOLV-dev-nodegoat-vulnerability-demo-456-validate.json', content);
  const found = await client.retrievePhaseResults('RSOLV-dev/nodegoat-vulnerability-demo', 456, commitSha);
  const validation = { 'issue-456': expect.objectContaining({ validated: true, enriched: true }) };
  expect(found).toEqual({ validation, validate: validation });
  server.answers = [stored];
  expect(await client.sendUnsentResults()).toEqual({ sent: 0, left: 0, failures: [] });
});
