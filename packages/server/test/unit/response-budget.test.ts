import { expect, it } from 'vitest';
import { ResponseBudget, ResponseReservation } from '../../src/limits/response-budget.ts';

/** Reservations of one budget, and what their responses call when they end. */
function startResponses(options: { maxBytes: number; timeoutMs: number }) {
  const budget = new ResponseBudget(options);
  const ends: (() => void)[] = [];
  return { reservation: () => new ResponseReservation(budget, (end) => ends.push(end)), ends };
}

it('grants nothing to a response whose client disconnected while it waited', async () => {
  const { reservation, ends } = startResponses({ maxBytes: 10, timeoutMs: 60_000 });
  await reservation().reserve('customer', 20);
  const [disconnected, connected] = [reservation().reserve('customer', 10), reservation().reserve('customer', 20)];
  const [endFirst, endDisconnected] = ends;
  endDisconnected?.();
  endFirst?.();
  await expect(disconnected).rejects.toThrow('whose clients have disconnected');
  await connected;
});

it('refuses a batch that asks for more than one response can hold', async () => {
  const { reservation } = startResponses({ maxBytes: 10, timeoutMs: 60_000 });
  const batch = reservation();
  await batch.reserve('customer', 6);
  await batch.reserve('customer', 4);
  await expect(batch.reserve('customer', 1)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
});

it('refuses a response when the memory of others is not released in time', async () => {
  const { reservation, ends } = startResponses({ maxBytes: 10, timeoutMs: 10 });
  await reservation().reserve('customer', 10);
  await reservation().reserve('customer', 10);
  await expect(reservation().reserve('customer', 1)).rejects.toMatchObject({ code: 'SERVER_BUSY' });
  await reservation().reserve('other', 10);
  for (const end of ends) end();
  await reservation().reserve('customer', 20);
});
