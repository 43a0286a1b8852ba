/** One short word for a configuration, by which processes tell whether they go by the same one. */
import type { Catalogue } from '../domain/catalogue.ts';
import type { Vault } from './ports/vault.ts';

/** The same wherever the files and secrets say the same; keyed, for a plain hash would let short secrets be guessed. */
export function digestOf(vault: Pick<Vault, 'index'>, catalogue: Catalogue): string {
  return vault.index('configuration', JSON.stringify(catalogue, plain));
}

const plain = (_name: string, value: unknown): unknown => (value instanceof Map ? [...value] : value);
