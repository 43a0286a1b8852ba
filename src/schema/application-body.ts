/** The application as a platform submits it: schemas/application.json, version 1, in types. */

/** The domain's JsonObject in shape: schema/ depends on nothing of ours. */
type JsonObject = { [key: string]: JsonValue };
type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject;

export type LegalBasis =
  'consent' | 'contract' | 'legalObligation' | 'vitalInterest' | 'publicTask' | 'legitimateInterest';

/** Whole rupiah. */
export interface Money {
  value: number;
  currency: 'IDR';
}

export interface Address {
  street?: string;
  rt?: string;
  rw?: string;
  regionCode?: string;
  postalCode?: string;
  country?: string;
}

/** Where a value came from; by field name in `provenance`. */
export interface Provenance {
  source: 'applicant' | 'staff' | 'registry' | 'document';
  agencyCode?: string;
  checkedAt?: string;
  result?: 'match' | 'mismatch' | 'notFound' | 'notChecked';
}

export interface Person {
  partyType: 'person';
  roles: string[];
  fullName: string;
  nik?: string;
  /** Stands for a NIK that is not there yet, with the reason. */
  temporaryId?: string;
  temporaryIdReason?: 'newborn' | 'undocumented' | 'shortStayForeigner';
  familyCardNumber?: string;
  /** `2026-01-31` */
  birthDate?: string;
  birthPlace?: string;
  sex?: 'male' | 'female';
  nationality?: string;
  maritalStatus?: 'single' | 'married' | 'divorced' | 'widowed';
  religion?: string;
  address?: Address;
  phone?: string;
  email?: string;
  passportNumber?: string;
  stayPermitNumber?: string;
  npwp?: string;
  jknNumber?: string;
  motherMaidenName?: string;
  identityAssurance?: 'declared' | 'documentSighted' | 'registryMatched' | 'biometricMatched';
  identityProvider?: string;
  provenance?: Record<string, Provenance>;
}

export interface Organization {
  partyType: 'organization';
  roles: string[];
  legalName: string;
  legalForm?: 'perorangan' | 'CV' | 'PT' | 'koperasi' | 'yayasan' | 'desa';
  nib?: string;
  npwp?: string;
  nitku?: string;
  responsiblePerson?: Person;
  address?: Address;
  phone?: string;
  email?: string;
  provenance?: Record<string, Provenance>;
}

export type Party = Person | Organization;

export interface Representative {
  kind: string;
  party: Party;
  authorityDocumentId?: string;
  scope: ('submit' | 'correct' | 'pay' | 'receive' | 'complain')[];
  validUntil?: string;
}

/** A document's description; its bytes come by `PUT /v1/documents/{sha256}`. */
export interface ListedDocument {
  documentId: string;
  documentTypeCode: string;
  requirementCode?: string;
  title?: string;
  fileName?: string;
  mediaType: string;
  sizeBytes: number;
  sha256: string;
  source?: 'uploaded' | 'scanned' | 'photographed' | 'agencyIssued' | 'fetched';
  originalSighted?: { by: string; at: string };
  documentNumber?: string;
  issuerAgencyCode?: string;
  issuedOn?: string;
  validUntil?: string;
  eSignature?: { present: boolean; provider?: string; status?: string; checkedAt?: string };
  replaces?: string;
  classification?: 'public' | 'personal' | 'specific';
}

export interface Evidence {
  evidenceId: string;
  requirementCode: string;
  providerAgencyCode: string;
  requestedAt?: string;
  explicitRequestGiven?: boolean;
  previewed?: boolean;
  legalBasis?: LegalBasis;
  result?: 'match' | 'mismatch' | 'notFound' | 'provided' | 'availableLater' | 'refused' | 'error';
  elements?: { name: string; matches: boolean }[];
  documentId?: string;
  validUntil?: string;
  cost?: Money;
}

export interface Consent {
  consentId: string;
  dataSubject?: string;
  legalBasis?: LegalBasis;
  purposeCode: string;
  purposeText?: string;
  dataCategories: string[];
  recipients: string[];
  agreementVersion?: string;
  method: 'signature' | 'otp' | 'inApp' | 'witnessedOral' | 'paperScan';
  givenBy: 'subject' | 'guardian';
  witness?: string;
  givenAt: string;
  expiresAt?: string;
  withdrawnAt?: string;
  evidenceDocumentId?: string;
}

export interface Fee {
  feeId?: string;
  feeCode: string;
  kind: string;
  payeeAgencyCode?: string;
  legalBasis?: string;
  amount: Money;
  formulaRef?: string;
  assessedAt?: string;
  mandatory?: boolean;
  waiver?: { code: string; reason?: string; by?: string };
  status: string;
  bill?: { scheme: string; number: string; issuedAt?: string; expiresAt?: string };
}

export interface Payment {
  paymentId: string;
  feeIds: string[];
  method: string;
  providerCode?: string;
  externalId?: string;
  virtualAccountNo?: string;
  amount: Money;
  status: string;
  paidAt?: string;
  bankReference?: string;
  stateReceipt?: string;
  regionalReceipt?: string;
  settled?: boolean;
  reconciledAt?: string;
}

export interface Capture {
  capturedAt: string;
  capturedBy?: string;
  deviceId?: string;
  offline?: boolean;
  syncedAt?: string;
  geo?: { latitude: number; longitude: number; accuracyMetres?: number };
}

export interface Priority {
  level: 'normal' | 'priority' | 'urgent';
  vulnerableGroups?: string[];
  disabilities?: string[];
  accommodations?: string[];
  biometricExceptions?: string[];
}

/** `kind`: vehicle, landParcel, building, businessActivity, event; each with fields of its own. */
export type SubjectMatter = { kind: string } & JsonObject;

export interface ApplicationBody {
  /** `1.x.y` */
  schemaVersion: string;
  clientReference: string;
  serviceCode: string;
  serviceVersion?: string;
  lifeEvent?: string;
  /** Where it was taken; not where it is decided. */
  mppSiteCode: string;
  jurisdictionCode: string;
  channel: 'direct' | 'mobile' | 'self' | 'electronic';
  channelDetail?: string;
  capture?: Capture;
  /** BCP 47; `id-ID` once normalised. */
  locale?: string;
  serviceSpeed?: 'regular' | 'expedited';
  submittedAt?: string;
  applicant: Party;
  representative?: Representative;
  subjects?: Party[];
  organization?: Organization;
  subjectMatter?: SubjectMatter;
  /** Held against the service's own form schema. */
  formData: JsonObject;
  documents?: ListedDocument[];
  evidence?: Evidence[];
  consents?: Consent[];
  legalBasis?: LegalBasis;
  fees?: Fee[];
  payments?: Payment[];
  priority?: Priority;
  relatedApplicationIds?: string[];
}
