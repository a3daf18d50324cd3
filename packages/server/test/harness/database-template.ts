// How tests come by a database: the global setup makes a migrated one, and tests get copies.

/** What the global setup hands to the test files. */
export type DatabaseTemplate =
  /** The folder has a data folder `template`, and room for its copies. */
  | { readonly kind: 'pglite'; readonly folder: string }
  | { readonly kind: 'postgres'; readonly url: string; readonly template: string };

declare module 'vitest' {
  interface ProvidedContext {
    databaseTemplate: DatabaseTemplate;
  }
}
