import type { DescribedFinding } from '../described-finding.ts';
import type { Review } from '../review.ts';
import type { SarifRun } from './sarif-report.ts';

/** A finding that is kept, and where. */
interface Kept {
  readonly finding: DescribedFinding;
  readonly findings: DescribedFinding[];
  readonly index: number;
}

/**
 * Counts a finding once that several runs of one tool and category report, as a compiler reports what is in a header once
 * for each file that includes it. In one run, findings without a column may be different ones of one line: all are kept.
 */
export function mergeDuplicates(runs: readonly SarifRun[], review: Review): SarifRun[] {
  const kept = new Map<string, Kept>();
  return runs.map((run) => {
    const findings: DescribedFinding[] = [];
    const timesInRun = new Map<string, number>();
    for (const finding of run.findings) {
      const place = placeOf(run, finding);
      const time = finding.column === null ? (timesInRun.get(place) ?? 0) : 0;
      timesInRun.set(place, time + 1);
      const key = `${time} ${place}`;
      const known = kept.get(key);
      if (known === undefined) {
        kept.set(key, { finding, findings, index: findings.length });
        findings.push(finding);
        continue;
      }
      review.repair(finding.pointer, `counted once: it is the same as ${known.finding.pointer}`);
      // It is open if one of them is.
      if (known.finding.isSuppressed && !finding.isSuppressed) {
        kept.set(key, { ...known, finding });
        known.findings[known.index] = finding;
      }
    }
    return { ...run, findings };
  });
}

function placeOf({ tool, category }: SarifRun, finding: DescribedFinding): string {
  const { rule, file, rawFile, line, column, endLine, endColumn, message } = finding;
  const shownFile = file === '' ? rawFile : file;
  // No text of a report contains U+0000.
  return [tool, category, rule, shownFile, file === '', line, column, endLine, endColumn, message].join('\0');
}
