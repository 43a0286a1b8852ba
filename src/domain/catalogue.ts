/** The configured world: agencies, platforms, sites, calendars, services and routes, as `config/` describes it. */
import type { Agreement } from './agreement.ts';
import { BUS, BUS_AGENCY } from './bus-agency.ts';
import type { Pause, Term } from './deadline.ts';
import type { JsonObject, LocalizedText } from './outcome.ts';
import type { Quota } from './quota.ts';

/** `30s`, `10m`, `2h`, `14d`. */
export type Duration = string;

export interface RetryPolicy {
  /** Sends (or undos) spent before a person is asked. */
  attempts: number;
  /** Full-jitter backoff: a random wait up to base · 2^n, never above cap. */
  base: Duration;
  cap: Duration;
  /** Questions after an unknown outcome before a person is asked. */
  inquiries: number;
}

export interface AgencyLimits {
  /** Exchanges at once. */
  concurrency: number;
  perSecond: number;
  /** The longest an exchange may take, sign-in included. */
  timeout: Duration;
  maxReplyBytes: number;
  /** Failures in a row (lost, 5xx, refused connections) before the lane sleeps. */
  circuitFailures: number;
  /** The first sleep of a tripped lane; doubles up to `circuitCap`. */
  circuitSleep: Duration;
  circuitCap: Duration;
  /** When it serves and where its days begin; always open when absent. */
  opens?: OpeningTimes;
  /** Exchanges a day of `opens.zone`. */
  perDay?: number;
}

export type Weekday = 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun';

/** When an agency serves, by its own wall clock. */
export interface OpeningTimes {
  /** IANA zone: Asia/Jakarta, Asia/Makassar, Asia/Jayapura (Asia/Pontianak). */
  zone: string;
  /** `08:00-15:00`, several for a day with a break, up to `24:00`; closed on a weekday that is not named. All day when absent. */
  hours?: Partial<Record<Weekday, string[]>>;
  /** A calendar whose free days are closed. */
  calendar?: string;
  /** Announced, `2026-12-24T22:00`. */
  maintenance?: { from: string; to: string }[];
}

/** One outside body as one role for some regions. Its lane has the same id. */
export interface Agency {
  id: string;
  /** What routes call it: `dukcapil`. */
  role: string;
  title: LocalizedText;
  /** Region codes it serves, longest match first; `*` for all. */
  regions: string[];
  adapter: string;
  major: number;
  settings: JsonObject;
  limits: AgencyLimits;
  retry: RetryPolicy;
  /** Hosts (`name:port`) from which its documents may be fetched besides its own. */
  documentHosts: string[];
  /** Where its working days are counted, when it decides: the site's, when absent. */
  office?: { zone: string; closes: string; calendar: string };
  /** What may be sent to it, for what and until when; `none` where none is needed. Undeclared, everything is sent. */
  agreement?: Agreement | 'none';
  /** The platform that applications opened by this agency belong to. */
  opensFor?: string;
  /** The gateway that it is reached through; `settings.baseUrl` is the gateway's then. */
  gateway?: Gateway;
}

/** An API gateway before an agency, as the national bus SPLP is one. The agency knows nothing of it. */
export interface Gateway {
  /** Where the agency's own paths begin below the gateway's: `/dukcapil/1.0`. */
  prefix: string;
  /** Written before the prefix as `/t/{tenant}`: `kuburayakab.go.id`. */
  tenant?: string;
  /** The header that carries the gateway's key, in lower case. */
  header: string;
  /** The word before the key: `Bearer`. */
  scheme?: string;
  /** Secret. */
  key: string;
}

export interface Platform {
  id: string;
  title: LocalizedText;
  /** Takes synthetic people (province 99). */
  sandbox: boolean;
  /** How much of a lane it may have against the others, 1 to 100; 1 when absent. */
  weight?: number;
  /** What each process takes from it; without one, whatever it sends. */
  quota?: Quota;
}

export interface Site {
  /** `MPP-6112-01`. */
  code: string;
  title: LocalizedText;
  regionCode: string;
  /** IANA zone: Asia/Jakarta, Asia/Makassar, Asia/Jayapura (Asia/Pontianak). */
  zone: string;
  calendar: string;
  /** Local closing time, `15:00`: what comes later counts from the next working day. */
  closes: string;
}

export interface Calendar {
  id: string;
  /** Where the dates come from. */
  source: string;
  /** ISO weekdays that are free: 6 and 7. */
  weekend: number[];
  /** `2026-08-17`. */
  holidays: string[];
}

export interface FeeItem {
  code: string;
  title: LocalizedText;
  kind: string;
  /** Whole rupiah. */
  amount: number;
  legalBasis?: string;
  /** Due of some applications only, such as one of several rates: no sum of the fees is told. */
  conditional?: boolean;
}

