// The statements that a migration may contain, since servers of this release and of the previous one run meanwhile. All
// other statements are refused, so that no statement that blocks a table goes unnoticed.

/** The statements of a migration, and whether they run in one transaction. */
export interface MigrationSteps {
  readonly isTransactional: boolean;
  readonly statements: readonly string[];
}

const name = String.raw`"\w+"`;
const constant = String.raw`(?:'[^']*'|-?\d+|true|false|now\(\))`;
const type = String.raw`[a-z]+(?:\(\d+\))?(?:\[\])?`;
const column = `add (?:column )?${name} ${type} (?:null|not null default ${constant}|null default ${constant})`;

const form = (text: string) => new RegExp(`^${text};?$`, 'is');

/** These complete at once and remove nothing that the previous release uses. */
const quick = [
  `create table ${name} \\(.*\\)`,
  `alter table ${name} ${column}(?:, ${column})*`,
  // Checks new rows only. A separate migration validates the existing ones.
  `alter table ${name} add constraint ${name} (?:check|foreign key) .* not valid`,
  `alter table ${name} add constraint ${name} (?:unique|primary key) using index ${name}`,
  `alter table ${name} alter (?:column )?${name} (?:drop not null|set default ${constant})`,
  `create (?:or replace )?function .*`,
  `create (?:or replace )?trigger .*`,
  // The previous release must no longer use it: a test replays its statements on the new schema.
  `alter table ${name} drop constraint (?:if exists )?${name}`,
  `alter table ${name} drop column (?:if exists )?${name}(?:, drop column (?:if exists )?${name})*`,
  `drop (?:table|function|trigger) .*`,
].map(form);

/** These read a whole table without blocking others, but only in a separate migration. */
const validation = form(`alter table ${name} validate constraint ${name}`);

/** These take long but block nobody. They must run outside of a transaction. */
const concurrent = [
  `create (?:unique )?index concurrently ${name} on ${name} .*`,
  `drop index concurrently (?:if exists )?${name}`,
].map(form);

const newTable = /^create table ("\w+")/i;
const tableOf = /^(?:alter table|create (?:unique )?index "\w+" on) ("\w+")/i;

/** Returns the statements of a migration that are not allowed. */
export function forbiddenIn({ isTransactional, statements }: MigrationSteps): string[] {
  const isAny = (forms: readonly RegExp[], statement: string) => forms.some((each) => each.test(statement));
  if (!isTransactional) return statements.filter((statement) => !isAny(concurrent, statement));
  if (statements.every((statement) => validation.test(statement))) return [];
  // Nobody uses a table yet that this migration creates.
  const made = new Set(statements.map((statement) => newTable.exec(statement)?.[1]));
  const isOnNew = (statement: string) => {
    const table = tableOf.exec(statement)?.[1];
    return table !== undefined && made.has(table);
  };
  return statements.filter((statement) => !isOnNew(statement) && !isAny(quick, statement));
}
