/** The bench that a connector is tried on: its stand-in, a caller that speaks to it, its secrets masked. */
import type { JsonObject, JsonSchema } from '../../adapter-kit/contract.ts';
import { fillAgency } from '../../config/fill.ts';
import type { LoadedConnector } from '../../connectors/load.ts';
import type { Agency } from '../../domain/catalogue.ts';
import { makeMask, type Mask } from '../../privacy/mask.ts';
import type { Shell } from '../shell.ts';
import { talkTo, type Talk } from './converse.ts';
import type { StandIn, Told } from './stand-in.ts';

export interface Bench extends Talk {
  agency: Agency;
  mask: Mask;
}

/** Puts a fresh stand-in of the connector behind the door, with the settings of its examples unless others are given. */
export async function setUp(
  connector: LoadedConnector,
  standIn: StandIn,
  shell: Shell,
  heard: (told: Told) => void,
  settings: JsonObject = connector.examples[0]?.example.settings ?? {},
): Promise<Bench> {
  const { adapter } = connector;
  const known = await standIn.show(connector, settings, heard);
  const agency = agencyOf(adapter.name, Number(adapter.version.split('.')[0]), known);
  const mask = makeMask(secretsOf(adapter.settings, known));
  return { agency, mask, ...talkTo(agency, adapter, mask, shell.clock) };
}

function agencyOf(name: string, major: number, settings: JsonObject): Agency {
  const title = { id: name, en: name };
  return fillAgency(name, { role: name, title, regions: ['*'], adapter: name, major, settings });
}

/** Values of the fields that the schema marks. */
export function secretsOf(schema: JsonSchema, settings: JsonObject): string[] {
  const properties = (schema['properties'] ?? {}) as Record<string, { writeOnly?: boolean }>;
  return Object.keys(properties).flatMap((name) => {
    const value = settings[name];
    return properties[name]!.writeOnly === true && typeof value === 'string' ? [value] : [];
  });
}
