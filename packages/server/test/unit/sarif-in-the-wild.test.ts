// What scanners really write. Each test stands for reports of a released tool.
import { describe, expect, it } from 'vitest';
import { readSarif } from '../../src/findings/sarif/read-sarif.ts';
import { at, read, readFirst, report, reportOf, result, toolWith } from '@rsolv/test-harness/sarif';

it('gives the same findings in any order of the results', () => {
  const results = [result('a.js'), result('b.js'), result('a.js', at({ uri: 'a.js' }, { startLine: 9 }))];
  const sorted = (each: readonly unknown[]) =>
    read(report(each))
      .findings.map((finding) => JSON.stringify({ ...finding, pointer: '' }))
      .toSorted();
  expect(sorted(results.toReversed())).toEqual(sorted(results));
});

it('identifies a tool by its name, whatever version it states', () => {
  const version = (driver: object) => {
    const { tool, toolVersion } = read(report([], { tool: { driver: { name: 'scanner', ...driver } } }));
    return { tool, toolVersion };
  };
  expect(version({})).toEqual({ tool: 'scanner', toolVersion: null });
  expect(version({ version: '6.16.2' })).toEqual({ tool: 'scanner', toolVersion: '6.16.2' });
});

it('reads fingerprints of both kinds, by name, and drops what is none', () => {
  const finding = readFirst(
    report([result('a.js', { fingerprints: { id: 'x' }, partialFingerprints: { id: 'y', empty: '', number: 7 } })]),
  );
  expect(finding.fingerprints).toEqual({ 'fingerprints/id': 'x', 'partialFingerprints/id': 'y' });
  expect(finding.repairs).toEqual([
    '/runs/0/results/0/partialFingerprints/empty: dropped: the fingerprint is empty',
    '/runs/0/results/0/partialFingerprints/number: dropped: it must be text, not 7',
  ]);
});

it('reads the hashes that the client adds, apart from the fingerprints of the tool', () => {
  const [lineHash, contextHash] = ['0123456789abcdef', 'f'.repeat(64)];
  const partialFingerprints = { 'rsolv/lineHash': lineHash, 'rsolv/contextHash': contextHash };
  const finding = readFirst(report([result('a.js', { partialFingerprints })]));
  expect(finding).toMatchObject({ lineHash, contextHash, fingerprints: {} });
});

it('needs no baselineState, guid, automationDetails or commit, and reads `updated` as any other', () => {
  const run = read(report([result('a.js'), result('b.js', { baselineState: 'updated' })]));
  expect(run).toMatchObject({ category: '', runId: null, provenance: [] });
  expect(run.findings).toHaveLength(2);
});

describe('suppressions', () => {
  it.each([
    [undefined, false],
    [[], false],
    [[{ kind: 'inSource', justification: 'reviewed' }], true],
    [[{ kind: 'external', status: 'accepted' }], true],
    [[{ kind: 'external', status: 'underReview' }], false],
    [[{ kind: 'external', status: 'rejected' }], false],
    [[{ kind: 'inSource' }, { kind: 'external', status: 'rejected' }], false],
    [[{ kind: 'external', state: 'underReview' }], false],
  ])('%j', (suppressions, isSuppressed) => {
    expect(readFirst(report([result('a.js', { suppressions })])).isSuppressed).toBe(isSuppressed);
  });
});

