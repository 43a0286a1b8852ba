/** The parts of FHIR R4 that this adapter sends, as types: what is not here is not sent. */

export type Coding = { system: string; code: string; display?: string };
export type CodeableConcept = { coding: Coding[] };
export type Identifier = { use?: 'official'; system: string; value: string };
export type Reference = { reference: string; display?: string };
export type Period = { start: string; end?: string };
export type Quantity = { value: number; unit: string; system: string; code: string };

export type EncounterStatus = 'arrived' | 'in-progress' | 'finished';

export type Encounter = {
  resourceType: 'Encounter';
  identifier: Identifier[];
  status: EncounterStatus;
  statusHistory: { status: EncounterStatus; period: Period }[];
  class: Coding;
  subject: Reference;
  participant: { type: CodeableConcept[]; individual: Reference }[];
  period: Period;
  diagnosis?: { condition: Reference; use: CodeableConcept; rank: number }[];
  location: { location: Reference }[];
  serviceProvider: Reference;
};

export type Condition = {
  resourceType: 'Condition';
  identifier: Identifier[];
  clinicalStatus: CodeableConcept;
  category: CodeableConcept[];
  code: CodeableConcept;
  subject: Reference;
  encounter: Reference;
  recordedDate: string;
};

export type Observation = {
  resourceType: 'Observation';
  identifier: Identifier[];
  status: 'final';
  category: CodeableConcept[];
  code: CodeableConcept;
  subject: Reference;
  encounter: Reference;
  effectiveDateTime: string;
  performer: Reference[];
  valueQuantity: Quantity;
};

export type Immunization = {
  resourceType: 'Immunization';
  status: 'completed';
  vaccineCode: CodeableConcept;
  patient: Reference;
  encounter: Reference;
  occurrenceDateTime: string;
  primarySource: true;
  location: Reference;
  lotNumber: string;
  expirationDate: string;
  doseQuantity: Quantity;
  performer: { function: CodeableConcept; actor: Reference }[];
  reasonCode: CodeableConcept[];
  protocolApplied: { doseNumberPositiveInt: number }[];
};

export type Answer =
  | { valueBoolean: boolean }
  | { valueInteger: number }
  | { valueDecimal: number }
  | { valueDate: string }
  | { valueString: string }
  | { valueCoding: Coding };

export type Item = { linkId: string; text?: string; answer?: Answer[]; item?: Item[] };

export type QuestionnaireResponse = {
  resourceType: 'QuestionnaireResponse';
  identifier: Identifier;
  questionnaire: string;
  status: 'completed';
  subject: Reference;
  encounter?: Reference;
  authored: string;
  author: Reference;
  source: Reference;
  item: Item[];
};

export type Sent = Encounter | Condition | Observation | Immunization;

export type TransactionBundle = {
  resourceType: 'Bundle';
  type: 'transaction';
  entry: { fullUrl: string; resource: Sent; request: { method: 'POST'; url: Sent['resourceType'] } }[];
};

export const SYSTEMS = {
  nik: 'https://fhir.kemkes.go.id/id/nik',
  motherNik: 'https://fhir.kemkes.go.id/id/nik-ibu',
  ihsNumber: 'https://fhir.kemkes.go.id/id/ihs-number',
  actCode: 'http://terminology.hl7.org/CodeSystem/v3-ActCode',
  participation: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType',
  diagnosisRole: 'http://terminology.hl7.org/CodeSystem/diagnosis-role',
  conditionClinical: 'http://terminology.hl7.org/CodeSystem/condition-clinical',
  conditionCategory: 'http://terminology.hl7.org/CodeSystem/condition-category',
  observationCategory: 'http://terminology.hl7.org/CodeSystem/observation-category',
  providerRole: 'http://terminology.hl7.org/CodeSystem/v2-0443',
  icd10: 'http://hl7.org/fhir/sid/icd-10',
  loinc: 'http://loinc.org',
  ucum: 'http://unitsofmeasure.org',
  kfa: 'http://sys-ids.kemkes.go.id/kfa',
  immunizationReason: 'http://terminology.kemkes.go.id/CodeSystem/immunization-reason',
  immunizationTiming: 'http://terminology.kemkes.go.id/CodeSystem/immunization-routine-timing',
} as const;

/** One coding as a concept. */
export function concept(system: string, code: string, display?: string): CodeableConcept {
  return { coding: [{ system, code, ...(display !== undefined && { display }) }] };
}
