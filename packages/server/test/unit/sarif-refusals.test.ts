import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidInputError } from '@rsolv/shared/errors/platform-error';
import { readSarif } from '../../src/findings/sarif/read-sarif.ts';
import { at, refusals, report, reportOf, result, toolWith } from '@rsolv/test-harness/sarif';

describe('refuses', () => {
  it.each<[unknown, RegExp]>([
    [null, /^ must be a SARIF report, a JSON object, not null$/],
    [[], /not an array$/],
    ['sarif', /not "sarif"$/],
    [{}, /^\/version is missing\. Only SARIF "2\.1\.0" is accepted/],
    [{ version: '2.0.0', runs: [] }, /^\/version is "2\.0\.0"/],
    [{ version: 2.1, runs: [] }, /^\/version is 2\.1\./],
    [{ version: '2.1.0' }, /^\/runs is missing\. A report has at least one run$/],
    [{ version: '2.1.0', runs: [] }, /^\/runs is empty/],
    [{ version: '2.1.0', runs: {} }, /^\/runs must be an array, not an object$/],
    [{ version: '2.1.0', runs: [7] }, /^\/runs\/0 must be an object, not 7$/],
    [reportOf([{ results: {} }]), /^\/runs\/0\/results must be an array, not an object$/],
    [report([null]), /^\/runs\/0\/results\/0 must be an object, not null$/],
    [reportOf([{ tool: undefined }]), /^\/runs\/0\/tool\/driver\/name is missing\. Name the tool/],
    [reportOf([{ tool: { driver: { name: ' ' } } }]), /^\/runs\/0\/tool\/driver\/name is missing/],
    [report([result('a.js', { ruleId: 'r'.repeat(5000) })]), /^\/runs\/0\/results\/0\/ruleId must have at most 4096/],
    [report([result('a'.repeat(5000))]), /artifactLocation\/uri must have at most 4096 characters, not 5000$/],
    [report([result('a.js', { fingerprints: { id: 'f'.repeat(5000) } })]), /\/fingerprints\/id must have at most 4096/],
    [
      report([result('a.js', { partialFingerprints: { 'rsolv/lineHash': 'abc' } })]),
      /\/partialFingerprints\/rsolv~1lineHash must be 16 to 64 hexadecimal digits in lower case, not "abc"$/,
    ],
  ])('%#', (document, message) => {
    expect(refusals(document)).toEqual([expect.stringMatching(message)]);
  });

  const many = <Item>(count: number, item: Item): Item[] => Array.from({ length: count }, () => item);
  const location = at({ uri: 'a.js' }).locations;

  it.each<[string, number, (count: number) => unknown, string]>([
    ['runs', 20, (count) => reportOf(many(count, {})), '/runs'],
    ['results', 25_000, (count) => report(many(count, {})), '/runs/0/results'],
    ['rules', 25_000, (count) => report([], toolWith(many(count, { id: 'a' }))), '/runs/0/tool/driver/rules'],
    ['locations', 1000, (count) => report([{ locations: many(count, location) }]), '/runs/0/results/0/locations'],
    ['suppressions', 100, (count) => report([{ suppressions: many(count, {}) }]), '/runs/0/results/0/suppressions'],
    [
      'steps',
      10_000,
      (count) => report([{ codeFlows: [{ threadFlows: [{ locations: many(count, {}) }] }] }]),
      '/runs/0/results/0/codeFlows',
    ],
    ['artifacts', 100_000, (count) => report([], { artifacts: many(count, {}) }), '/runs/0/artifacts'],
    ['invocations', 100_000, (count) => report([], { invocations: many(count, {}) }), '/runs/0/invocations'],
    [
      'extensions',
      100,
      (count) => report([], { tool: { driver: { name: 'a' }, extensions: many(count, {}) } }),
      '/runs/0/tool/extensions',
    ],
  ])('more %s than %i', (_what, limit, make, pointer) => {
    expect(refusals(make(limit))).toEqual([]);
    expect(refusals(make(limit + 1))).toEqual([
      expect.stringMatching(new RegExp(`^${pointer} has ${limit + 1} .*At most ${limit} are`)),
    ]);
  });

  it('reads a report without a version whose schema says 2.1.0', () => {
    const { version: _, ...document } = report([]);
    const $schema = 'https://json.schemastore.org/sarif-2.1.0.json';
    expect(readSarif({ ...document, $schema }).repairs).toMatchObject([{ pointer: '/version' }]);
  });
});

/** Returns the files of the findings; none if the report is refused. */
function read(document: unknown): string[] {
  try {
    return readSarif(document).runs.flatMap(({ findings }) => findings.map(({ file }) => file));
  } catch (thrown) {
    if (thrown instanceof InvalidInputError) return [];
    throw thrown;
  }
}

it('reads or refuses whatever is in a report, and changes nothing in it', () => {
  const names = ['uri', 'index', 'text', 'id', 'level', 'kind', 'startLine', 'tags', 'rules', 'locations', '__proto__'];
  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.dictionary(fc.constantFrom(...names), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 6 }),
  );
  const fields = [
    'ruleId',
    'ruleIndex',
    'rule',
    'message',
    'locations',
    'fingerprints',
    'partialFingerprints',
    'suppressions',
    'kind',
    'level',
    'properties',
    'workItemUris',
    'analysisTarget',
    'codeFlows',
    'provenance',
    'taxa',
  ];
  const runFields = [
    'tool',
    'artifacts',
    'invocations',
    'originalUriBaseIds',
    'versionControlProvenance',
    'columnKind',
    'automationDetails',
  ];
  const record = (of: readonly string[]) => fc.dictionary(fc.constantFrom(...of), value, { maxKeys: 4 });
  fc.assert(
    fc.property(fc.array(record(fields), { maxLength: 3 }), record(runFields), (results, run) => {
      const document = report(
        results.map((each) => ({ ...result('a.js'), ...each })),
        run,
      );
      const before = JSON.stringify(document);
      const files = read(document);
      expect(files.filter((file) => /^(\.\.)?(\/|$)./.test(file))).toEqual([]);
      expect(JSON.stringify(document)).toBe(before);
    }),
    { numRuns: 500 },
  );
});
