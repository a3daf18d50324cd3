// Prometheus's own tool tests the alerts, and reads the queries of the dashboard as if they were rules.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const promtool = (...args) => spawnSync('promtool', args, { stdio: 'inherit' }).status === 0;

const { panels } = JSON.parse(readFileSync('monitoring/dashboard.json', 'utf8'));
const rules = panels
  .flatMap(({ targets = [] }) => targets)
  .map(({ expr }, index) => ({ record: `query:${index}`, expr: expr.replaceAll('$__rate_interval', '1m') }));
const folder = mkdtempSync(join(tmpdir(), 'rsolv-dashboard-'));
const queries = join(folder, 'queries.yml');
writeFileSync(queries, JSON.stringify({ groups: [{ name: 'dashboard', rules }] }));

const passed = [
  promtool('check', 'config', 'monitoring/prometheus.yml'),
  promtool('check', 'rules', queries),
  promtool('test', 'rules', 'monitoring/alerts.test.yml'),
];
rmSync(folder, { recursive: true });
process.exitCode = passed.every(Boolean) ? 0 : 1;
