// What the global setups of vitest.config.ts provide to test files.

/** A migrated PostgreSQL database, to be copied by `create database … template`. */
export interface PostgresTemplate {
  /** The server's URL. Test files may create databases of their own there. */
  readonly url: string;
  /** The name of the migrated database. */
  readonly template: string;
  /** What each copy has set for all its sessions. */
  readonly settings?: Readonly<Record<string, string>>;
}

declare module 'vitest' {
  interface ProvidedContext {
    /** The database of the tests that run on both, set in vitest.config.ts. */
    database: 'pglite' | 'postgres';
    postgresTemplate: PostgresTemplate;
    /** A folder with a migrated data folder `template`, and room for its copies. */
    dataFolders: string;
    /** The platform as `npm run package` makes it, out of reach of this repository. */
    packagedPlatform: string;
  }
}
