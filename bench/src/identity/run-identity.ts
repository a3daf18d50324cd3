// `npm run bench -- identity`: how well the product recognizes findings again, beside the ways of others.
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { formatTable } from '../report.ts';
import type { Row } from '../workload.ts';
import { listMissedGoals, toPercent, type HistoryFigures } from './goals.ts';
import { readHistory, withoutHashes, type History } from './history.ts';
import { byLine, keyWays } from './key-ways.ts';
import { matchWays } from './match-ways.ts';
import { measureIdentity, type IdentityFigures } from './measure-identity.ts';
import { productWay } from './product-way.ts';
import type { Way } from './way.ts';

/** A small history, for a quick check. */
const ownHistory = join(import.meta.dirname, '../../histories/grunt.jsonl');

/** In scans. Recorded scans are 50 commits apart. */
const gaps = [1, 4] as const;

/**
 * Measures histories and prints the figures.
 *
 * @returns whether all goals are met
 */
export function runIdentity(args: readonly string[], print: (text: string) => void): boolean {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { json: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  const histories = (positionals.length === 0 ? [ownHistory] : positionals).map(readHistory);
  const figures = histories.map((history) => (values.json ? printJson : printTables)(history, print));
  const missed = listMissedGoals(figures);
  if (!values.json) print(missed.length === 0 ? '\nAll goals are met.' : '\nMissed goals:');
  for (const sentence of missed) process.stderr.write(`${sentence}\n`);
  return missed.length === 0;
}

function printJson(history: History, print: (text: string) => void): HistoryFigures {
  for (const gap of gaps)
    print(JSON.stringify({ file: history.file, gap, ...measureIdentity(history, productWay, gap) }));
  return measureProduct(history);
}

function printTables(history: History, print: (text: string) => void): HistoryFigures {
  const count = history.scans.reduce((sum, { length }) => sum + length, 0);
  print(`\n${history.repository} (${basename(history.file)}): ${history.scans.length} scans, ${count} findings`);
  const bare = withoutHashes(history);
  for (const gap of gaps) {
    const rows = [productWay, ...matchWays, ...keyWays].map((way) => toRow(way, measureIdentity(history, way, gap)));
    const bareRow = toRow({ ...productWay, name: 'RSOLV without hashes' }, measureIdentity(bare, productWay, gap));
    print(`\nscans that are ${gap} apart\n${formatTable([...rows.slice(0, 1), bareRow, ...rows.slice(1)])}`);
  }
  return measureProduct(history);
}

const measureProduct = (history: History): HistoryFigures => ({
  file: basename(history.file),
  next: measureIdentity(history, productWay, 1),
  fourth: measureIdentity(history, productWay, 4),
  withoutHashes: measureIdentity(withoutHashes(history), productWay, 1),
  byLine: measureIdentity(history, byLine, 1),
});

const toRow = ({ name }: Way, figures: IdentityFigures): Row => ({
  way: name,
  lost: toPercent(figures.lost),
  swapped: toPercent(figures.swapped),
  'hidden fix': toPercent(figures.hiddenFix),
  'hidden new': toPercent(figures.hiddenNew),
  merged: toPercent(figures.merged),
});
