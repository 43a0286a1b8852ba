/** Everybody who stands in an application, wherever. */
import type { ApplicationBody, Organization, Party } from './application-body.ts';

export interface PlacedParty {
  pointer: string;
  party: Party;
}

/** Everybody in an application, organisations' responsible persons too. */
export function parties(application: ApplicationBody): PlacedParty[] {
  const { applicant, representative, subjects = [], organization } = application;
  const found: PlacedParty[] = [{ pointer: '/applicant', party: applicant }];
  if (representative) found.push({ pointer: '/representative/party', party: representative.party });
  subjects.forEach((party, index) => found.push({ pointer: `/subjects/${index}`, party }));
  if (organization) found.push({ pointer: '/organization', party: organization });
  return found.flatMap((placed) => [placed, ...responsible(placed)]);
}

function responsible({ pointer, party }: PlacedParty): PlacedParty[] {
  const person = (party as Organization).responsiblePerson;
  return person ? [{ pointer: `${pointer}/responsiblePerson`, party: person }] : [];
}
