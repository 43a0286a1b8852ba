/** A configuration folder that a test writes as catalogues: what is read anew is what it holds by then. */
import type { Catalogue } from '../../src/domain/catalogue.ts';
import type {
  ConfigFinding,
  ConfigRead,
  ConfigSource,
  RouteText,
} from '../../src/flow/ports/config-source.ts';

export interface HandConfig extends ConfigSource {
  catalogue: Catalogue;
  /** What is wrong with it; nothing when empty. */
  findings: ConfigFinding[];
  restart: string[];
  lanesOf: string[] | undefined;
  masked: string[];
  /** The routes that each reading was asked with. */
  asked: RouteText[][];
}

export function handConfig(catalogue: Catalogue): HandConfig {
  const config: HandConfig = {
    ...{ catalogue, findings: [], restart: [], lanesOf: undefined, masked: [], asked: [] },
    async read(routes): Promise<ConfigRead> {
      config.asked.push(routes);
      if (config.findings.length > 0) return { is: 'wrong', findings: config.findings };
      // As it would be read from files: nothing of it is the very thing that was in force.
      const read = structuredClone(config.catalogue);
      for (const { text } of routes) {
        const route = JSON.parse(text);
        read.routes.set(route.service, route);
      }
      return { is: 'sound', catalogue: read, secrets: ['hush-hush'], restart: config.restart };
    },
    head: ({ text }) => JSON.parse(text),
    mask: (secrets) => void config.masked.push(...secrets),
    lanes: () => config.lanesOf,
  };
  return config;
}
