/** What callers may send to change the configuration in force, beside an act's reason. */
import { body, object, reason, type Act } from './body-schemas.ts';

export interface Stage extends Act {
  route: string;
}
export const STAGE = body(
  'staging',
  object(['route', 'reason'], {
    route: {
      description: 'The text of a route, as a file of config/routes: YAML or JSON, 64 KiB at most.',
      type: 'string',
      minLength: 1,
      maxLength: 65_536,
    },
    reason,
  }),
);

export interface AtSites extends Act {
  sites?: string[];
}
export const AT_SITES = body(
  'act',
  object(['reason'], {
    sites: {
      description: 'Only new applications of these sites; of all, when absent.',
      type: 'array',
      minItems: 1,
      maxItems: 500,
      uniqueItems: true,
      items: { type: 'string', pattern: String.raw`^MPP-\d{4}-\d{2}$` },
    },
    reason,
  }),
);
