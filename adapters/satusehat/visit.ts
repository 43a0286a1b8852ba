/** A visit in canonical words, and the transaction bundle that it becomes. */
import type { Call } from '../../src/adapter-kit/contract.ts';
import {
  concept,
  SYSTEMS,
  type Coding,
  type Condition,
  type Encounter,
  type EncounterStatus,
  type Identifier,
  type Immunization,
  type Observation,
  type Reference,
  type Sent,
  type TransactionBundle,
} from './r4.ts';
import { ownSystem, utc, uuidOf } from './values.ts';

export interface Visit {
  ihsNumber: string;
  patientName: string;
  practitionerId: string;
  practitionerName: string;
  locationId: string;
  locationName: string;
  kind: keyof typeof CLASSES;
  arrivedAt: string;
  startedAt?: string;
  endedAt?: string;
  conditions?: { code: string; name: string }[];
  observations?: Measure[];
  immunizations?: Shot[];
}

interface Measure {
  code: string;
  name: string;
  category: string;
  value: number;
  unit: string;
  unitCode: string;
  measuredAt: string;
}

interface Shot {
  vaccineCode: string;
  vaccineName: string;
  givenAt: string;
  lotNumber: string;
  expiresOn: string;
  dose: number;
  unit: string;
  unitCode: string;
  doseNumber: number;
  reasonCode: string;
  timingCode?: string;
}

const CLASSES = {
  ambulatory: ['AMB', 'ambulatory'],
  emergency: ['EMER', 'emergency'],
  inpatient: ['IMP', 'inpatient encounter'],
  home: ['HH', 'home health'],
  virtual: ['VR', 'virtual'],
} as const;

/** What every resource of one visit refers to. */
interface Links {
  patient: Reference;
  practitioner: Reference;
  location: Reference;
  encounter: Reference;
}

/** The visit's own name at SATUSEHAT: by it a second sending is known for what it is. */
export function encounterIdentifier(call: Pick<Call, 'settings' | 'key'>): Identifier {
  return { system: ownSystem('encounter', call), value: call.key };
}

export function bundleOf(visit: Visit, call: Call): TransactionBundle {
  const urn = (part: string): string => `urn:uuid:${uuidOf(call, part)}`;
  const links: Links = {
    patient: { reference: `Patient/${visit.ihsNumber}`, display: visit.patientName },
    practitioner: { reference: `Practitioner/${visit.practitionerId}`, display: visit.practitionerName },
    location: { reference: `Location/${visit.locationId}`, display: visit.locationName },
    encounter: { reference: urn('encounter') },
  };
  const named = (kind: string, index: number): Identifier[] => [
    { system: ownSystem(kind, call), value: `${call.key}-${index + 1}` },
  ];
  const { conditions = [], observations = [], immunizations = [] } = visit;
  const diagnoses = conditions.map((one, index) => ({ ...one, urn: urn(`condition-${index}`) }));
  const entries: [string, Sent][] = [
    [links.encounter.reference, encounterOf(visit, diagnoses, links, call)],
    ...diagnoses.map((one, index): [string, Sent] => [
      one.urn,
      conditionOf(one, named('condition', index), visit, links),
    ]),
    ...observations.map((one, index): [string, Sent] => [
      urn(`observation-${index}`),
      observationOf(one, named('observation', index), links),
    ]),
    ...immunizations.map((one, index): [string, Sent] => [
      urn(`immunization-${index}`),
      immunizationOf(one, links),
    ]),
  ];
  const entry = entries.map(([fullUrl, resource]) => ({
    fullUrl,
    resource,
    request: { method: 'POST' as const, url: resource.resourceType },
  }));
  return { resourceType: 'Bundle', type: 'transaction', entry };
}

