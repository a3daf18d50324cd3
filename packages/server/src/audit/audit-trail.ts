// Queues the events of reads and refusals in memory and writes them about once a second, so that no request waits for them.
// Events that unknown callers cause are bounded in memory and on disk: invalid API keys and exceeded rate limits are counted
// in one event for each address and minute. If the queue is full, events without a customer are dropped first, then refusals,
// and an event records how many were dropped.
import type { Kysely } from 'kysely';
import type { Tables } from '../database/open-database.ts';
import { addressGroup } from '../limits/address-group.ts';
import { local, type Actor } from './actor.ts';
import { eventRow, insertEvents, type AuditFacts, type EventRow } from './event-row.ts';

/** The maximum number of queued events. */
const defaultCapacity = 10_000;

const batchSize = 1_000;

/** Actions that unknown callers can cause at any rate. Refusals of them are counted in one event. */
const countedActions = new Set<AuditFacts['action']>(['authenticate', 'rate_limit']);

/** The queues, in the order in which events are dropped. */
const dropOrder = ['unknown', 'refused', 'allowed'] as const;
type Kind = (typeof dropOrder)[number];

/** How long an event counts refusals before it is written. */
const countedForMs = 60_000;

/** Queues events until they are written. */
export class AuditTrail {
  readonly #capacity: number;
  /** Each queue is in order of arrival. The key of a counted event is what it counts, the key of any other event is its id. */
  readonly #queues: Record<Kind, Map<string, EventRow>> = {
    unknown: new Map(),
    refused: new Map(),
    allowed: new Map(),
  };
  #dropped = 0;
  #writing: Promise<void> | undefined;

  constructor(capacity = defaultCapacity) {
    this.#capacity = capacity;
  }

  note(by: Actor, facts: AuditFacts): void {
    const row = eventRow(by, facts);
    const isCounted = facts.outcome === 'refused' && countedActions.has(facts.action);
    if (isCounted) this.#count(row);
    else this.#queues[kindOf(row)].set(row.id, row);
    this.#makeRoom();
  }

  /**
   * Writes the events that are due, or all of them. Events that can't be written stay queued. One write runs at a time.
   *
   * @param what `ripe`: only the events that no longer count
   */
  async write(kysely: Kysely<Tables>, what: 'ripe' | 'everything' = 'ripe'): Promise<void> {
    if (this.#writing !== undefined) {
      if (what === 'ripe') return this.#writing;
      await Promise.allSettled([this.#writing]);
    }
    this.#writing = this.#writeBatches(kysely, what).finally(() => (this.#writing = undefined));
    return this.#writing;
  }

  async #writeBatches(kysely: Kysely<Tables>, what: 'ripe' | 'everything'): Promise<void> {
    if (this.#dropped > 0) {
      const facts = { action: 'audit.drop', outcome: 'refused', customerId: null, target: {} } as const;
      const row = { ...eventRow(local('platform'), facts), count: this.#dropped };
      this.#dropped = 0;
      this.#queues.refused.set(row.id, row);
    }
    for (;;) {
      const batch = this.#take(what);
      if (batch.length === 0) return;
      try {
        await insertEvents(batch).execute(kysely);
      } catch (thrown) {
        this.#putBack(batch);
        throw thrown;
      }
    }
  }

  #take(what: 'ripe' | 'everything'): EventRow[] {
    const dueSince = Date.now() - countedForMs;
    const batch: EventRow[] = [];
    for (const queue of [this.#queues.refused, this.#queues.allowed, this.#queues.unknown]) {
      for (const [key, row] of queue) {
        if (batch.length === batchSize) return batch;
        const isStillCounting = key !== row.id && row.occurred_at.getTime() > dueSince;
        if (isStillCounting && what === 'ripe') continue;
        queue.delete(key);
        batch.push(row);
      }
    }
    return batch;
  }

  #putBack(batch: readonly EventRow[]): void {
    for (const kind of dropOrder) {
      const before = batch.filter((row) => kindOf(row) === kind).map((row) => [row.id, row] as const);
      this.#queues[kind] = new Map([...before, ...this.#queues[kind]]);
    }
    this.#makeRoom();
  }

  #count(row: EventRow): void {
    const key = [addressGroup(row.address ?? undefined), row.api_key_id, row.error_code].join(' ');
    const queue = this.#queues[kindOf(row)];
    const counted = queue.get(key);
    if (counted === undefined) queue.set(key, row);
    else counted.count += 1;
  }

  #makeRoom(): void {
    const all = dropOrder.map((kind) => this.#queues[kind]);
    let over = all.reduce((sum, { size }) => sum + size, 0) - this.#capacity;
    for (const queue of all) {
      for (const [key, row] of queue) {
        if (over <= 0) return;
        queue.delete(key);
        this.#dropped += row.count;
        over -= 1;
      }
    }
  }
}

/** Events without a customer come from unknown callers. They must not displace events of customers. */
function kindOf({ outcome, customer_id }: EventRow): Kind {
  if (outcome === 'allowed') return 'allowed';
  return customer_id === null ? 'unknown' : 'refused';
}
