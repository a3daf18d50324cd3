// How tests come by a database: a global setup makes a migrated one, and tests get copies.
import type { TestProject } from 'vitest/node';

/** What a global setup hands to the test files of a project. */
export type DatabaseTemplate = PgliteTemplate | PostgresTemplate;

export interface PgliteTemplate {
  readonly kind: 'pglite';
  /** Has a data folder `template`, and room for its copies. */
  readonly folder: string;
}

export interface PostgresTemplate {
  readonly kind: 'postgres';
  /** Of the server, which test files may make databases of their own on. */
  readonly url: string;
  /** The name of the migrated database. */
  readonly template: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    /** The project's own. */
    databaseTemplate: DatabaseTemplate;
    /** Those that were made so far, for whichever project. */
    databaseTemplates: readonly DatabaseTemplate[];
  }
}

/** A template, and how to remove it with all its copies. */
interface MadeTemplate {
  readonly template: DatabaseTemplate;
  readonly remove: () => Promise<void>;
}

/** Hands a template to a project's test files. The first project that asks for one has it made; it serves them all. */
export async function shareTemplate(
  { vitest, provide }: TestProject,
  kind: DatabaseTemplate['kind'],
  make: () => Promise<MadeTemplate>,
): Promise<(() => Promise<void>) | undefined> {
  const root = vitest.getRootProject();
  const context = root.getProvidedContext();
  const known = 'databaseTemplates' in context ? context.databaseTemplates : [];
  const shared = known.find((template) => template.kind === kind);
  if (shared !== undefined) {
    provide('databaseTemplate', shared);
    return undefined;
  }
  const { template, remove } = await make();
  root.provide('databaseTemplates', [...known, template]);
  provide('databaseTemplate', template);
  return remove;
}