describe('levels', () => {
  const rules = [{ id: 'no-eval', defaultConfiguration: { level: 'note' } }];
  const overrides = (level: string, descriptor: object) => ({
    invocations: [
      { executionSuccessful: true },
      { executionSuccessful: true, ruleConfigurationOverrides: [{ descriptor, configuration: { level } }] },
    ],
  });

  it.each([
    [
      'the result',
      result('a.js', { level: 'error' }),
      { ...toolWith(rules), ...overrides('note', { id: 'no-eval' }) },
      'high',
    ],
    ['an override by id', result('a.js'), { ...toolWith(rules), ...overrides('error', { id: 'no-eval' }) }, 'high'],
    ['an override by index', result('a.js'), { ...toolWith(rules), ...overrides('error', { index: 0 }) }, 'high'],
    [
      'another invocation',
      result('a.js', { provenance: { invocationIndex: 0 } }),
      { ...toolWith(rules), ...overrides('error', { index: 0 }) },
      'low',
    ],
    ['the rule alone', result('a.js'), toolWith(rules), 'low'],
    ['nobody', result('a.js'), {}, 'medium'],
    ['what is no failure', result('a.js', { kind: 'review', level: 'error' }), toolWith(rules), 'info'],
    [
      'what is no failure, whatever its score',
      result('a.js', { kind: 'review', properties: { 'security-severity': '9.8' } }),
      {},
      'info',
    ],
    ['an unknown level', result('a.js', { level: 'fatal' }), toolWith(rules), 'low'],
  ])('of %s', (_of, one, run, severity) => {
    expect(readFirst(report([one], run)).severity).toBe(severity);
  });

  it.each([
    ['9.8', 'critical'],
    [9, 'critical'],
    ['8.9', 'high'],
    ['7.0', 'high'],
    ['4.0', 'medium'],
    ['0.1', 'low'],
    ['11', 'medium'],
    ['severe', 'medium'],
  ])('the security severity %s is %s', (score, severity) => {
    const rule = { id: 'no-eval', properties: { 'security-severity': score } };
    expect(readFirst(report([result('a.js')], toolWith([rule]))).severity).toBe(severity);
    expect(readFirst(report([result('a.js', { properties: rule.properties })])).severity).toBe(severity);
  });
});

it('keeps two masked secrets apart by their lines, and keeps no snippet of them', () => {
  const secret = (startLine: number) =>
    result('', {
      message: { text: 'found a token: ***' },
      ...at({ uri: 'a.js' }, { startLine, snippet: { text: 'token-12345' } }),
    });
  const { findings } = read(report([secret(1), secret(2)]));
  expect(findings.map(({ line }) => line)).toEqual([1, 2]);
  expect(JSON.stringify(findings)).not.toContain('token-12345');
});

describe('a finding that is reported twice', () => {
  const inHeader = (more: object = {}) =>
    result('', { ...at({ uri: 'a.h' }, { startLine: 2, startColumn: 14 }), ...more });

  it('counts once in several runs of one tool and category', () => {
    const { runs, repairs } = readSarif(
      reportOf([{ results: [inHeader()] }, { results: [inHeader(), result('b.c')] }]),
    );
    expect(runs.map(({ findings }) => findings.map(({ file }) => file))).toEqual([['a.h'], ['b.c']]);
    expect(repairs).toEqual([
      { pointer: '/runs/1/results/0', action: 'counted once: it is the same as /runs/0/results/0' },
    ]);
  });

  it('counts once in one run', () => {
    expect(read(report([inHeader(), inHeader({ codeFlows: [{ threadFlows: [] }] })])).findings).toHaveLength(1);
  });

  it('counts twice in another tool or category', () => {
    const runs = [{ results: [inHeader()] }, { results: [inHeader()], automationDetails: { id: 'web/' } }];
    const other = { results: [inHeader()], tool: { driver: { name: 'other' } } };
    expect(readSarif(reportOf([...runs, other])).runs.map(({ findings }) => findings.length)).toEqual([1, 1, 1]);
  });

  it('counts twice in one run without columns: a line may have two', () => {
    const twice = [result('a.js'), result('a.js')];
    const { runs } = readSarif(reportOf([{ results: twice }, { results: [...twice, result('a.js')] }]));
    expect(runs.map(({ findings }) => findings.length)).toEqual([2, 1]);
  });

  it('is open if one of them is not suppressed', () => {
    const { findings } = read(report([inHeader({ suppressions: [{ kind: 'inSource' }] }), inHeader()]));
    expect(findings).toMatchObject([{ isSuppressed: false, pointer: '/runs/0/results/1' }]);
  });
});
