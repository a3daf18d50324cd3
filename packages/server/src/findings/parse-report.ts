// Parses the text of a report. Tools write something else than a report to the same place, and only the report may count as
// a scan: an empty file or a sentence must not look as if everything was fixed.
import { MalformedBodyError } from '@rsolv/shared/errors/platform-error';
import type { Repair } from './review.ts';

interface ParsedReport {
  readonly document: unknown;
  readonly repairs: readonly Repair[];
}

/**
 * Parses a report in UTF-8, with or without a byte order mark. It does not bound the size of the report.
 *
 * @throws MalformedBodyError if it is not JSON in UTF-8; it says what to do
 */
export function parseReport(bytes: Uint8Array): ParsedReport {
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  const text = decode(bytes);
  if (text.trim() === '') {
    throw new MalformedBodyError(
      'The report is empty, which does not say whether the tool ran. Make sure that the tool writes the report to this ' +
        'file, not to standard error. A report without findings has "results": [].',
    );
  }
  const repairs = hasMark ? [{ pointer: '', action: 'removed the byte order mark' }] : [];
  return { document: parse(text), repairs };
}

function decode(bytes: Uint8Array): string {
  const isUtf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new MalformedBodyError(
      isUtf16
        ? 'The report is UTF-16. Encode it as UTF-8; in Windows PowerShell, use the output option of the tool instead of ">".'
        : 'The report is not valid UTF-8. Encode it as UTF-8.',
      { cause },
    );
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const advice = /^\s*\{/.test(text)
      ? 'If a sentence precedes or follows the JSON, have the tool write the report to a file with its output option ' +
        'instead of redirecting standard output. If the JSON is cut off, run the tool again.'
      : 'It has no report. Check that the tool ran and that its output format is SARIF.';
    const reason = cause instanceof Error ? cause.message : 'it can not be parsed';
    throw new MalformedBodyError(`The report is not valid JSON: ${reason}. ${advice}`, { cause });
  }
}
