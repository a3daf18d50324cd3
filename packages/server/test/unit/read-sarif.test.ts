import { describe, expect, it } from 'vitest';
import { sarifLimits } from '../../src/findings/sarif/limits.ts';
import { at, read, readFirst, report, result, toolWith } from '@rsolv/test-harness/sarif';

it('reads all of a finding', () => {
  const finding = readFirst(
    report(
      [
        {
          ruleId: 'js/sql-injection',
          ruleIndex: 0,
          level: 'error',
          message: { id: 'flow', arguments: ['a request'] },
          ...at({ uri: 'src/a.js' }, { startLine: 3, startColumn: 5, endLine: 4, endColumn: 9 }),
          workItemUris: ['https://forge.example/acme/shop/issues/42'],
          codeFlows: [{ threadFlows: [{ locations: [] }] }],
          properties: { tags: ['reviewed'] },
        },
      ],
      toolWith([
        {
          id: 'js/sql-injection',
          shortDescription: { text: 'SQL injection' },
          messageStrings: { flow: { text: 'The query depends on {0}.' } },
          properties: { tags: ['security', 'external/cwe/cwe-089'], 'security-severity': '8.8' },
        },
      ]),
    ),
  );
  expect(finding).toEqual({
    rule: 'js/sql-injection',
    ruleName: 'SQL injection',
    cwes: ['CWE-89'],
    tags: ['security', 'external/cwe/cwe-089', 'reviewed'],
    severity: 'high',
    file: 'src/a.js',
    rawFile: 'src/a.js',
    line: 3,
    column: 5,
    endLine: 4,
    endColumn: 9,
    message: 'The query depends on a request.',
    lineHash: null,
    contextHash: null,
    fingerprints: {},
    workItemUris: ['https://forge.example/acme/shop/issues/42'],
    suppressions: [],
    isSuppressed: false,
    codeFlows: '/runs/0/results/0/codeFlows',
    pointer: '/runs/0/results/0',
    repairs: [],
  });
});

describe('runs', () => {
  it.each([
    ['acme/web/2026-11-30', 'acme/web', '2026-11-30'],
    ['acme/web/', 'acme/web', null],
    ['nightly', '', 'nightly'],
  ])('reads the category of %s', (id, category, runId) => {
    expect(read(report([], { automationDetails: { id } }))).toMatchObject({ category, runId });
    expect(read(report([], { automationDetails: { id } }), { category: 'given' }).category).toBe('given');
  });

  it('reads the provenance without credentials', () => {
    const versionControlProvenance = [
      { repositoryUri: 'https://user:secret@forge.example/acme/shop', revisionId: 'abc', branch: 'main' },
    ];
    const { provenance, repairs } = read(report([], { versionControlProvenance }));
    expect(provenance).toEqual([
      { repositoryUri: 'https://forge.example/acme/shop', revisionId: 'abc', branch: 'main' },
    ]);
    expect(repairs).toEqual([
      '/runs/0/versionControlProvenance/0/repositoryUri: removed the user name and the password',
    ]);
  });
});

