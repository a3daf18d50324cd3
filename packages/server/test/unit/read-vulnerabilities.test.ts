import { describe, expect, it } from 'vitest';
import { readVulnerabilities } from '../../src/findings/read-vulnerabilities.ts';

const readOne = (vulnerability: Record<string, never> | object) => {
  const { findings, repairs } = readVulnerabilities({ vulnerabilities: [{ ...vulnerability }] }, '/data');
  return { ...findings[0], repairs };
};

it('reads the layout of a scan', () => {
  const finding = readOne({
    type: 'command_injection',
    severity: 'critical',
    line: 14,
    message: 'JavaScript Eval Usage: Use of eval() function',
    description: 'Use of eval() function',
    confidence: 60,
    cweId: 'CWE-94',
    owaspCategory: 'A03:2021',
    filePath: 'Gruntfile.js',
  });
  expect(finding).toMatchObject({
    rule: 'command_injection',
    severity: 'critical',
    file: 'Gruntfile.js',
    line: 14,
    message: 'JavaScript Eval Usage: Use of eval() function',
    cwes: ['CWE-94'],
    tags: ['A03:2021'],
    pointer: '/data/vulnerabilities/0',
    repairs: [],
  });
});

it('reads the layout of a validation', () => {
  const type = { type: 'COMMAND_INJECTION', file: 'unknown.js', line: 0, confidence: 'medium' };
  expect(readOne({ ...type, description: 'Detected from issue content' })).toMatchObject({
    rule: 'command_injection',
    file: 'unknown.js',
    line: null,
    message: 'Detected from issue content',
    severity: 'medium',
    repairs: [{ pointer: '/data/vulnerabilities/0/line', action: expect.stringContaining('the line is 0') }],
  });
});

describe('reads', () => {
  it.each([
    [{ type: 'Hardcoded Secrets' }, { rule: 'hardcoded_secrets', message: 'Hardcoded Secrets' }],
    [{ type: 'hardcoded-secrets' }, { rule: 'hardcoded_secrets' }],
    [{ file: './src/a.js' }, { file: 'src/a.js', rawFile: './src/a.js' }],
    [{ path: String.raw`src\a.js` }, { file: 'src/a.js' }],
    [{ filePath: 'src/100%25 #1.js' }, { file: 'src/100%25 #1.js' }],
    [{ file: '/github/workspace/src/a.js' }, { file: 'src/a.js' }],
    [{ file: '../../etc/passwd' }, { file: '' }],
    [{ lineNumber: 7 }, { line: 7 }],
    [{ line: '7' }, { line: 7 }],
    [{ line: 'seven' }, { line: null }],
    [{ cwe: 79 }, { cwes: ['CWE-79'] }],
    [{ cwe: 'CWE-079' }, { cwes: ['CWE-79'] }],
    [{ severity: 'MODERATE' }, { severity: 'medium' }],
    [{ severity: 'informational' }, { severity: 'info' }],
    [{ severity: 'severe' }, { severity: 'medium' }],
    [
      { lineHash: 'abc', contextHash: 'def' },
      { lineHash: 'abc', contextHash: 'def' },
    ],
    [{}, { rule: '', file: '', line: null, message: '', severity: 'medium' }],
  ])('%j', (vulnerability, expected) => {
    expect(readOne(vulnerability)).toMatchObject(expected);
  });

  it('a scan with vulnerabilities that are none, and drops them', () => {
    const { findings, repairs } = readVulnerabilities({ vulnerabilities: [null, 'a', [], { type: 'xss' }] });
    expect(findings).toMatchObject([{ rule: 'xss', pointer: '/vulnerabilities/3' }]);
    expect(repairs.map(({ pointer }) => pointer)).toEqual([0, 1, 2, 3].map((index) => `/vulnerabilities/${index}`));
  });

  it.each([{}, { vulnerabilities: null }, { vulnerabilities: 'none' }, { vulnerabilities: { a: 1 } }])(
    'nothing in %j',
    (data) => {
      expect(readVulnerabilities(data).findings).toEqual([]);
    },
  );
});
