/** What is odd about an application and no reason to refuse it. */
import type { ApplicationBody, Person } from './application-body.ts';
import { readNik } from './formats.ts';
import type { NikParts } from './formats.ts';
import { parties } from './parties.ts';
import type { Problem } from './problems.ts';

/**
 * A NIK is for life, and stays when its district is split, a birth date
 * corrected or a sex. `knownRegions`: names by region code; a regency without listed districts warns of none.
 */
export function warnings(application: ApplicationBody, knownRegions: ReadonlyMap<string, string>): Problem[] {
  const found: Problem[] = [];
  for (const { pointer, party } of parties(application)) {
    if (party.partyType === 'person') found.push(...personWarnings(party, pointer, knownRegions));
    const region = party.address?.regionCode;
    if (region !== undefined && isUnlisted(region.slice(0, DISTRICT_LENGTH), knownRegions)) {
      found.push({ pointer: `${pointer}/address/regionCode`, ...DISTRICT_UNLISTED });
    }
  }
  return found;
}

/** `61.12.01` */
const DISTRICT_LENGTH = 8;
const REGENCY_LENGTH = 5;
const DISTRICT_UNLISTED = { code: 'district_unlisted', detail: 'names a district that is not listed today' };

function personWarnings(
  person: Person,
  pointer: string,
  knownRegions: ReadonlyMap<string, string>,
): Problem[] {
  const nik = person.nik === undefined ? null : readNik(person.nik);
  if (nik === null) return [];
  const found: Problem[] = [];
  const at = `${pointer}/nik`;
  if (isUnlisted(nik.district, knownRegions)) found.push({ pointer: at, ...DISTRICT_UNLISTED });
  if (person.birthDate !== undefined && !isBornOn(nik, person.birthDate)) {
    found.push({ pointer: at, code: 'nik_birth_date_differs', detail: 'says another day than birthDate' });
  }
  if (person.sex !== undefined && nik.sex !== person.sex) {
    found.push({ pointer: at, code: 'nik_sex_differs', detail: 'says another sex than sex' });
  }
  return found;
}

function isBornOn({ day, month, year }: NikParts, birthDate: string): boolean {
  const [, bornYear, bornMonth, bornDay] = /^\d\d(\d\d)-(\d\d)-(\d\d)$/.exec(birthDate) ?? [];
  return Number(bornYear) === year && Number(bornMonth) === month && Number(bornDay) === day;
}

function isUnlisted(code: string, knownRegions: ReadonlyMap<string, string>): boolean {
  if (code.length < DISTRICT_LENGTH || knownRegions.has(code)) return false;
  return regenciesWithDistricts(knownRegions).has(code.slice(0, REGENCY_LENGTH));
}

/** Derived once per catalogue, not once per applicant: it may list 7,000 districts. */
const derived = new WeakMap<ReadonlyMap<string, string>, Set<string>>();

function regenciesWithDistricts(knownRegions: ReadonlyMap<string, string>): Set<string> {
  let regencies = derived.get(knownRegions);
  if (regencies === undefined) {
    const districts = [...knownRegions.keys()].filter((code) => code.length === DISTRICT_LENGTH);
    regencies = new Set(districts.map((code) => code.slice(0, REGENCY_LENGTH)));
    derived.set(knownRegions, regencies);
  }
  return regencies;
}
