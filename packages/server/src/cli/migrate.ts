import type { Command } from 'commander';
import { withDatabase } from './database-command.ts';
import { print } from './output.ts';

export function addMigrateCommand(program: Command): void {
  program
    .command('migrate')
    .description('bring the schema up to date, as serve also does')
    .action(() =>
      withDatabase(async ({ database }) => {
        const applied = await database.appliedMigrations();
        print(`The schema is up to date: ${applied.length} migrations have run, the newest is ${applied.at(-1)}.`);
      }),
    );
}
