// The metrics of calls, stores and retrieves, over REST and tRPC alike.
import { executionStatuses, phases, type Phase } from '@rsolv/shared/contract/phase';
import { Counter, Histogram, type Registry } from 'prom-client';
import { callOutcomes, type CallOutcome, type CallTimer, type StoreAttempt, type StoreResult } from './metrics.ts';

/** In seconds. They include the targets: retrieve 0.05, store 0.1, first store of a repository 0.2. */
export const durationBuckets = [0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 5, 10];

/** The phase and status of a store whose input was not read or is invalid. */
const unknown = 'unknown';

type CallMetrics = ReturnType<typeof makeCallMetrics>;

/** Registers the metrics. Returns a function that starts the timer of a call, by the path of its procedure. */
export function measureCalls(registry: Registry): (procedure: string) => CallTimer {
  const metrics = makeCallMetrics([registry]);
  const known = new Set<string>();
  return (procedure) => {
    if (!known.has(procedure)) {
      known.add(procedure);
      for (const outcome of callOutcomes) metrics.calls.inc({ procedure, outcome }, 0);
    }
    return new PrometheusCallTimer(metrics, procedure);
  };
}

function makeCallMetrics(registers: Registry[]) {
  const metrics = {
    calls: new Counter({
      registers,
      name: 'rsolv_calls_total',
      help: 'Calls of procedures, over REST and tRPC. Each call of a batch counts.',
      labelNames: ['procedure', 'outcome'],
    }),
    stores: new Counter({
      registers,
      name: 'rsolv_phase_stores_total',
      help: 'Stores by phase and status of the execution; both are "unknown" if the input was not read or is invalid. The outcome "replayed" is a repeated store, answered from the first one.',
      labelNames: ['phase', 'status', 'outcome'],
    }),
    retrieves: new Counter({
      registers,
      name: 'rsolv_phase_retrieves_total',
      help: 'Retrieves. Each counts once for each phase: found, absent, refused or failed.',
      labelNames: ['phase', 'outcome'],
    }),
    validations: new Counter({
      registers,
      name: 'rsolv_validations_total',
      help: 'Stored completed validations, by whether they confirmed the vulnerability.',
      labelNames: ['validated'],
    }),
    storeSeconds: new Histogram({
      registers,
      name: 'rsolv_store_duration_seconds',
      help: 'Duration of successful stores, from the end of the request body, by whether they created the repository.',
      labelNames: ['repository'],
      buckets: durationBuckets,
    }),
    retrieveSeconds: new Histogram({
      registers,
      name: 'rsolv_retrieve_duration_seconds',
      help: 'Duration of successful retrieves.',
      buckets: durationBuckets,
    }),
  };
  // Start every series at 0: `rate` cannot see the first event of a series that starts with it.
  for (const phase of phases) {
    for (const status of executionStatuses) metrics.stores.inc({ phase, status, outcome: 'stored' }, 0);
    for (const outcome of ['found', 'absent']) metrics.retrieves.inc({ phase, outcome }, 0);
  }
  for (const validated of ['true', 'false']) metrics.validations.inc({ validated }, 0);
  for (const repository of ['known', 'made']) metrics.storeSeconds.zero({ repository });
  return metrics;
}

class PrometheusCallTimer implements CallTimer {
  readonly #metrics: CallMetrics;
  readonly #procedure: string;
  #startedAt = performance.now();
  #store: StoreAttempt | undefined;
  #stored: StoreResult | undefined;
  #found: readonly string[] = [];

  constructor(metrics: CallMetrics, procedure: string) {
    this.#metrics = metrics;
    this.#procedure = procedure;
  }

  inputRead(): void {
    this.#startedAt = performance.now();
  }

  storeStarted(attempt: StoreAttempt): void {
    this.#store = attempt;
  }

  storeSucceeded(result: StoreResult): void {
    this.#stored = result;
  }

  retrieveSucceeded(found: readonly string[]): void {
    this.#found = found;
  }

  end(outcome: CallOutcome): void {
    this.#metrics.calls.inc({ procedure: this.#procedure, outcome });
    const seconds = (performance.now() - this.#startedAt) / 1000;
    if (this.#procedure === 'phases.store') this.#endStore(outcome, seconds);
    if (this.#procedure === 'phases.retrieve') this.#endRetrieve(outcome, seconds);
  }

  #endStore(outcome: CallOutcome, seconds: number): void {
    const { stores, storeSeconds, validations } = this.#metrics;
    const { phase, status, validated } = this.#store ?? { phase: unknown, status: unknown };
    if (outcome !== 'succeeded' || this.#stored === undefined) {
      stores.inc({ phase, status, outcome });
      return;
    }
    const { isReplay, madeRepository } = this.#stored;
    stores.inc({ phase, status, outcome: isReplay ? 'replayed' : 'stored' });
    storeSeconds.observe({ repository: madeRepository ? 'made' : 'known' }, seconds);
    if (validated !== undefined && !isReplay) validations.inc({ validated: String(validated) });
  }

  #endRetrieve(outcome: CallOutcome, seconds: number): void {
    const { retrieves, retrieveSeconds } = this.#metrics;
    const isFound = (phase: Phase) => (this.#found.includes(phase) ? 'found' : 'absent');
    for (const phase of phases) retrieves.inc({ phase, outcome: outcome === 'succeeded' ? isFound(phase) : outcome });
    if (outcome === 'succeeded') retrieveSeconds.observe(seconds);
  }
}
