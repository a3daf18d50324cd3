import { readFile } from 'node:fs/promises';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { isAbsolute, normalizePath } from '../../findings/checkout.ts';
import { OperatorError, reasonOf } from '../../config/operator-error.ts';
import type { CheckedReport } from '../../findings/check-report.ts';
import type { CommandContext } from '../command-context.ts';
import type { Output } from '../output.ts';
import { printJson, type JsonOption } from '../records.ts';
import { jsonOption } from './arguments.ts';

interface ImportOptions extends JsonOption {
  readonly check: true;
  readonly checkout?: string;
  readonly category?: string;
}

export function addImportCommand(program: Command, { output }: CommandContext): void {
  program
    .command('import')
    .description(
      'check how a report of a scanner is read: SARIF 2.1.0, or the result of a phase as the action stores it',
    )
    .argument('<file>', 'the report')
    .addOption(new Option('--check', 'print the findings and the repairs, and store nothing').makeOptionMandatory())
    .addOption(
      new Option(
        '--checkout <path>',
        "the repository's absolute path on the machine that ran the scanner; default: found in the report",
      ).argParser(parseCheckout),
    )
    .addOption(new Option('--category <name>', 'the category of the scan; default: that of the report'))
    .addOption(jsonOption())
    .action(async (file: string, { json, checkout, category }: ImportOptions) => {
      const { checkReport } = await import('../../findings/check-report.ts');
      const bytes = await read(file);
      const report = checkReport(bytes, { checkout, category });
      if (json) printJson(output, report);
      else printReport(output, report);
    });
}

function parseCheckout(value: string): string {
  if (isAbsolute(normalizePath(value))) return value;
  throw new InvalidArgumentError('must be an absolute path such as /home/runner/work/shop/shop.');
}

/** @throws OperatorError if the file can't be read */
async function read(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new OperatorError(`The report can not be read: ${reasonOf(cause)}. Check that the scanner wrote it.`, {
      cause,
    });
  }
}

function printReport(output: Output, { runs, repairs }: CheckedReport): void {
  for (const { tool, toolVersion, category, findings, suppressed, isComplete, unseenFiles } of runs) {
    const name = [tool, toolVersion, category && `(${category})`].filter(Boolean).join(' ');
    output.print(`${name}: ${findings} ${findings === 1 ? 'finding' : 'findings'}, ${suppressed} suppressed`);
    if (!isComplete) output.print('  The scan is incomplete: findings that it lacks do not count as fixed.');
    for (const file of unseenFiles) output.print(`  not analyzed: ${file}`);
  }
  output.print(repairs.length === 0 ? 'No repairs.' : `Repairs: ${repairs.length}`);
  for (const { pointer, action } of repairs) output.print(`  ${pointer === '' ? 'the report' : pointer}: ${action}`);
}
