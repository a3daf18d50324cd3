import type { Command } from 'commander';
import { readConfig } from '../config/config.ts';
import { OperatorError } from '../config/operator-error.ts';
import { jsonOption } from './arguments.ts';
import { print, printRecord, type OutputOptions } from './output.ts';
import { ownCommand } from './own-command.ts';
import { withProgress } from './progress.ts';

export function addBackupCommand(program: Command): void {
  program
    .command('backup')
    .description('copy the embedded database into a folder that can be started on; a running server goes on meanwhile')
    .argument('<folder>', 'one that does not exist yet')
    .addOption(jsonOption())
    .action(async (folder: string, output: OutputOptions) => {
      const { database } = readConfig();
      if (database.kind === 'postgres')
        throw new OperatorError(
          'DATABASE_URL names a PostgreSQL, which is backed up by its own tools: pg_dump --format=custom --file=FILE "$DATABASE_URL"',
        );
      const { backUp } = await import('../database/embedded/back-up.ts');
      const backup = await withProgress('Copying the database', () => backUp(database.dataDir, folder));
      if (output.json) return printRecord({ ...backup }, output);
      print(`Backed up ${Math.ceil(backup.bytes / 1024 ** 2)} MB to ${backup.folder}.`);
      print(
        `It holds the pepper of the API keys too: keep it where nobody else reads. To start on it, or on a copy of it:`,
      );
      print(`  RSOLV_DATA_DIR='${backup.folder}' ${ownCommand()} serve`);
    });
}
