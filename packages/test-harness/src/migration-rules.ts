// What a migration may do while servers of this release and of the one before are at work. Whatever is not among it is
// refused, so that nobody has to think of everything that could hold up a table.

/** What a migration says, and whether it is one transaction. */
export interface MigrationSteps {
  readonly isTransactional: boolean;
  readonly statements: readonly string[];
}

const name = String.raw`"\w+"`;
const constant = String.raw`(?:'[^']*'|-?\d+|true|false|now\(\))`;
const type = String.raw`[a-z]+(?:\(\d+\))?(?:\[\])?`;
const column = `add (?:column )?${name} ${type} (?:null|not null default ${constant}|null default ${constant})`;

const form = (text: string) => new RegExp(`^${text};?$`, 'is');

/** They need no more than a moment, and take nothing from the release before. */
const quick = [
  `create table ${name} \\(.*\\)`,
  `alter table ${name} ${column}(?:, ${column})*`,
  // Checked for new rows only; the old ones by a migration of its own.
  `alter table ${name} add constraint ${name} (?:check|foreign key) .* not valid`,
  `alter table ${name} add constraint ${name} (?:unique|primary key) using index ${name}`,
  `alter table ${name} alter (?:column )?${name} (?:drop not null|set default ${constant})`,
  `create (?:or replace )?function .*`,
  `create (?:or replace )?trigger .*`,
  // The release before must have ceased to use it: its statements are tried on what is left.
  `alter table ${name} drop constraint (?:if exists )?${name}`,
  `alter table ${name} drop column (?:if exists )?${name}(?:, drop column (?:if exists )?${name})*`,
  `drop (?:table|function|trigger) .*`,
].map(form);

/** They read all of a table and hold up nobody, but only in a migration of their own. */
const validation = form(`alter table ${name} validate constraint ${name}`);

/** They take their time beside everybody, outside of a transaction. */
const concurrent = [
  `create (?:unique )?index concurrently ${name} on ${name} .*`,
  `drop index concurrently (?:if exists )?${name}`,
].map(form);

const newTable = /^create table ("\w+")/i;
const tableOf = /^(?:alter table|create (?:unique )?index "\w+" on) ("\w+")/i;

/** The statements that a migration may not have. */
export function forbiddenIn({ isTransactional, statements }: MigrationSteps): string[] {
  const isAny = (forms: readonly RegExp[], statement: string) => forms.some((each) => each.test(statement));
  if (!isTransactional) return statements.filter((statement) => !isAny(concurrent, statement));
  if (statements.every((statement) => validation.test(statement))) return [];
  // On a table that is made here nobody is at work.
  const made = new Set(statements.map((statement) => newTable.exec(statement)?.[1]));
  const isOnNew = (statement: string) => {
    const table = tableOf.exec(statement)?.[1];
    return table !== undefined && made.has(table);
  };
  return statements.filter((statement) => !isOnNew(statement) && !isAny(quick, statement));
}
