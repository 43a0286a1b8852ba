/** The ledger for those who only look: beside a running bus, and never made where there is none. */
import { existsSync } from 'node:fs';
import type { Env } from '../../config/env.ts';
import { isShared, openStore, type Store } from '../../open.ts';
import { UsageError } from '../shell.ts';

export async function openToRead(env: Env): Promise<Store> {
  const path = env.ledger.slice('sqlite:'.length);
  if (!isShared(env) && !existsSync(path))
    throw new UsageError(`There is no ledger ${path}: set JEMBATAN_DATA to the bus's data folder`);
  return openStore(env, 'guest');
}
