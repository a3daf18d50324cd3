// parse-server on PostgreSQL, as its guide sets it up for production: clients make no classes, every class has its own
// permissions, every object its own ACL. A session token stands for the API key: it comes in the same header.
import express from 'express';
import { ParseServer } from 'parse-server';
import pg from 'pg';

const { DATABASE_URL, PORT } = process.env;
const signedIn = { requiresAuthentication: true };

const parse = new ParseServer({
  databaseURI: `${DATABASE_URL}?poolSize=20`,
  appId: 'bench',
  masterKey: 'the master key of a bench',
  serverURL: `http://127.0.0.1:${PORT}/parse`,
  allowClientClassCreation: false,
  logLevel: 'error',
  silent: true,
  logsFolder: null,
  maxUploadSize: '20mb',
  schema: {
    definitions: [
      {
        className: 'ScanExecution',
        fields: {
          repo: { type: 'String' },
          commitSha: { type: 'String' },
          branch: { type: 'String' },
          data: { type: 'Object' },
        },
        classLevelPermissions: { find: signedIn, get: signedIn, create: signedIn },
      },
    ],
  },
});
await parse.start();

const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 1 });
await pool.query('create index on "ScanExecution" (repo, "commitSha", "createdAt" desc)');
await pool.end();

const app = express();
app.disable('x-powered-by');
app.use((request, _response, next) => {
  request.headers['x-parse-application-id'] = 'bench';
  const key = request.headers['x-api-key'];
  if (key !== undefined) request.headers['x-parse-session-token'] = key;
  next();
});
app.use('/parse', parse.app);
app.listen(Number(PORT), '127.0.0.1');
process.on('SIGTERM', () => process.exit());
