/** The ledger for those who only look: beside a running bus, never made where there is none, and never written to. */
import { existsSync } from 'node:fs';
import type { Env } from '../../config/env.ts';
import type { LookLedger } from '../../flow/ports/ledger-desk.ts';
import { isShared, openStore, type Store } from '../../open.ts';
import { UsageError } from '../shell.ts';

export type LookStore = Omit<Store, 'ledger'> & { ledger: LookLedger };

export async function openToRead(env: Env): Promise<LookStore> {
  const path = env.ledger.slice('sqlite:'.length);
  if (!isShared(env) && !existsSync(path))
    throw new UsageError(`There is no ledger ${path}: set JEMBATAN_DATA to the bus's data folder`);
  return openStore(env, 'reader');
}
