import { listDeadLetters, retryDeadLetter } from '@repo/contracts/operations/delivery-operations';
import { expectThat } from '../failures';
import type { HubClient } from '../hub/hub-client';
import type { Terminal } from '@repo/terminal/terminal';
import type { PlacedOrder } from './place-orders';

/** Tries the dead letters again as an operator does once the vendor has mended what was wrong (`mend`). Gives how many there were. */
export async function retryByHand(
  hub: HubClient,
  headers: Record<string, string>,
  refused: readonly PlacedOrder[],
  mend: () => Promise<void>,
  terminal: Terminal,
): Promise<number> {
  const { data: letters } = await hub.call(listDeadLetters, { headers, query: { resolved: 'false', limit: '100' } });
  const ids = new Set(letters.map(({ orderId }) => orderId));
  expectThat(
    letters.length === refused.length && refused.every(({ id }) => ids.has(id)),
    `what the ERP refused for good, and nothing else, is a dead letter (${refused.length})`,
    letters,
  );
  for (const { orderId, failureCode, failureReason } of letters) {
    const { orderNumber = orderId } = refused.find(({ id }) => id === orderId) ?? {};
    terminal.line(`  ${terminal.paint.yellow('!')} Dead letter: order ${orderNumber}, ${failureCode}: ${failureReason}`);
  }
  await mend();
  for (const { id } of letters) await hub.call(retryDeadLetter, { headers, params: { id } });
  return letters.length;
}
