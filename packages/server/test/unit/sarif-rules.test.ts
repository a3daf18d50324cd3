import { describe, expect, it } from 'vitest';
import { readFirst, report, result, toolWith } from '@rsolv/test-harness/sarif';

describe('rules', () => {
  const rules = [
    { id: 'one', name: 'First' },
    { id: 'two', name: 'Second' },
  ];

  it.each([
    ['an id', { ruleId: 'two' }, 'two', 'Second', []],
    ['an index', { ruleId: undefined, ruleIndex: 1 }, 'two', 'Second', []],
    ['a reference by id', { ruleId: undefined, rule: { id: 'two' } }, 'two', 'Second', []],
    ['a reference by index', { ruleId: undefined, rule: { index: 1 } }, 'two', 'Second', []],
    ['a sub-rule', { ruleId: 'two/a/b' }, 'two/a/b', 'Second', []],
    ['a sub-rule and the index of its rule', { ruleId: 'two/a', ruleIndex: 1 }, 'two/a', 'Second', []],
    [
      'an id and another index',
      { ruleId: 'two', ruleIndex: 0 },
      'two',
      'Second',
      [/ruleIndex: dropped: rule 0 is "one"/],
    ],
    ['an index that is not there', { ruleId: 'two', ruleIndex: 999_999_999 }, 'two', 'Second', [/no rule 999999999$/]],
    [
      'a rule that is not there',
      { ruleId: 'six' },
      'six',
      null,
      [/ruleId: kept, with the default severity.*lack "six"/],
    ],
    ['no rule', { ruleId: undefined }, '', null, [/^\/runs\/0\/results\/0: kept without a rule/]],
    ['an id that is no text', { ruleId: 7, ruleIndex: 1 }, 'two', 'Second', [/ruleId: dropped: it must be text/]],
  ])('finds the rule by %s', (_by, named, rule, ruleName, repairs) => {
    const finding = readFirst(report([result('a.js', named)], toolWith(rules)));
    expect(finding).toMatchObject({ rule, ruleName });
    expect(finding.repairs).toEqual(repairs.map((pattern) => expect.stringMatching(pattern) as unknown));
  });

  it('finds the rules of extensions', () => {
    const tool = { driver: { name: 'scanner' }, extensions: [{ name: 'queries', rules }] };
    const rule = { index: 1, toolComponent: { index: 0 } };
    expect(readFirst(report([result('a.js', { ruleId: undefined, rule })], { tool })).rule).toBe('two');
    expect(readFirst(report([result('a.js', { ruleId: 'one' })], { tool })).ruleName).toBe('First');
    const byName = { index: 0, toolComponent: { name: 'queries' } };
    expect(readFirst(report([result('a.js', { ruleId: undefined, rule: byName })], { tool })).rule).toBe('one');
  });

  it('keeps the first of several rules with one id, and each tag once', () => {
    const twice = [
      { id: 'one', name: 'First', properties: { tags: ['a', 'a'] } },
      { id: 'one', name: 'Again' },
    ];
    const finding = readFirst(report([result('a.js', { ruleId: 'one', ruleIndex: 1 })], toolWith(twice)));
    expect(finding).toMatchObject({ ruleName: 'First', tags: ['a'] });
    expect(finding.repairs).toEqual([
      '/runs/0/tool/driver/rules/0/properties/tags/1: dropped: "a" is repeated',
      '/runs/0/tool/driver/rules/1: dropped: "one" is the id of /runs/0/tool/driver/rules/0 as well',
    ]);
  });

  it('keeps 20 tags, and finds CWE ids in all of them', () => {
    const tags = [...Array.from({ length: 20 }, (_, index) => `tag-${index}`), 'CWE-79: Cross-site scripting'];
    const finding = readFirst(report([result('a.js')], toolWith([{ id: 'no-eval', properties: { tags } }])));
    expect(finding.tags).toHaveLength(20);
    expect(finding.cwes).toEqual(['CWE-79']);
    expect(finding.repairs).toEqual([
      '/runs/0/tool/driver/rules/0/properties/tags: dropped 1 tags: a rule has at most 20',
    ]);
  });

  it.each([
    [{ properties: { cwe: 'CWE-022' } }, ['CWE-22']],
    [{ properties: { cwe: ['cwe-22', 'CWE-23'] } }, ['CWE-22', 'CWE-23']],
    [{ relationships: [{ target: { id: '22', toolComponent: { name: 'CWE' } } }] }, ['CWE-22']],
    [{ relationships: [{ target: { id: 'A01', toolComponent: { name: 'OWASP' } } }] }, []],
    [{ properties: { tags: ['owasp', 'cwe', 'CWE-', 'xcwe-7'] } }, []],
  ])('finds the CWE ids of %j', (rule, cwes) => {
    expect(readFirst(report([result('a.js')], toolWith([{ id: 'no-eval', ...rule }]))).cwes).toEqual(cwes);
  });
});
