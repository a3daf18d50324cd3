// The load generator's process: autocannon with a separate histogram in microseconds, since autocannon's own has a resolution
// of milliseconds, which is too coarse for faster responses.
import { createHistogram } from 'node:perf_hooks';
import autocannon from 'autocannon';
import { parseLoadJob, type LoadJob, type LoadResult } from './load-job.ts';

process.on('message', (message) => {
  void generateLoad(parseLoadJob(message)).then((result) => process.send?.(result));
});
process.on('disconnect', () => process.exit());

async function generateLoad(job: LoadJob): Promise<LoadResult> {
  const latency = createHistogram();
  const cpuBefore = process.cpuUsage();
  let answered = 0;
  let failed = 0;
  const startedAt = performance.now();
  let lastAt = startedAt;
  const { url, headers, connections, until } = job;
  const { errors } = await autocannon({
    url,
    headers,
    connections,
    timeout: 120,
    sampleInt: 50,
    ...('seconds' in until ? { duration: until.seconds } : { amount: until.requests }),
    requests: [requestOf(job)],
    setupClient: (client) =>
      client.on('response', (status, _bytes, responseTime) => {
        if (status >= 200 && status < 300) answered++;
        else failed++;
        latency.record(Math.max(1, Math.round(responseTime * 1000)));
        lastAt = performance.now();
      }),
  });
  const cpu = process.cpuUsage(cpuBefore);
  const at = (percentile: number) => latency.percentile(percentile) / 1000;
  return {
    answered,
    failed: failed + errors,
    seconds: (lastAt - startedAt) / 1000,
    latency: { p50: at(50), p90: at(90), p99: at(99), max: answered === 0 ? 0 : latency.max / 1000 },
    cpuMs: (cpu.user + cpu.system) / 1000,
  };
}

let nextUnique = 0;

function requestOf({ method, path, body, numbers }: LoadJob): autocannon.Request {
  const request = { method, path, ...(body !== undefined && { body }) };
  if (numbers === undefined) return request;
  return {
    ...request,
    setupRequest: (each) => {
      const number = String(numbers === 'unique' ? nextUnique++ : Math.floor(Math.random() * numbers.below));
      const filled = body?.replaceAll('{n}', number);
      return { ...each, path: path.replaceAll('{n}', number), ...(filled !== undefined && { body: filled }) };
    },
  };
}
