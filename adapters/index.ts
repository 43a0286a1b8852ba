/** The adapters that this bus carries: a list kept by hand. */
import type { Adapter } from '../src/adapter-kit/contract.ts';
import banking from './banking/adapter.ts';
import civilRegistry from './civil-registry/adapter.ts';
import police from './police/adapter.ts';

export const adapters: Adapter[] = [civilRegistry, police, banking];
