/** Looking up people: a patient or a practitioner by NIK, and a mother's newborn. */
import type { Call, JsonObject, Operation, Outcome, WireReply } from '../../src/adapter-kit/contract.ts';
import { failureOf } from './outcomes.ts';
import { SYSTEMS } from './r4.ts';
import newbornInput from './schemas/findNewborn.input.json' with { type: 'json' };
import newbornOutput from './schemas/findNewborn.output.json' with { type: 'json' };
import patientInput from './schemas/findPatient.input.json' with { type: 'json' };
import patientOutput from './schemas/findPatient.output.json' with { type: 'json' };
import practitionerInput from './schemas/findPractitioner.input.json' with { type: 'json' };
import practitionerOutput from './schemas/findPractitioner.output.json' with { type: 'json' };
import { identifiers, paged, search } from './search.ts';
import { BAD_RESPONSE, idOf, list, object, text } from './values.ts';

type ByNik = { nik: string };
type Newborn = { motherNik: string; birthDate?: string; onMismatch?: string };

const SEXES = new Set(['male', 'female']);

/** What SATUSEHAT shows of somebody; of others' patients the name is partly hidden. */
function shown(resource: JsonObject): JsonObject {
  const name = list(resource['name'])[0] ?? {};
  const given = Array.isArray(name['given']) ? name['given'].map((one) => text(one)) : [];
  const whole = text(name['text']) || [...given, text(name['family'])].filter((one) => one !== '').join(' ');
  const sex = text(resource['gender']);
  const birthDate = text(resource['birthDate']);
  return {
    ...(whole !== '' && { name: whole }),
    ...(SEXES.has(sex) && { sex }),
    ...(/^\d{4}-\d{2}-\d{2}$/.test(birthDate) && { birthDate }),
  };
}

/** The one resource that bears a NIK, as `conclude` shows it. */
function byNik(type: 'Patient' | 'Practitioner', none: string, conclude: (one: JsonObject) => Outcome) {
  return (wire: WireReply, { nik }: ByNik, call: Call): Outcome => {
    const read = paged(wire, call, type, (found) => {
      // A server that passes over the question answers with somebody else.
      const others = found.some((one) => identifiers(one, SYSTEMS.nik).some((value) => isOther(value, nik)));
      if (others) return BAD_RESPONSE;
      const [first, second] = found;
      if (!first) return { is: 'refused', code: none };
      return second ? { is: 'refused', code: 'NIK_DUPLICATE' } : conclude(first);
    });
    return read ?? failureOf(wire, call);
  };
}

/** A masked NIK (`99010145********`) contradicts nothing. */
function isOther(value: string, nik: string): boolean {
  return /^\d{16}$/.test(value) && value !== nik;
}

function ihsNumberOf(patient: JsonObject): string {
  return identifiers(patient, SYSTEMS.ihsNumber)[0] || idOf(patient);
}

function patientOf(patient: JsonObject): Outcome {
  const ihsNumber = ihsNumberOf(patient);
  return ihsNumber === '' ? BAD_RESPONSE : { is: 'ok', output: { ihsNumber, ...shown(patient) } };
}

function practitionerOf(practitioner: JsonObject): Outcome {
  const practitionerId = idOf(practitioner);
  if (practitionerId === '') return BAD_RESPONSE;
  const { birthDate: _, ...rest } = shown(practitioner);
  return { is: 'ok', output: { practitionerId, ...rest } };
}

function newbornReply(wire: WireReply, input: Newborn, call: Call): Outcome {
  const read = paged(wire, call, 'Patient', (found) => {
    const meant = found.filter(
      (one) => input.birthDate === undefined || text(one['birthDate']) === input.birthDate,
    );
    if (meant.length === 0) return notReported(input);
    const newborns = meant.map((one) => {
      const order = object(one)['multipleBirthInteger'];
      const birthOrder = typeof order === 'number' && Number.isInteger(order) && order > 0 ? order : null;
      return { ihsNumber: ihsNumberOf(one), ...shown(one), ...(birthOrder !== null && { birthOrder }) };
    });
    if (newborns.some(({ ihsNumber }) => ihsNumber === '')) return BAD_RESPONSE;
    return { is: 'ok', output: { newborns } };
  });
  return read ?? failureOf(wire, call);
}

/** A wrong day is the applicant's to mend, where the route has it so. */
function notReported({ birthDate, onMismatch }: Newborn): Outcome {
  const code = 'NEWBORN_NOT_FOUND';
  if (onMismatch !== 'sendBack') return { is: 'refused', code };
  const pointer = birthDate === undefined ? '/motherNik' : '/birthDate';
  return { is: 'sendBack', corrections: [{ pointer, code }] };
}

export const findPatient = {
  title: { id: 'Cari pasien menurut NIK', en: 'Find a patient by NIK' },
  effect: 'read',
  input: patientInput,
  output: patientOutput,
  inUrl: { '/nik': 'FHIR searches by identifier in the query.' },
  request: ({ nik }) => search('Patient', { identifier: `${SYSTEMS.nik}|${nik}` }),
  reply: byNik('Patient', 'PATIENT_NOT_FOUND', patientOf),
} satisfies Operation<ByNik>;

export const findPractitioner = {
  title: { id: 'Cari tenaga kesehatan menurut NIK', en: 'Find a practitioner by NIK' },
  effect: 'read',
  input: practitionerInput,
  output: practitionerOutput,
  inUrl: { '/nik': 'FHIR searches by identifier in the query.' },
  request: ({ nik }) => search('Practitioner', { identifier: `${SYSTEMS.nik}|${nik}` }),
  reply: byNik('Practitioner', 'PRACTITIONER_NOT_FOUND', practitionerOf),
} satisfies Operation<ByNik>;

/** What the facility of birth reported: the notice of birth, before the child has a NIK. */
export const findNewborn = {
  title: { id: 'Cari bayi baru lahir menurut NIK ibu', en: 'Find a newborn by the mother’s NIK' },
  effect: 'read',
  input: newbornInput,
  output: newbornOutput,
  drops: {
    '/birthDate': 'The search takes only the mother’s NIK; the date picks among the answers.',
    '/onMismatch': 'How the route takes it that none is found: decided on the answer.',
  },
  inUrl: { '/motherNik': 'FHIR searches by identifier in the query.' },
  request: ({ motherNik }) => search('Patient', { identifier: `${SYSTEMS.motherNik}|${motherNik}` }),
  reply: newbornReply,
} satisfies Operation<Newborn>;
