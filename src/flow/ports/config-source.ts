/** The configuration folder as people's acts see it: read anew and checked as a whole, before any of it is in force. */
import type { Catalogue } from '../../domain/catalogue.ts';

/** What is wrong, where, and how to mend it. */
export interface ConfigFinding {
  code: string;
  /** Relative to the configuration folder. */
  file: string;
  line: number;
  pointer: string;
  message: string;
  fix: string;
}

/** A route that is to stand in the place of the file's; YAML, or JSON, which is YAML. */
export interface RouteText {
  /** How findings call it. */
  file: string;
  text: string;
}

export type ConfigRead =
  | { is: 'sound'; catalogue: Catalogue; secrets: string[]; restart: string[] }
  | { is: 'wrong'; findings: ConfigFinding[] };

export interface ConfigSource {
  /** As `jembatan check` and a start would read it, secrets included, with these routes in the place of the files'. */
  read(routes: RouteText[]): Promise<ConfigRead>;
  /** The service and version that a route's text names; findings where it cannot be read. */
  head(route: RouteText): { service: string; version: string } | { findings: ConfigFinding[] };
  /** Secrets that are masked from now on, besides those known before. */
  mask(secrets: string[]): void;
  /** Lanes that this process answers under a catalogue; undefined for all. */
  lanes(catalogue: Catalogue): string[] | undefined;
}
