// What a scan did not see, and runs without findings, as scanners really write them.
import { describe, expect, it } from 'vitest';
import { parseReport } from '../../src/findings/parse-report.ts';
import { readSarif } from '../../src/findings/sarif/read-sarif.ts';
import { at, read, refusals, report, reportOf, result } from '@rsolv/test-harness/sarif';

describe('what was not analyzed', () => {
  const notified = (notification: object, executionSuccessful = true) =>
    read(report([], { invocations: [{ executionSuccessful, toolConfigurationNotifications: [notification] }] }));

  it('is everything if the tool failed', () => {
    expect(read(report([], { invocations: [{ executionSuccessful: false }] })).isComplete).toBe(false);
    expect(read(report([], { invocations: [{ executionSuccessful: true }] })).isComplete).toBe(true);
  });

  it.each([
    ['error', 'Parsing error: Unexpected token ('],
    ['warning', 'File ignored because of a matching ignore pattern.'],
    ['note', 'No such file: src/a.js'],
    ['warning', 'The file is too large'],
  ])('is the file of a notification: %s %s', (level, text) => {
    const { unseenFiles, isComplete } = notified({ level, message: { text }, ...at({ uri: 'src/a.js' }) });
    expect({ unseenFiles: [...unseenFiles], isComplete }).toEqual({ unseenFiles: ['src/a.js'], isComplete: true });
  });

  it('is everything if an error names no file', () => {
    expect(notified({ level: 'error', message: { text: 'Out of memory' } }).isComplete).toBe(false);
  });

  it('is nothing for other notifications', () => {
    const run = notified({
      level: 'warning',
      message: { text: 'The option x is deprecated.' },
      ...at({ uri: 'a.js' }),
    });
    expect(run).toMatchObject({ isComplete: true, unseenFiles: new Set() });
  });

  it.each([
    ['parse', 'expected `:` but instead found `1`', 2],
    ['load-failure', 'Failed to load playbook file', 1],
    ['syntax-check[specific]', 'A malformed block was encountered', 1],
    ['OXL0001', 'Expected function name', 1],
    ['CssSyntaxError', 'Unclosed block', 1],
    ['unrecognized-format', 'The provided document does not match any of the registered formats', 1],
    [
      'lint',
      'The size of the file is 440 B, which exceeds the configured maximum of 200 B for this project.',
      undefined,
    ],
  ])('is the file of a result of %s, which stays a finding', (ruleId, text, startLine) => {
    const location = at({ uri: 'src/a.js' }, startLine === undefined ? undefined : { startLine });
    const run = read(report([result('', { ruleId, message: { text }, ...location })]));
    expect(run.findings).toHaveLength(1);
    expect([...run.unseenFiles]).toEqual(['src/a.js']);
  });

  it('is the file of an error without a rule, if the tool names rules', () => {
    const error = result('a.js', { ruleId: undefined, level: 'error' });
    expect([...read(report([error, result('b.js')])).unseenFiles]).toEqual(['a.js']);
    expect(read(report([error])).unseenFiles.size).toBe(0);
    expect(read(report([{ ...error, level: 'warning' }, result('b.js')])).unseenFiles.size).toBe(0);
  });

  it.each(['parse-json-safely', 'no-parse-int', 'lint/parser/noop'])('is nothing for the rule %s', (ruleId) => {
    expect(read(report([result('a.js', { ruleId })])).unseenFiles.size).toBe(0);
  });
});

describe('clean runs', () => {
  const parse = (text: string | Uint8Array) =>
    readSarif(parseReport(typeof text === 'string' ? new TextEncoder().encode(text) : text).document);
  const clean = JSON.stringify(report([]));

  it('has an empty array of results', () => {
    expect(parse(clean).runs).toMatchObject([{ findings: [], isComplete: true }]);
  });

  it.each([
    ['', /is empty, which does not say whether the tool ran.*standard error/],
    [' \n', /is empty/],
    [`${clean}\nNo results with a severity of 'error' found!\n`, /not valid JSON.*with its output option/],
    [`Linting…\n${clean}`, /not valid JSON.*output format is SARIF/],
    ['No files found to lint. Please check your paths.', /not valid JSON.*Check that the tool ran/],
    [clean.slice(0, -3), /not valid JSON.*cut off, run the tool again/],
    [Buffer.from(`\ufeff${clean}`, 'utf16le'), /is UTF-16\. Encode it as UTF-8/],
    [Buffer.from(clean.replace('scanner', 'scännér'), 'latin1'), /is not valid UTF-8/],
  ])('is refused, with what to do: %j', (text, message) => {
    expect(() => parse(text)).toThrow(message);
  });

  it('may have a byte order mark', () => {
    const { document, repairs } = parseReport(new TextEncoder().encode(`\ufeff${clean}`));
    expect(document).toEqual(report([]));
    expect(repairs).toEqual([{ pointer: '', action: 'removed the byte order mark' }]);
  });

  it('asks for the results of a run without any', () => {
    const message = /^\/runs\/0\/results is missing, which does not say whether the tool ran\. Send "results": \[\]/;
    expect(refusals(reportOf([{ results: undefined }]))).toEqual([expect.stringMatching(message)]);
    expect(refusals(reportOf([{ results: null }]))).toEqual([expect.stringMatching(message)]);
  });
});
