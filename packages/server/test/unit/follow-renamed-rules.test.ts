import { describe, expect, it } from 'vitest';
import { followRenamedRules } from '../../src/findings/follow-renamed-rules.ts';
import { matchScan } from '../../src/findings/match-scan.ts';
import { know, on, scanOf, type Given } from '@rsolv/test-harness/findings';

const at = (line: number, rule: string, rest: Given = {}): Given => ({ line, rule, ...rest });

const follow = (before: readonly Given[], after: readonly Given[]) =>
  followRenamedRules(know(before), scanOf(after).findings).known.map(({ rule }) => rule);

it('carries the history of findings over to the new rule', () => {
  const known = know([at(1, 'sec/eval'), at(5, 'sec/eval'), at(9, 'sec/sql'), at(12, 'no-var')]);
  const scan = scanOf([at(1, 'security/eval'), at(5, 'security/eval'), at(9, 'security/sql'), at(12, 'no-var')]);
  const { known: renamed, earlierRules } = followRenamedRules(known, scan.findings);
  expect(matchScan(known, scan)).toMatchObject({ added: [0, 1, 2], matches: [{}] });
  expect(matchScan(renamed, scan)).toMatchObject({ added: [], missing: [], matches: [{}, {}, {}, {}] });
  expect([...earlierRules]).toEqual([
    ['a', 'sec/eval'],
    ['b', 'sec/eval'],
    ['c', 'sec/sql'],
  ]);
});

describe('follows', () => {
  it('several rules that become one, and one that becomes several', () => {
    const several = [at(1, 'rule-aws'), at(2, 'rule-npm')];
    const one = [at(1, 'preset'), at(2, 'preset')];
    expect(follow(several, one)).toEqual(['preset', 'preset']);
    expect(follow(one, several)).toEqual(['rule-aws', 'rule-npm']);
  });

  it('findings at one line by their messages', () => {
    const [one, other] = [{ message: 'one' }, { message: 'other' }];
    expect(follow([at(1, 'a', one), at(1, 'b', other)], [at(1, 'y', other), at(1, 'x', one)])).toEqual(['x', 'y']);
  });

  it('three findings with other messages', () => {
    const after = [1, 2, 3].map((line) => at(line, 'x', { message: 'Reworded' }));
    expect(follow([at(1, 'a'), at(2, 'a'), at(3, 'a')], after)).toEqual(['x', 'x', 'x']);
  });

  it('lines that moved, by their hashes', () => {
    expect(follow([on(1, 'eval(x)', { rule: 'a' })], [on(31, 'eval(x)', { rule: 'x' })])).toEqual(['x']);
  });
});

describe('does not follow', () => {
  it.each<[string, readonly Given[], readonly Given[], readonly string[]]>([
    ['a rule that is still used', [at(1, 'a'), at(2, 'a')], [at(1, 'x'), at(9, 'a')], ['a', 'a']],
    ['to a rule that was used before', [at(1, 'a'), at(9, 'x')], [at(1, 'x')], ['a', 'x']],
    ['where most findings are gone', [at(1, 'a'), at(2, 'a'), at(3, 'a')], [at(1, 'x')], ['a', 'a', 'a']],
    ['half of the findings', [at(1, 'a'), at(2, 'a')], [at(1, 'x')], ['a', 'a']],
    ['two findings with other messages', [at(1, 'a')], [at(1, 'x', { message: 'Another problem' })], ['a']],
    ['to other lines', [at(1, 'a')], [at(2, 'x')], ['a']],
    ['to another file', [at(1, 'a')], [at(1, 'x', { file: 'src/other.ts' })], ['a']],
    ['to another text in the same line', [on(1, 'eval(x)', { rule: 'a' })], [on(1, 'eval(y)', { rule: 'x' })], ['a']],
  ])('%s', (_what, before, after, rules) => {
    expect(follow(before, after)).toEqual(rules);
  });

  it('what is fixed', () => {
    const { known } = followRenamedRules(know([at(1, 'a')], 'fixed'), scanOf([at(1, 'x')]).findings);
    expect(known).toMatchObject([{ rule: 'a' }]);
  });
});
