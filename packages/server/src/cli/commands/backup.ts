import type { Command } from 'commander';
import { readConfig } from '../../config/config.ts';
import { OperatorError } from '../../config/operator-error.ts';
import { connectToServer, withWritesPaused } from '../admin-socket/call-server.ts';
import type { CommandContext } from '../command-context.ts';
import { requireEmbeddedDatabase } from '../require-database.ts';
import { retryWhileInUse } from '../retry-while-in-use.ts';
import { printRecord, type JsonOption } from '../records.ts';
import { jsonOption } from './arguments.ts';

export function addBackupCommand(program: Command, context: CommandContext): void {
  const { io, output } = context;
  program
    .command('backup')
    .description('copy the embedded database into a new data folder; a running server may go on')
    .argument('<folder>', 'a folder that does not exist yet')
    .addOption(jsonOption())
    .action(async (folder: string, options: JsonOption) => {
      const { database } = readConfig(io.env);
      if (database.kind === 'postgres') {
        throw new OperatorError(
          'rsolv backup copies the embedded database only, and DATABASE_URL is set. ' +
            'Back up PostgreSQL with its own tools: pg_dump --format=custom --file=FILE "$DATABASE_URL"',
        );
      }
      requireEmbeddedDatabase(context, 'read', database.dataDir);
      const { backUp } = await import('../../database/embedded/back-up.ts');
      const { dataDir } = database;
      const backup = await output.withProgress('Copying the database', () =>
        retryWhileInUse(async () => {
          const server = await connectToServer(dataDir);
          if (server === undefined) return backUp(dataDir, folder);
          try {
            return await backUp(dataDir, folder, (action) => withWritesPaused(server, dataDir, action));
          } finally {
            server.destroy();
          }
        }),
      );
      if (options.json) return printRecord(output, { ...backup }, options);
      output.print(`Backed up ${Math.ceil(backup.bytes / 1024 ** 2)} MB to ${backup.folder}.`);
      output.print('The backup contains the pepper for hashing API keys. Keep it private.');
      output.print('To start a server on the backup or on a copy of it:');
      output.print(`  RSOLV_DATA_DIR='${backup.folder}' ${io.program} serve`);
    });
}
