// Takes the place of the action's own class at each of its revisions: what those passed is stored, and none of them meets
// an error that its own class did not throw.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PhaseDataClient, type IssueRef, type PhaseName } from '../src/index.ts';
import { commitSha, scan, scanned } from './harness/scan.ts';
import { startScriptedServer, stored, type ScriptedServer } from './harness/scripted-server.ts';
import { enterWorkspace, type Workspace } from './harness/workspace.ts';

const repo = 'RSOLV-dev/demo';
const own = { validated: true, timestamp: 'now' };
let workspace: Workspace;
let server: ScriptedServer;
let warnings: string[];

beforeEach(async () => {
  workspace = await enterWorkspace();
  server = await startScriptedServer(stored);
  warnings = [];
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await workspace[Symbol.asyncDispose]();
});

const connect = () =>
  new PhaseDataClient('the-key', server.url, {
    maxRetries: 0,
    logger: { debug: () => {}, warn: (message) => warnings.push(message) },
  });
/** As a program without types passes it. */
const store = (phase: PhaseName, data: object, metadata: object = {}) =>
  connect().storePhaseResults(phase, data, { ...scanned(), ...metadata });
const sent = () => server.received.map(({ json }) => json);

describe('a scan', () => {
  it('is sent as it is, also where there is none', async () => {
    await store('scan', {});
    await store('scan', { validate: { 42: own } });
    expect(server.received.map(({ body }) => body)).toEqual(
      Array.from({ length: 2 }, () => JSON.stringify({ phase: 'scan', ...scanned() })),
    );
  });

  it('keeps what it carries beside its findings', async () => {
    const full = { ...scan, manifest_files: ['package.json'], files_scanned: 7 };
    await store('scan', { scan: full });
    expect(sent()).toEqual([{ phase: 'scan', data: full, ...scanned() }]);
  });

  it.each([400, 401, 403, 404, 413, 422, 500])(
    'is kept, and does not throw, where the platform answers %i',
    async (status) => {
      server.answers = [{ status, body: { error: { code: 'SOME_CODE', message: 'Do this.' } } }];
      expect(await store('scan', { scan })).toEqual({
        success: true,
        storage: 'local',
        warning: 'Platform unavailable, stored locally',
        reason: { code: 'SOME_CODE', message: 'Do this.' },
      });
      expect(await connect().retrievePhaseResults(repo, undefined, commitSha)).toEqual({ scan });
    },
  );
});

describe('the revisions until October 2025', () => {
  it.each<[PhaseName, object]>([
    ['validate', own],
    ['mitigate', { fixed: true }],
    ['scan', scan],
  ])('%s with data that is not wrapped stores it', async (phase, data) => {
    await store(phase, data, { issueNumber: 42 });
    expect(sent()).toMatchObject([{ data, issueNumber: 42 }]);
  });

  it('a phase under the platform’s name that is not keyed by issue is stored', async () => {
    await store('validate', { validation: own }, { issueNumber: 42 });
    expect(sent()).toMatchObject([{ phase: 'validation', data: own, issueNumber: 42 }]);
  });

  it.each([
    [own, undefined, 'Issue number is required for validate phase'],
    [{ validation: { 'issue-42': own } }, undefined, 'Issue number is required for validate phase'],
    [{ validation: { 'issue-7': own } }, 42, 'No validate data found for issue 42'],
  ])('%j for issue %s is kept with the reason, and not sent', async (data, issueNumber, message) => {
    expect(await store('validate', data, { issueNumber })).toEqual({
      success: true,
      storage: 'local',
      warning: 'Platform unavailable, stored locally',
      reason: { code: 'INVALID_INPUT', message },
    });
    expect(await workspace.onlyFile()).toMatchObject({ data, refused: message });
    expect(warnings.join()).toContain(message);
    expect(await connect().sendUnsentResults()).toEqual({ sent: 0, left: 0, failures: [] });
    expect(server.received).toEqual([]);
  });

  it('with local files only, everything is written before anything is checked', async () => {
    process.env['USE_PLATFORM_STORAGE'] = ' FALSE ';
    expect(await store('validate', {}, { issueNumber: 42 })).toEqual({ success: true, storage: 'local' });
    expect(await store('mitigate', { mitigate: { 42: own } })).toEqual({ success: true, storage: 'local' });
    expect(await workspace.files()).toEqual(['RSOLV-dev-demo-42-validate.json', 'RSOLV-dev-demo-scan-mitigate.json']);
    const known = await connect().retrievePhaseResults(repo, 42, commitSha);
    expect(known?.mitigation).toEqual({ 'issue-42': own });
  });
});