describe('messages', () => {
  const rules = [{ id: 'no-eval', name: 'No eval', messageStrings: { default: { text: '{{{0}}} and {1}' } } }];
  const messageOf = (message: unknown, driver: object = {}) =>
    readFirst(report([result('a.js', { message })], toolWith(rules, { ...driver })));

  it.each([
    [{ text: 'plain {0}' }, 'plain {0}', 0],
    [{ text: '{0} {0}', arguments: ['a'] }, 'a a', 0],
    [{ id: 'default', arguments: ['a', 'a'] }, '{a} and a', 0],
    [{ id: 'default', arguments: ['a'] }, '{a} and {1}', 1],
    [{ id: 'shared' }, 'of the tool', 0],
    [{ id: 'toString' }, 'No eval', 2],
    [{ text: '{0}', arguments: ['{0}'] }, '{0}', 0],
    [{ markdown: '*bold*' }, '*bold*', 1],
    [{ text: '' }, 'No eval', 1],
    [undefined, 'No eval', 1],
    ['text', 'No eval', 2],
  ])('reads %j', (message, text, repairs) => {
    const finding = messageOf(message, { globalMessageStrings: { shared: { text: 'of the tool' } } });
    expect(finding.message).toBe(text);
    expect(finding.repairs).toHaveLength(repairs);
  });

  it('replaces what a database can not store', () => {
    const finding = messageOf({ text: 'a\0b\ud800c' });
    expect(finding.message).toBe('a\ufffdb\ufffdc');
    expect(finding.repairs).toEqual([
      '/runs/0/results/0/message/text: replaced characters that can not be stored by U+FFFD',
    ]);
  });

  it('cuts long ones, also if they grow by their arguments', () => {
    expect(messageOf({ text: 'x'.repeat(20_000) }).message).toHaveLength(sarifLimits.messageLength);
    // All of it would be longer than a string can be.
    const grown = messageOf({ text: '{0}'.repeat(500_000), arguments: ['y'.repeat(2000)] });
    expect(grown.message).toBe('y'.repeat(sarifLimits.messageLength));
  });
});

describe('results that are dropped or have no place', () => {
  it.each([{ kind: 'pass' }, { kind: 'notApplicable' }, { baselineState: 'absent' }])('drops %j', (rest) => {
    const run = read(report([result('a.js', rest)]));
    expect(run.findings).toEqual([]);
    expect(run.repairs).toEqual([expect.stringMatching(/^\/runs\/0\/results\/0: dropped: /)]);
  });

  it.each([
    [{ locations: undefined }, ''],
    [{ locations: [] }, ''],
    [{ locations: [{ logicalLocations: [{ name: 'main' }] }] }, ''],
    [{ locations: undefined, analysisTarget: { uri: 'src/a.js' } }, 'src/a.js'],
  ])('keeps %j', (rest, file) => {
    const finding = readFirst(report([result('', rest)]));
    expect(finding).toMatchObject({ file, line: null });
    expect(finding.repairs).toEqual([expect.stringMatching(/: kept (without a file|at its analysisTarget): /)]);
  });

  it.each([
    '../../etc/passwd',
    '%2e%2e/%2E%2E/etc/passwd',
    'src/../../a.js',
    '..%2f..%2fetc/passwd',
    String.raw`..\..\a.js`,
    '..',
  ])('keeps %s without a file', (uri) => {
    const finding = readFirst(report([result(uri)]));
    expect(finding).toMatchObject({ file: '', rawFile: uri });
    expect(finding.repairs.at(-1)).toMatch(/artifactLocation\/uri: kept without a file: the path leads out of/);
  });

  it('keeps an absolute path outside of the checkout without a file', () => {
    const results = [result('file:///usr/include/stdio.h'), result('file:///work/shop/../shop/a.c')];
    const { findings } = read(report(results), { checkout: '/work/shop/' });
    expect(findings.map(({ file }) => file)).toEqual(['', 'a.c']);
  });

  it('keeps the address of what is no file', () => {
    expect(readFirst(report([result('https://shop.example/login?next=a b')])).file).toBe(
      'https://shop.example/login?next=a b',
    );
  });
});

it('takes linear time for 25,000 results and rules', () => {
  const rules = Array.from({ length: 25_000 }, (_, index) => ({
    id: `rule-${index}`,
    properties: { tags: ['security'] },
  }));
  const results = rules.map(({ id }, index) =>
    result(`src/${index % 500}/a b.js`, { ruleId: id, ruleIndex: index, partialFingerprints: { hash: `${index}` } }),
  );
  const start = process.cpuUsage();
  expect(read(report(results, toolWith(rules))).findings).toHaveLength(25_000);
  const { user, system } = process.cpuUsage(start);
  expect((user + system) / 1000).toBeLessThan(3000);
});
