/** The submitted application: held against its schema and put into one writing. */
import schema from '../../schemas/application.json' with { type: 'json' };
import type { ApplicationBody, Organization, Party, Person } from './application-body.ts';
import { normaliseNpwp, normalisePhone } from './formats.ts';
import type { Problem } from './problems.ts';
import { references } from './references.ts';
import { compile } from './validate.ts';

export type { ApplicationBody } from './application-body.ts';
export { sandboxProblems } from './sandbox.ts';
export { warnings } from './warnings.ts';

const checkSchema = compile(schema);

/** All problems of a submitted application, in its form and in what it refers to within itself. */
export function checkApplication(value: unknown): Problem[] {
  const problems = checkSchema(value);
  return problems.length > 0 ? problems : references(value as ApplicationBody);
}

const DEFAULT_LOCALE = 'id-ID';

/**
 * The application with names in NFC, phones in E.164, tax numbers as digits and the locale filled in. What is given
 * stays as it is; what needs no change (`formData`, documents) is shared with it.
 */
export function normaliseApplication(application: ApplicationBody): ApplicationBody {
  const { representative, subjects, organization } = application;
  return {
    ...application,
    locale: application.locale ?? DEFAULT_LOCALE,
    applicant: normaliseParty(application.applicant),
    ...(representative && {
      representative: { ...representative, party: normaliseParty(representative.party) },
    }),
    ...(subjects && { subjects: subjects.map(normaliseParty) }),
    ...(organization && { organization: normaliseOrganization(organization) }),
  };
}

function normaliseParty(party: Party): Party {
  return party.partyType === 'person' ? normalisePerson(party) : normaliseOrganization(party);
}

function normalisePerson(person: Person): Person {
  const { birthPlace, motherMaidenName } = person;
  return {
    ...person,
    ...normaliseNumbers(person),
    fullName: person.fullName.normalize('NFC'),
    ...(birthPlace !== undefined && { birthPlace: birthPlace.normalize('NFC') }),
    ...(motherMaidenName !== undefined && { motherMaidenName: motherMaidenName.normalize('NFC') }),
  };
}

function normaliseOrganization(organization: Organization): Organization {
  const { legalName, responsiblePerson } = organization;
  return {
    ...organization,
    ...normaliseNumbers(organization),
    legalName: legalName.normalize('NFC'),
    ...(responsiblePerson && { responsiblePerson: normalisePerson(responsiblePerson) }),
  };
}

function normaliseNumbers({ partyType, phone, npwp }: Party): { phone?: string; npwp?: string } {
  return {
    ...(phone !== undefined && { phone: normalisePhone(phone) }),
    ...(npwp !== undefined && { npwp: normaliseNpwp(npwp, partyType) }),
  };
}
