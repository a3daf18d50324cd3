// Calls, stores and retrieves, whichever way they came.
import { executionStatuses, phases, type Phase } from '@rsolv/shared/contract/phase';
import { Counter, Histogram, type Registry } from 'prom-client';
import { callOutcomes, type CallMeasure, type CallOutcome, type StoreFacts, type StoreOutcome } from './metrics.ts';

/** In seconds. The targets are among them: retrieve 0.05, store 0.1, store that makes its repository 0.2. */
export const durationBuckets = [0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 5, 10];

/** Where the input said nothing that counts. */
const unknown = 'unknown';

/** What calls are counted by. */
type CallMetrics = ReturnType<typeof makeCallMetrics>;

/** Makes the measure of a call, by its procedure's path. */
export function measureCalls(registry: Registry): (procedure: string) => CallMeasure {
  const metrics = makeCallMetrics([registry]);
  const known = new Set<string>();
  return (procedure) => {
    if (!known.has(procedure)) {
      known.add(procedure);
      for (const outcome of callOutcomes) metrics.calls.inc({ procedure, outcome }, 0);
    }
    return new Measure(metrics, procedure);
  };
}

function makeCallMetrics(registers: Registry[]) {
  const metrics = {
    calls: new Counter({
      registers,
      name: 'rsolv_calls_total',
      help: 'Calls of procedures, over REST and tRPC; each of a batch counts.',
      labelNames: ['procedure', 'outcome'],
    }),
    stores: new Counter({
      registers,
      name: 'rsolv_phase_stores_total',
      help: 'Stores by phase and status of the execution, unknown where the input was not read or wrong. Outcome replayed: answered from the same store before.',
      labelNames: ['phase', 'status', 'outcome'],
    }),
    retrieves: new Counter({
      registers,
      name: 'rsolv_phase_retrieves_total',
      help: 'Retrieves, each counted for all three phases: found, absent, refused, failed.',
      labelNames: ['phase', 'outcome'],
    }),
    validations: new Counter({
      registers,
      name: 'rsolv_validations_total',
      help: 'Completed validations that were stored, by whether they proved their vulnerability.',
      labelNames: ['validated'],
    }),
    storeSeconds: new Histogram({
      registers,
      name: 'rsolv_store_duration_seconds',
      help: 'Successful stores, from when the body had come; by whether they made their repository.',
      labelNames: ['repository'],
      buckets: durationBuckets,
    }),
    retrieveSeconds: new Histogram({
      registers,
      name: 'rsolv_retrieve_duration_seconds',
      help: 'Successful retrieves.',
      buckets: durationBuckets,
    }),
  };
  // A series that begins with its first event has no rate at that event.
  for (const phase of phases) {
    for (const status of executionStatuses) metrics.stores.inc({ phase, status, outcome: 'stored' }, 0);
    for (const outcome of ['found', 'absent']) metrics.retrieves.inc({ phase, outcome }, 0);
  }
  for (const validated of ['true', 'false']) metrics.validations.inc({ validated }, 0);
  for (const repository of ['known', 'made']) metrics.storeSeconds.zero({ repository });
  return metrics;
}

class Measure implements CallMeasure {
  readonly #metrics: CallMetrics;
  readonly #procedure: string;
  #startedAt = performance.now();
  #store: StoreFacts | undefined;
  #stored: StoreOutcome | undefined;
  #found: readonly string[] = [];

  constructor(metrics: CallMetrics, procedure: string) {
    this.#metrics = metrics;
    this.#procedure = procedure;
  }

  inputRead(): void {
    this.#startedAt = performance.now();
  }

  stores(facts: StoreFacts): void {
    this.#store = facts;
  }

  stored(outcome: StoreOutcome): void {
    this.#stored = outcome;
  }

  retrieved(found: readonly string[]): void {
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