describe('an issue', () => {
  const spellings: IssueRef[] = [42, '42', 'issue-42'];

  it.each(spellings.flatMap((given) => ['42', 'issue-42'].map((key) => [given, key] as const)))(
    'given as %j and keyed %s is sent and kept as 42',
    async (issueNumber, key) => {
      await store('validate', { validate: { [key]: own } }, { issueNumber });
      expect(sent()).toEqual([{ phase: 'validation', data: own, ...scanned(), issueNumber: 42 }]);
      server.answers = [{ status: 503 }];
      await store('validate', { validate: { [key]: own } }, { issueNumber });
      expect(await workspace.files()).toEqual(['RSOLV-dev-demo-42-validate.json']);
    },
  );

  it.each(spellings)('is found under both keys where it is asked for as %j', async (asked) => {
    server.answers = [{ status: 503 }];
    await store('validate', { validate: { 42: own } }, { issueNumber: 'issue-42' });
    const offline = await connect().retrievePhaseResults(repo, asked, commitSha);
    server.answers = [{ status: 200, body: { validation: { 'issue-42': own } } }];
    const online = await connect().retrievePhaseResults(repo, asked, commitSha);
    expect(server.received.at(-1)?.url).toContain('&issue=42&');
    for (const known of [offline, online]) {
      for (const byIssue of [known?.validate, known?.validation]) {
        expect([byIssue?.['42'], byIssue?.['issue-42']]).toEqual([own, own]);
        // A loop sees each issue once, and a copy has it.
        expect({ ...byIssue }).toEqual({ 'issue-42': own });
      }
    }
  });

  it('has its newest result, under whatever key and name the results were kept', async () => {
    server.answers = [{ status: 503 }];
    const result = (n: number) => ({ ...own, n });
    await store('validate', { validate: { 42: result(1) } }, { issueNumber: 42 });
    await store('validate', { validation: { 'issue-42': result(2) } }, { issueNumber: '42' });
    await store('validate', { validate: { 'issue-42': result(3) } }, { issueNumber: 'issue-42' });
    const known = await connect().retrievePhaseResults(repo, 42, commitSha);
    expect(known?.validate).toEqual({ 'issue-42': result(3) });
  });

  it('does not get another’s result that lies beside its own', async () => {
    server.answers = [{ status: 503 }];
    await store('validate', { validate: { 7: { ...own, n: 1 } } }, { issueNumber: 7 });
    await store('validate', { validate: { 42: own, 7: { ...own, n: 0 } } }, { issueNumber: 42 });
    const all = await connect().retrievePhaseResults(repo, undefined, commitSha);
    expect(all?.validate).toEqual({ 'issue-42': own, 'issue-7': { ...own, n: 1 } });
    expect((await connect().retrievePhaseResults(repo, 42, commitSha))?.validate).toEqual({ 'issue-42': own });
  });
});

describe('metadata', () => {
  it('goes out with what the action adds to it, but without fields that the platform would refuse', async () => {
    await store('scan', { scan }, { timestamp: 'now', workflow: 'nightly', runId: 7 });
    expect(server.received[0]?.body).toBe(
      JSON.stringify({ phase: 'scan', data: scan, repo, commitSha, timestamp: 'now' }),
    );
  });

  it('goes out as it was given, with pipeline_run_id and without empty texts', async () => {
    await store('scan', { scan }, { branch: '', pipelineRunId: 'run-7' });
    expect(server.received[0]?.body).toBe(
      JSON.stringify({ phase: 'scan', data: scan, repo, commitSha, pipeline_run_id: 'run-7' }),
    );
  });
});
