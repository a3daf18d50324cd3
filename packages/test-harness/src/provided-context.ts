// What the global setups of vitest.config.ts provide to test files.

/** A migrated PostgreSQL database, to be copied by `create database … template`. */
export interface PostgresTemplate {
  /** The server's URL. Test files may create databases of their own there. */
  readonly url: string;
  /** The name of the migrated database. */
  readonly template: string;
  /** The settings of all sessions of each copy. */
  readonly settings?: Readonly<Record<string, string>>;
}

declare module 'vitest' {
  interface ProvidedContext {
    /** The database of the tests that run on both, set in vitest.config.ts. */
    database: 'pglite' | 'postgres';
    postgresTemplate: PostgresTemplate;
    /** A folder that contains a migrated data folder `template` and its copies. */
    dataFolders: string;
    /** The output of `npm run package`, outside of this repository. */
    packagedPlatform: string;
  }
}