/** An entry of the catalogue: what a citizen may ask for. */
export interface Service {
  code: string;
  version: string;
  title: LocalizedText;
  summary?: LocalizedText;
  /** The role of the agency that decides. */
  agency: string;
  status: 'draft' | 'published' | 'suspended' | 'retired';
  lifeEvent?: string;
  channels: string[];
  /** Region codes whose jurisdictions are served. */
  regions: string[];
  /** JSON Schema of `formData`. */
  form: JsonObject;
  requirements: { code: string; title: LocalizedText; documentTypes: string[]; mandatory: boolean }[];
  fees: FeeItem[];
  /** What the service standard promises by channel; what a route counts is its deadline. */
  processingTimes?: { channel?: string; in: number; unit: string }[];
  /** Its record in the national list of service standards. */
  sippnId?: number;
  /** The decree that sets its standard. */
  decreeNumber?: string;
  /** A second open application of one person: allowed, pointed out, or refused. */
  duplicates: 'allow' | 'warn' | 'refuse';
  /** Where silence is consent by law: a decision that is not made in time counts as a yes. */
  deemedApproval?: { legalBasis: string };
  /** Working days in which complaints of the tiers 1, 2 and 3 are answered; where absent, 2, 5 and 14. */
  complaintDays?: readonly [number, number, number];
  /** Default legal basis for applications that name none. */
  legalBasis?: string;
}

export interface RouteStep {
  /** `role.operation`. */
  call: string;
  after: string[];
  /** Expression; the step is skipped when it is false. */
  when?: string;
  /** Expression that gives the region whose agency is called; default the application's jurisdiction. */
  at?: string;
  need: 'mandatory' | 'bestEffort';
  pivot: boolean;
  /** How long news may take after `pending`. */
  waits?: Duration;
  /** So long after the wait began the citizen or the officer is reminded. */
  remind?: Duration[];
  /** What happens when a wait ends without news: a person decides, the application expires, or the step is rejected. */
  onTimeout?: 'person' | 'expire' | 'reject';
  /** Refusals, by their codes, that say that the time or the chance is over: the application ends expired, not rejected. */
  onRefusal?: Record<string, 'expire'>;
  /** Of `bus.task`: who decides, by when, and on what form. */
  task?: HumanTask;
  /** An unpaid bill is made anew so often, each a round of its own, before it ends its application. */
  rebill?: number;
  /**
   * Its end is none while this expression holds: those steps, if any, run again, each in a new round, and then this one.
   * At most so often; after that its end stands.
   */
  again?: { when: string; steps: string[]; most: number };
  /** Must be done in the end: when the agency's tries are spent it is tried on, and a person is told. */
  insist?: boolean;
  /** The service that mends what the step did once it stands. */
  correctedBy?: string;
  /** A check's result holds for so long; older ones run again when the application is mended. */
  validFor?: Duration;
  /** What its fields are sent for, by the agency's agreement; the service's code when absent. */
  purpose?: string;
  /** Field name → expression (nested objects and arrays allowed). */
  with: JsonObject;
}

/** A person's decision as a route wants it. */
export interface HumanTask {
  /** Whose queue it stands in. */
  role: string;
  title: LocalizedText;
  /** So long after it was opened it is due. */
  due?: Duration;
  /** Two people have to decide the same. */
  fourEyes: boolean;
  /** JSON Schema of what is filled in. */
  form: JsonObject;
}

export interface Route {
  service: string;
  version: string;
  deadline?: Term & {
    /** A person is told, nobody is, or the step that decides is approved by law. */
    onBreach: 'escalate' | 'none' | 'deemedApproval';
    /** What stands the clock still. */
    pauses: Pause[];
    /** The step that decides: what is deemed approved. */
    decides?: string;
  };
  /** An applicant's steps at one agency begin in the order of his applications; in any order when absent. */
  order?: 'applicant';
  steps: Record<string, RouteStep>;
  /** Field name → expression, read when the application ends well. */
  result: JsonObject;
}

/** Everything read from `config/`, checked as a whole. */
export interface Catalogue {
  agencies: Agency[];
  platforms: Platform[];
  sites: Site[];
  calendars: Calendar[];
  /** By code; one current version each. */
  services: Map<string, Service>;
  routes: Map<string, Route>;
  /** Of services that go by another version at some sites: by service and site. Never from files. */
  routesAt?: ReadonlyMap<string, ReadonlyMap<string, Route>>;
  /** Region codes known by name; where a regency is listed, its unlisted districts are a warning. */
  regions: Map<string, string>;
}

/** The route that a service's new applications of a site go by. */
export function routeFor({ routes, routesAt }: Catalogue, service: string, site: string): Route | undefined {
  return routesAt?.get(service)?.get(site) ?? routes.get(service);
}

/** The entry of a role that serves a region, longest match first. */
export function agencyFor(agencies: Agency[], role: string, regionCode: string): Agency | undefined {
  if (role === BUS) return BUS_AGENCY;
  let best: Agency | undefined;
  let bestLength = -1;
  for (const agency of agencies) {
    if (agency.role !== role) continue;
    for (const region of agency.regions) {
      const serves = region === '*' || regionCode === region || regionCode.startsWith(region + '.');
      const length = region === '*' ? 0 : region.length;
      if (serves && length > bestLength) [best, bestLength] = [agency, length];
    }
  }
  return best;
}
