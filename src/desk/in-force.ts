/** The configuration in force: what the files say, and the versions of routes that people put in the place of the files'. */
import type { Catalogue } from '../domain/catalogue.ts';
import type { ProcessRow } from '../domain/installation.ts';
import { withVersions } from '../domain/route-versions.ts';
import { readActivated, type Activated } from '../flow/activated.ts';
import type { ConfigSource } from '../flow/ports/config-source.ts';
import type { Desk } from './look.ts';
import type { NextFiles } from './next-files.ts';

export interface Held {
  desk: Desk;
  source: ConfigSource;
  /** What the files say, secrets resolved. */
  files: Catalogue;
  activated: Activated;
  /** How this process stands; told to the others now and then. */
  me: ProcessRow;
  /** Read and checked for a reload that was asked for here, and not in force yet. */
  waiting: { n: number; next: NextFiles } | null;
  /** Puts both in force. */
  install(): void;
}

export const composed = ({ files, activated }: Pick<Held, 'files' | 'activated'>): Catalogue =>
  withVersions(files, activated.services, activated.routes);

export async function refresh(held: Held): Promise<void> {
  const now = await readActivated(held.desk.ledger, held.activated);
  if (now === held.activated) return;
  held.activated = now;
  held.install();
}
