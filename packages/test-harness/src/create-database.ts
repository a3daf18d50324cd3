import { Client } from 'pg';

let databases = 0;

/** What a database starts with. */
export interface DatabaseOptions {
  /** The database to copy. Default: an empty one. */
  readonly template?: string | undefined;
  /** Settings of all its sessions. */
  readonly settings?: Readonly<Record<string, string>> | undefined;
}

/** Creates a database on the server at that URL and returns its URL. */
export async function createDatabase(
  url: string,
  { template = 'template0', settings = {} }: DatabaseOptions = {},
): Promise<string> {
  const name = `test_${process.pid}_${Date.now()}_${databases++}`;
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(`create database ${name} template ${template}`);
  for (const [setting, value] of Object.entries(settings)) {
    await client.query(`alter database ${name} set ${setting} = ${client.escapeLiteral(value)}`);
  }
  await client.end();
  return Object.assign(new URL(url), { pathname: `/${name}` }).href;
}
