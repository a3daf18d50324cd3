// A recorded history: the findings of one scan after the other of a real repository, without its source. Its `truth` says
// which findings are the same one. See bench/README.md.
import { readFileSync } from 'node:fs';
import type { ReportedFinding } from '@rsolv/server/findings/finding';
import { z } from 'zod';

/** A finding of a recorded scan. */
export interface RecordedFinding extends ReportedFinding {
  /** The hash that GitHub gives to the line. */
  readonly githubHash: string | null;
  /** Equal for the sightings of one finding. Only for measuring. */
  readonly truth: number;
}

export interface History {
  readonly file: string;
  readonly repository: string;
  readonly scans: readonly (readonly RecordedFinding[])[];
}

const texts = z.array(z.string());
const header = z.object({
  repo: z.string(),
  commits: texts.min(1),
  rules: texts,
  files: texts,
  snippets: texts,
  contexts: texts,
  githubs: texts,
  messages: texts,
});
const index = z.int().nonnegative();
const absent = index.nullable();
/** Scan, rule, file, line, column, hashes of the line, of its context and of GitHub, message, truth. */
const row = z.tuple([index, index, index, index, absent, absent, absent, absent, index, index]);

/**
 * Reads a history in the format of JSON lines: a header with dictionaries, then one finding a line.
 *
 * @throws Error if a line is not in this format
 */
export function readHistory(file: string): History {
  const [first = '', ...lines] = readFileSync(file, 'utf8').trim().split('\n');
  const dictionaries = parseLine({ file, number: 1, text: first }, header);
  const scans = dictionaries.commits.map((): RecordedFinding[] => []);
  for (const [at, text] of lines.entries()) {
    const line = { file, number: at + 2, text };
    const [scan, rule, path, lineNumber, column, snippet, context, github, message, truth] = parseLine(line, row);
    const find = (list: readonly string[], position: number) =>
      list[position] ?? fail(line, 'unknown dictionary entry');
    const findAny = (list: readonly string[], position: number | null) =>
      position === null ? null : find(list, position);
    const findings = scans[scan] ?? fail(line, 'unknown scan');
    findings.push({
      rule: find(dictionaries.rules, rule),
      file: find(dictionaries.files, path),
      line: lineNumber,
      column,
      // Recorded as a hash. The letter keeps one of digits from being read as a number.
      message: `m${find(dictionaries.messages, message)}`,
      lineHash: findAny(dictionaries.snippets, snippet),
      contextHash: findAny(dictionaries.contexts, context),
      githubHash: findAny(dictionaries.githubs, github),
      fingerprints: {},
      truth,
    });
  }
  return { file, repository: dictionaries.repo, scans: scans.map((findings) => findings.toSorted(comparePlaces)) };
}

/** Returns the history as a runner without access to the sources would report it. */
export const withoutHashes = (history: History): History => ({
  ...history,
  scans: history.scans.map((findings) =>
    findings.map((finding) =>
      Object.assign({}, finding, { column: null, lineHash: null, contextHash: null, githubHash: null }),
    ),
  ),
});

function comparePlaces(one: RecordedFinding, other: RecordedFinding): number {
  if (one.file !== other.file) return one.file < other.file ? -1 : 1;
  const byLine = (one.line ?? 0) - (other.line ?? 0);
  const byColumn = (one.column ?? 0) - (other.column ?? 0);
  return byLine || byColumn || (one.rule < other.rule ? -1 : Number(one.rule > other.rule));
}

interface Line {
  readonly file: string;
  readonly number: number;
  readonly text: string;
}

function parseLine<Schema extends z.ZodType>(line: Line, schema: Schema): z.infer<Schema> {
  let value: unknown;
  try {
    value = JSON.parse(line.text);
  } catch {
    return fail(line, 'not JSON');
  }
  const parsed = schema.safeParse(value);
  return parsed.success ? parsed.data : fail(line, z.prettifyError(parsed.error));
}

function fail({ file, number }: Line, problem: string): never {
  throw new Error(
    `${file}:${number}: ${problem}. A history starts with its dictionaries, then has one finding a line.`,
  );
}