function encounterOf(
  visit: Visit,
  diagnoses: { name: string; urn: string }[],
  links: Links,
  call: Call,
): Encounter {
  const { arrivedAt, endedAt } = visit;
  const [code, display] = CLASSES[visit.kind];
  const history = historyOf(visit);
  const use = concept(SYSTEMS.diagnosisRole, 'DD', 'Discharge diagnosis');
  const diagnosis = diagnoses.map(({ name, urn }, index) => ({
    condition: { reference: urn, display: name },
    use,
    rank: index + 1,
  }));
  return {
    resourceType: 'Encounter',
    identifier: [encounterIdentifier(call)],
    status: history.at(-1)!.status,
    statusHistory: history,
    class: { system: SYSTEMS.actCode, code, display },
    subject: links.patient,
    participant: [
      { type: [concept(SYSTEMS.participation, 'ATND', 'attender')], individual: links.practitioner },
    ],
    period: { start: utc(arrivedAt), ...(endedAt !== undefined && { end: utc(endedAt) }) },
    ...(diagnosis.length > 0 && { diagnosis }),
    location: [{ location: links.location }],
    serviceProvider: { reference: `Organization/${call.settings['organizationId'] as string}` },
  };
}

/** Each status with its time; one ends when the next begins. */
function historyOf({ arrivedAt, startedAt, endedAt }: Visit): Encounter['statusHistory'] {
  const passed: [EncounterStatus, string | undefined][] = [
    ['arrived', arrivedAt],
    ['in-progress', startedAt],
    ['finished', endedAt],
  ];
  const known = passed.filter((one): one is [EncounterStatus, string] => one[1] !== undefined);
  return known.map(([status, since], index) => {
    const until = status === 'finished' ? since : known[index + 1]?.[1];
    return { status, period: { start: utc(since), ...(until !== undefined && { end: utc(until) }) } };
  });
}

function conditionOf(
  { code, name }: { code: string; name: string },
  identifier: Identifier[],
  { arrivedAt, endedAt }: Visit,
  { patient, encounter }: Links,
): Condition {
  return {
    resourceType: 'Condition',
    identifier,
    clinicalStatus: concept(SYSTEMS.conditionClinical, 'active', 'Active'),
    category: [concept(SYSTEMS.conditionCategory, 'encounter-diagnosis', 'Encounter Diagnosis')],
    code: concept(SYSTEMS.icd10, code, name),
    subject: patient,
    encounter,
    recordedDate: utc(endedAt ?? arrivedAt),
  };
}

function observationOf(
  measure: Measure,
  identifier: Identifier[],
  { patient, practitioner, encounter }: Links,
): Observation {
  const { code, name, category, value, unit, unitCode, measuredAt } = measure;
  return {
    resourceType: 'Observation',
    identifier,
    status: 'final',
    category: [concept(SYSTEMS.observationCategory, category)],
    code: concept(SYSTEMS.loinc, code, name),
    subject: patient,
    encounter,
    effectiveDateTime: utc(measuredAt),
    performer: [practitioner],
    valueQuantity: { value, unit, system: SYSTEMS.ucum, code: unitCode },
  };
}

function immunizationOf(shot: Shot, { patient, practitioner, location, encounter }: Links): Immunization {
  const { dose: value, unit, unitCode, timingCode } = shot;
  const reasons: Coding[] = [{ system: SYSTEMS.immunizationReason, code: shot.reasonCode }];
  if (timingCode !== undefined) reasons.push({ system: SYSTEMS.immunizationTiming, code: timingCode });
  return {
    resourceType: 'Immunization',
    status: 'completed',
    vaccineCode: concept(SYSTEMS.kfa, shot.vaccineCode, shot.vaccineName),
    patient,
    encounter,
    occurrenceDateTime: utc(shot.givenAt),
    primarySource: true,
    location,
    lotNumber: shot.lotNumber,
    expirationDate: shot.expiresOn,
    doseQuantity: { value, unit, system: SYSTEMS.ucum, code: unitCode },
    performer: [
      { function: concept(SYSTEMS.providerRole, 'AP', 'Administering Provider'), actor: practitioner },
    ],
    reasonCode: [{ coding: reasons }],
    protocolApplied: [{ doseNumberPositiveInt: shot.doseNumber }],
  };
}
