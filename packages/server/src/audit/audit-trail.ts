// Reads and refusals on their way to the database: noted in memory and written every second or so, so that no request
// waits. What strangers can cause is bounded, in memory and on disk: keys that don't count, and calls over a limit, are
// one event for each address and minute; and where too much waits, what concerns no customer gives way first, then refusals,
// and an event says how many.
import type { Kysely } from 'kysely';
import type { Tables } from '../database/open-database.ts';
import { addressGroup } from '../limits/address-group.ts';
import { local, type Actor } from './actor.ts';
import { eventRow, insertEvents, type AuditFacts, type EventRow } from './event-row.ts';

/** How many events may wait. */
const defaultCapacity = 10_000;

const batchSize = 1_000;

/** What anybody can cause at any rate, and so is counted in one event. */
const countedActions = new Set<AuditFacts['action']>(['authenticate', 'rate_limit']);

/** What waits, in the order in which it gives way. */
const givingWay = ['strangers', 'refused', 'allowed'] as const;
type Kind = (typeof givingWay)[number];

/** For how long. */
const countedForMs = 60_000;

/** Collects events until they are written. */
export class AuditTrail {
  readonly #capacity: number;
  /** Each in the order they came in. Those that are counted have a key of their own, the others their id. */
  readonly #waiting: Record<Kind, Map<string, EventRow>> = {
    strangers: new Map(),
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
    else this.#waiting[kindOf(row)].set(row.id, row);
    this.#makeRoom();
  }

  /** Writes what is ripe, or else everything; what could not be written waits on. One writing at a time. */
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
      this.#waiting.refused.set(row.id, row);
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
    const ripeSince = Date.now() - countedForMs;
    const batch: EventRow[] = [];
    for (const waiting of [this.#waiting.refused, this.#waiting.allowed, this.#waiting.strangers]) {
      for (const [key, row] of waiting) {
        if (batch.length === batchSize) return batch;
        const isCounting = key !== row.id && row.occurred_at.getTime() > ripeSince;
        if (isCounting && what === 'ripe') continue;
        waiting.delete(key);
        batch.push(row);
      }
    }
    return batch;
  }

  #putBack(batch: readonly EventRow[]): void {
    for (const kind of givingWay) {
      const before = batch.filter((row) => kindOf(row) === kind).map((row) => [row.id, row] as const);
      this.#waiting[kind] = new Map([...before, ...this.#waiting[kind]]);
    }
    this.#makeRoom();
  }

  #count(row: EventRow): void {
    const key = [addressGroup(row.address ?? undefined), row.api_key_id, row.error_code].join(' ');
    const waiting = this.#waiting[kindOf(row)];
    const counting = waiting.get(key);
    if (counting === undefined) waiting.set(key, row);
    else counting.count += 1;
  }

  #makeRoom(): void {
    const all = givingWay.map((kind) => this.#waiting[kind]);
    let over = all.reduce((sum, { size }) => sum + size, 0) - this.#capacity;
    for (const waiting of all) {
      for (const [key, row] of waiting) {
        if (over <= 0) return;
        waiting.delete(key);
        this.#dropped += row.count;
        over -= 1;
      }
    }
  }
}

/** What concerns nobody known is a stranger's, and must not push out what concerns a customer. */
function kindOf({ outcome, customer_id }: EventRow): Kind {
  if (outcome === 'allowed') return 'allowed';
  return customer_id === null ? 'strangers' : 'refused';
}
