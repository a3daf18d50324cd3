import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { rsolv, rsolvJson } from '@rsolv/test-harness/cli';
import { report, result } from '@rsolv/test-harness/sarif';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rsolv-import-'));
});

afterAll(() => rm(folder, { recursive: true }));

/** No command of these tests opens a database. */
const env = { DATABASE_URL: 'nonsense' };

async function fileWith(content: string | object): Promise<string> {
  const file = join(folder, `${crypto.randomUUID()}.sarif`);
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

it('prints how a report is read', async () => {
  const results = [result('/work/shop/src/a.js'), result('b.js', { suppressions: [{ kind: 'inSource' }] })];
  const invocations = [
    {
      executionSuccessful: false,
      toolExecutionNotifications: [
        {
          level: 'error',
          message: { text: 'Parsing error' },
          locations: [{ physicalLocation: { artifactLocation: { uri: 'c.js' } } }],
        },
      ],
    },
  ];
  const file = await fileWith(report(results, { invocations, automationDetails: { id: 'web/' } }));
  expect(await rsolv(['import', file, '--check', '--checkout', '/work/shop'], env)).toEqual({
    code: 0,
    stderr: '',
    stdout: `scanner (web): 2 findings, 1 suppressed
  The scan is incomplete: findings that it lacks do not count as fixed.
  not analyzed: c.js
Repairs: 1
  /runs/0/results/0/locations/0/physicalLocation/artifactLocation/uri: read as a path: it has no scheme
`,
  });
  expect(await rsolvJson(['import', file, '--check', '--category', 'api'], env)).toMatchObject({
    runs: [{ tool: 'scanner', category: 'api', findings: 2, suppressed: 1, isComplete: false, unseenFiles: ['c.js'] }],
    repairs: [{ pointer: '' }, {}],
  });
});

it.each([
  [{ phase: 'scan', data: { vulnerabilities: [{ type: 'xss', file: 'a.js', line: 1, message: 'm' }] } }, 'scan'],
  [
    { phase: 'scan', data: { scan: { vulnerabilities: [{ type: 'xss', file: 'a.js', line: 1, message: 'm' }] } } },
    'scan',
  ],
  [
    {
      phase: 'validate',
      data: {
        validation: { 'issue-42': { vulnerabilities: [{ type: 'XSS', file: 'a.js', line: 1, description: 'm' }] } },
      },
      metadata: { issueNumber: '42' },
    },
    'validation',
  ],
])('reads the result of a phase: %j', async (stored, category) => {
  expect(await rsolvJson(['import', await fileWith(stored), '--check'], env)).toMatchObject({
    runs: [{ tool: 'RSOLV', category, findings: 1 }],
    repairs: [],
  });
});

it('names the JSON pointer of a repair in wrapped data', async () => {
  const data = { mitigate: { 7: { vulnerabilities: [{ type: 'xss', file: 'a.js', line: 0, message: 'm' }] } } };
  const file = await fileWith({ phase: 'mitigate', data, issueNumber: 7 });
  expect(await rsolvJson(['import', file, '--check'], env)).toMatchObject({
    repairs: [{ pointer: '/data/mitigate/7/vulnerabilities/0/line' }],
  });
});

it.each<[string | object, RegExp]>([
  ['', /^The report is empty/],
  ['No files found.', /^The report is not valid JSON/],
  [{ version: '2.0.0', runs: [] }, /^\/version is "2\.0\.0"/],
  [{ phase: 'deploy', data: {} }, /^\/phase must be scan/],
  [{ phase: 'validate', data: { validate: { 'issue-1': {} } }, issueNumber: 2 }, /^\/data\/validate contains issue-1/],
])('exits with 1 for the report %j', async (content, message) => {
  const { code, stdout, stderr } = await rsolv(['import', await fileWith(content), '--check'], env);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(message);
});

it('exits with 1 for a file that is not there', async () => {
  const { code, stderr } = await rsolv(['import', join(folder, 'none.sarif'), '--check'], env);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^The report can not be read: ENOENT.*Check that the scanner wrote it\./);
});
