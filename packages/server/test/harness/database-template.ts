// How tests come by a database of their own: the global setup makes a migrated one, each test file gets a copy.

/** What the global setup hands to the test files. */
export type DatabaseTemplate =
  | { readonly kind: 'pglite'; readonly dataDir: string }
  | { readonly kind: 'postgres'; readonly url: string; readonly template: string };

declare module 'vitest' {
  interface ProvidedContext {
    databaseTemplate: DatabaseTemplate;
  }
}
