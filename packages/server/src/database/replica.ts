// Lets a replica answer what only reads: a PostgreSQL that repeats what the primary writes, some moments later. Nobody
// gets to see those moments. A read first asks the primary how far it is, which costs next to nothing, and the replica
// answers only once it has come as far: it then knows whatever was committed before the read began, each store and each
// revocation. Where it has not come so far, or fails, the primary answers, and callers notice nothing.
import { setTimeout as delay } from 'node:timers/promises';

/** A statement as pg takes it. */
export interface SentStatement {
  readonly name?: string;
  readonly text: string;
  readonly values: unknown[];
}

interface Result<Row> {
  readonly rows: Row[];
}

/** A connection, or a pool. */
interface Queryable {
  query<Row extends object>(sent: SentStatement): Promise<Result<Row>>;
}

interface Client extends Queryable {
  release(failure?: Error): void;
}

/** Who answers reads from now on; where that is the primary, why not the replica. */
export interface ReadsMoved {
  readonly to: 'replica' | 'primary';
  readonly reason?: unknown;
}

interface ReplicaOptions {
  readonly primary: Queryable;
  /** The pool of its connections. */
  readonly replica: { connect(): Promise<Client> };
  readonly moved: (moved: ReadsMoved) => void;
}

/** How far a PostgreSQL is: in which history, which branches at each failover, and at which byte of it. */
interface Position {
  readonly system: string;
  readonly timeline: number | null;
  /** Null where a primary has become a replica, or a replica a primary. */
  readonly byte: number | null;
}

/** Flushed is what commits wait for: nothing was answered that lies beyond it. */
const primaryPosition = `
  select (select system_identifier::text from pg_control_system()) as system,
    ('x' || left(pg_walfile_name(flushed), 8))::bit(32)::int as timeline, (flushed - '0/0')::float8 as byte
  from (select case when not pg_is_in_recovery() then pg_current_wal_flush_lsn() end as flushed) as wal`;

/** A replica hears of a new timeline at its next checkpoint: late, which does no harm. */
const replicaPosition = `
  select (select system_identifier::text from pg_control_system()) as system,
    (select timeline_id from pg_control_checkpoint()) as timeline,
    case when pg_is_in_recovery() then (pg_last_wal_replay_lsn() - '0/0')::float8 end as byte`;

/** How long a read waits for a replica that is not far enough. */
const patienceMs = 50;

const askAgainMs = 5;

/** How long a replica that failed, or kept a read waiting, is left alone. */
const restMs = 1_000;

/** Answers reads while it can be relied on. */
export class Replica {
  readonly #replica: ReplicaOptions['replica'];
  readonly #moved: ReplicaOptions['moved'];
  readonly #primaryPosition: () => Promise<Position>;
  /** Undefined until it has shown that it is there. */
  #readsFrom: ReadsMoved['to'] | undefined;
  #restsUntil = 0;

  constructor({ primary, replica, moved }: ReplicaOptions) {
    this.#replica = replica;
    this.#moved = moved;
    this.#primaryPosition = takeTogether(() => askPosition(primary, primaryPosition));
  }

  /**
   * Runs a statement that only reads.
   *
   * @returns undefined where the primary has to answer
   * @throws where the primary is out of reach, and so can't answer either
   */
  async read<Row extends object>(sent: SentStatement): Promise<Row[] | undefined> {
    if (this.#readsFrom !== 'replica') {
      this.#lookAgain();
      return undefined;
    }
    const wanted = await this.#primaryPosition();
    try {
      return await this.#onReplica(wanted, async (client) => (await client.query<Row>(sent)).rows);
    } catch (reason) {
      this.#move({ to: 'primary', reason });
      return undefined;
    }
  }

  /** While nobody waits for it: a replica that is out of reach would take a second to say so. */
  #lookAgain(): void {
    if (performance.now() < this.#restsUntil) return;
    this.#restsUntil = performance.now() + restMs;
    this.#primaryPosition()
      .then((wanted) => this.#onReplica(wanted, () => Promise.resolve()))
      .then(
        () => this.#move({ to: 'replica' }),
        (reason: unknown) => this.#move({ to: 'primary', reason }),
      );
  }

  #move(moved: ReadsMoved): void {
    if (moved.to === 'primary') this.#restsUntil = performance.now() + restMs;
    if (this.#readsFrom === moved.to) return;
    this.#readsFrom = moved.to;
    this.#moved(moved);
  }

  /** Does something where the replica is as far as wanted: on the same connection, since a balancer may have several. */
  async #onReplica<Answer>(wanted: Position, action: (client: Client) => Promise<Answer>): Promise<Answer> {
    const client = await this.#replica.connect();
    let failure: Error | undefined;
    try {
      await catchUp(client, wanted);
      return await action(client);
    } catch (thrown) {
      failure = thrown instanceof Error ? thrown : new Error(String(thrown));
      throw failure;
    } finally {
      client.release(failure);
    }
  }
}

/** @throws Error where it doesn't get as far in time, or never will */
async function catchUp(client: Client, wanted: Position): Promise<void> {
  const startedAt = performance.now();
  for (;;) {
    const at = await askPosition(client, replicaPosition);
    if (at.system !== wanted.system) throw new Error('it repeats another PostgreSQL than the primary');
    if (at.byte === null || wanted.byte === null) throw new Error('the two are not primary and replica any more');
    if (at.timeline !== wanted.timeline) {
      throw new Error(`it is on timeline ${at.timeline} still, the primary on ${wanted.timeline}`);
    }
    if (at.byte >= wanted.byte) return;
    if (performance.now() - startedAt > patienceMs) throw new Error(`it is ${wanted.byte - at.byte} bytes behind`);
    await delay(askAgainMs);
  }
}

async function askPosition(asked: Queryable, text: string): Promise<Position> {
  const { rows } = await asked.query<Position>({ text, values: [] });
  const [position] = rows;
  if (position === undefined) throw new Error('PostgreSQL does not say how far it is');
  return position;
}

/**
 * Lets those who ask while an answer is on its way share the next one: never an answer to a question that was put before
 * they came, and never more than one question at a time.
 */
function takeTogether<Answer>(ask: () => Promise<Answer>): () => Promise<Answer> {
  let underWay: Promise<unknown> = Promise.resolve();
  let next: Promise<Answer> | undefined;
  return () => {
    next ??= underWay.then(() => {
      next = undefined;
      const answer = ask();
      underWay = answer.catch(() => {});
      return answer;
    });
    return next;
  };
}
