/** Connectors without code: a folder with a `connector.yaml`, loaded like an adapter that was written by hand. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import type { Adapter, Example } from '../../adapter-kit/contract.ts';
import { connectorError } from '../error.ts';
import type { ConnectorFolder } from '../folder.ts';
import { adapterFrom } from './adapter.ts';
import type { ConnectorDocument } from './document.ts';
import { examplesOf } from './examples.ts';
import { CONNECTOR_FILE, readConnector } from './read.ts';

/** A folder that was read, or where one lies. */
export type Source = ConnectorFolder | URL | string;

/** @throws ConnectorError with every finding of the file. */
export async function yamlAdapter(source: Source): Promise<Adapter> {
  return adapterFrom(await documentOf(source));
}

/** Its examples, each made whole. @throws ConnectorError with every finding of the file. */
export async function yamlExamples(source: Source): Promise<{ file: string; example: Example }[]> {
  return examplesOf(await documentOf(source));
}

/** A folder that was read is the same for adapter and examples. */
const read = new WeakMap<Uint8Array, ConnectorDocument>();

async function documentOf(source: Source): Promise<ConnectorDocument> {
  const bytes = await bytesOf(source);
  const document = read.get(bytes) ?? readConnector(bytes);
  read.set(bytes, document);
  return document;
}

async function bytesOf(source: Source): Promise<Uint8Array> {
  if (typeof source === 'object' && 'files' in source) {
    const bytes = source.files.get(CONNECTOR_FILE);
    if (bytes) return bytes;
    throw connectorError({
      ...{ file: CONNECTOR_FILE, code: 'connector_kind' },
      ...{ message: 'The folder holds no connector.yaml', fix: 'Write one' },
    });
  }
  const path = typeof source === 'string' ? source : fileURLToPath(source);
  return readFile(join(path, CONNECTOR_FILE));
}
