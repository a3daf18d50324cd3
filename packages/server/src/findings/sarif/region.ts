import type { ReportNode } from '../report-node.ts';

/** Where in its file a finding is. */
export interface Region {
  readonly line: number | null;
  /** For display only: tools count bytes, UTF-16 units or characters, and often do not say which. */
  readonly column: number | null;
  readonly endLine: number | null;
  readonly endColumn: number | null;
}

/** Reads the region of a physical location. Columns end with the line if the report has its text. */
export function readRegion(physical: ReportNode): Region {
  const region = physical.object('region');
  const line = region.integer('startLine', 1) ?? null;
  const column = line === null ? null : (region.integer('startColumn', 1) ?? null);
  const lastLine = region.integer('endLine', 1) ?? null;
  const isReversed = line !== null && lastLine !== null && lastLine < line;
  if (isReversed) region.review.repair(region.at('endLine'), 'dropped: the region ends before it starts');
  const endLine = line === null || isReversed ? null : lastLine;
  const endColumn = line === null || isReversed ? null : (region.integer('endColumn', 1) ?? null);
  if (!physical.has('contextRegion')) return { line, column, endLine, endColumn };
  const lengthOf = lineLengths(physical.object('contextRegion'));
  const clip = (value: number | null, of: number | null, name: string) => {
    const end = of === null ? undefined : lengthOf(of);
    if (value === null || end === undefined || value <= end + 1) return value;
    region.review.repair(region.at(name), `moved to the end of the line: the line has ${end} characters`);
    return end + 1;
  };
  return {
    line,
    column: clip(column, line, 'startColumn'),
    endLine,
    endColumn: clip(endColumn, endLine ?? line, 'endColumn'),
  };
}

/** Returns the length of a line if the context has it. */
function lineLengths(context: ReportNode): (line: number) => number | undefined {
  const first = context.integer('startLine', 1);
  const isWhole = (context.integer('startColumn', 1) ?? 1) === 1;
  const text = context.object('snippet').text('text');
  if (first === undefined || !isWhole || text === undefined) return () => undefined;
  const lines = text.split(/\r\n|\r|\n/);
  return (line) => lines[line - first]?.length;
}
