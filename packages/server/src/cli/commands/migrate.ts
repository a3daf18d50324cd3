import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { withDatabase } from '../with-database.ts';

export function addMigrateCommand(program: Command, context: CommandContext): void {
  program
    .command('migrate')
    .description('migrate the database schema; serve does this too')
    .action(() =>
      withDatabase(context, 'migrate', async ({ database }) => {
        const { migrateJobSchema } = await import('../../jobs/start-pg-boss.ts');
        await migrateJobSchema(database);
        const applied = await database.appliedMigrations();
        context.output.print(
          `The schema is up to date: ${applied.length} migrations are applied, the newest is ${applied.at(-1)}.`,
        );
      }),
    );
}
