/** Ending an application before its time: what `cancel` and `withdraw` have in common. */
import { addressOf, clientOf, type BusOptions } from './bus-command.ts';
import type { Shell } from './shell.ts';

export interface EndEarlyOptions extends BusOptions {
  reason: string;
}

interface Ended {
  number: string;
  state: string;
  stateText: { id: string; en: string };
}

export async function endEarly(
  shell: Shell,
  options: EndEarlyOptions,
  application: string,
  as: 'cancel' | 'withdraw',
): Promise<void> {
  const path = `${addressOf(application)}/${as}`;
  const { body } = await clientOf(shell, options).post<Ended>(path, { reason: options.reason });
  shell.out(`${body.number} ${body.state}: ${body.stateText.id} / ${body.stateText.en}`);
}
