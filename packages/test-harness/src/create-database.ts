import { Client } from 'pg';

let databases = 0;

/** Makes a database on the server at that URL, empty or a copy of a template, and answers its URL. */
export async function createDatabase(url: string, template = 'template0'): Promise<string> {
  const name = `test_${process.pid}_${Date.now()}_${databases++}`;
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(`create database ${name} template ${template}`);
  await client.end();
  return Object.assign(new URL(url), { pathname: `/${name}` }).href;
}
