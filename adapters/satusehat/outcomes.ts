/** What a refusal of SATUSEHAT means: by the issue's code and words first, by HTTP status second. */
import type { Call, ErrorRow, JsonObject, Outcome, WireReply } from '../../src/adapter-kit/contract.ts';
import { BAD_RESPONSE, list, object, text } from './values.ts';

interface Issue {
  code: string;
  words: string;
}

/** The first issue of an OperationOutcome; null when the reply is none. */
function issueOf({ body }: WireReply): Issue | null {
  const outcome = object(body);
  if (outcome['resourceType'] !== 'OperationOutcome') return null;
  const issue: JsonObject = list(outcome['issue'])[0] ?? {};
  const told = text(object(issue['details'])['text']) || text(issue['diagnostics']);
  return {
    code: text(issue['code']),
    words: (told || text(object(outcome['text'])['status'])).slice(0, 500),
  };
}

/** Our identifier was stored before: what became of it is to be searched. */
export function isDuplicate(wire: WireReply): boolean {
  return wire.status < 500 && issueOf(wire)?.code === 'duplicate';
}

/** Only FHIR's own answer: a gateway's 404 must never pass for "there is none". */
export function isNotFound(wire: WireReply): boolean {
  return wire.status === 404 && issueOf(wire)?.code === 'not-found';
}

/** Rule 10117 of the platform: the organization in a sys-ids URL is not the client's own. */
const RULE_OF_ORGANIZATION = '10117';

const BY_ISSUE: Record<string, Outcome> = {
  'invalid-access-token': { is: 'retry', code: 'TOKEN_REFUSED' },
  login: { is: 'away', code: 'AUTH_FAILED' },
  forbidden: { is: 'refused', code: 'ACCESS_REFUSED' },
  security: { is: 'refused', code: 'ACCESS_REFUSED' },
  suppressed: { is: 'refused', code: 'ACCESS_REFUSED' },
  'not-found': { is: 'refused', code: 'NOT_FOUND' },
};
/** Issue codes by which R4 says that what was sent is wrong. */
const WRONG_DATA = new Set([
  ...['invalid', 'structure', 'required', 'value', 'invariant', 'not-supported', 'business-rule'],
  ...['code-invalid', 'extension', 'too-long', 'multiple-matches'],
]);

/** The outcome of a reply that is no success. */
export function failureOf(wire: WireReply, { tools }: Pick<Call, 'tools'>): Outcome {
  const issue = wire.status < 500 ? issueOf(wire) : null;
  if (!issue) return tools.byStatus(wire) ?? BAD_RESPONSE;
  const { code, words } = issue;
  const rule = /\(RuleNumber: ?(\d{1,9})\)/.exec(words)?.[1];
  if (rule === RULE_OF_ORGANIZATION) return refused('WRONG_ORGANIZATION', words);
  if (rule !== undefined) return refused('RULE_VIOLATED', words);
  if (/business rule/i.test(words)) return refused('ACCESS_REFUSED', words);
  if (code === 'throttled') return tools.byStatus({ ...wire, status: 429 }) ?? BAD_RESPONSE;
  const known = Object.hasOwn(BY_ISSUE, code) ? BY_ISSUE[code] : undefined;
  if (known) return known.is === 'refused' ? refused(known.code, words) : known;
  if (WRONG_DATA.has(code)) return refused('INVALID_DATA', words);
  return tools.byStatus(wire) ?? BAD_RESPONSE;
}

function refused(code: string, words: string): Outcome {
  return { is: 'refused', code, ...(words !== '' && { text: words }) };
}

/** What a failed question says of the operation it asked about: nothing, unless SATUSEHAT serves nobody. */
export function failedQuestion(wire: WireReply, call: Pick<Call, 'tools'>): Outcome {
  const failure = failureOf(wire, call);
  return failure.is === 'away' || !('code' in failure) ? failure : { is: 'unknown', code: failure.code };
}

const row = (signal: string, is: ErrorRow['is'], code: string, id: string, en: string): ErrorRow => ({
  signal,
  is,
  code,
  meaning: { id, en },
});

export const errors: ErrorRow[] = [
  row(
    'total 0 (Patient)',
    'refused',
    'PATIENT_NOT_FOUND',
    'NIK ini belum ada di SATUSEHAT.',
    'SATUSEHAT knows nobody with this NIK.',
  ),
  row(
    'total 0 (nik-ibu)',
    'refused',
    'NEWBORN_NOT_FOUND',
    'Belum ada bayi yang dilaporkan fasyankes untuk NIK ibu ini.',
    'No facility has reported a newborn for this mother’s NIK.',
  ),
  row(
    'total 0 (nik-ibu), where the route sends back',
    'sendBack',
    'NEWBORN_NOT_FOUND',
    'Belum ada bayi yang dilaporkan dengan data ini; pemohon memeriksa tanggal lahir atau NIK ibu.',
    'No newborn is reported with these data; the applicant checks the day of birth or the mother’s NIK.',
  ),
  row(
    'total 0 (Practitioner)',
    'refused',
    'PRACTITIONER_NOT_FOUND',
    'NIK ini bukan nakes terdaftar.',
    'No practitioner is registered with this NIK.',
  ),
  row(
    'total 0, or not-found (Organization)',
    'refused',
    'ORGANIZATION_NOT_FOUND',
    'Organisasi ini tidak terdaftar.',
    'No such organization is registered.',
  ),
  row(
    'several Organizations of one name',
    'refused',
    'ORGANIZATION_AMBIGUOUS',
    'Beberapa organisasi bernama sama; pakai ID.',
    'Several organizations bear this name; ask by id.',
  ),
  row(
    'several Patients or Practitioners of one NIK',
    'refused',
    'NIK_DUPLICATE',
    'NIK ini dimiliki lebih dari satu data; laporkan ke Kemenkes.',
    'More than one record bears this NIK; report it to the ministry.',
  ),
  row(
    'not-found (Consent, PUT)',
    'refused',
    'CONSENT_NOT_FOUND',
    'Belum ada persetujuan yang dapat diubah.',
    'There is no consent to change yet.',
  ),
  row(
    'not-found',
    'refused',
    'NOT_FOUND',
    'Sumber daya yang dirujuk tidak ada.',
    'A resource that was referred to does not exist.',
  ),
  row(
    'RuleNumber: 10117',
    'refused',
    'WRONG_ORGANIZATION',
    'organizationId bukan milik client ini; perbaiki pengaturan.',
    'organizationId is not this client’s own; mend the settings.',
  ),
  row(
    'RuleNumber: other',
    'refused',
    'RULE_VIOLATED',
    'Aturan SATUSEHAT tidak dipenuhi; lihat teks jawaban.',
    'A rule of SATUSEHAT is not met; see the reply’s text.',
  ),
  row(
    'value, required, structure, invariant, code-invalid, …',
    'refused',
    'INVALID_DATA',
    'Isi data ditolak; lihat teks jawaban.',
    'What was sent is refused; see the reply’s text.',
  ),
  row(
    '403 business rule, forbidden, security, suppressed',
    'refused',
    'ACCESS_REFUSED',
    'Client ini tidak berhak atas data tersebut; minta akses ke Kemenkes.',
    'This client has no right to the resource; ask the ministry for it.',
  ),
  row(
    '401 invalid-access-token',
    'retry',
    'TOKEN_REFUSED',
    'Token habis masa; bus masuk lagi sendiri.',
    'The token has ended; the bus signs in again by itself.',
  ),
  row(
    '401 invalid-access-token, when asked',
    'unknown',
    'TOKEN_REFUSED',
    'Token habis masa saat bertanya; bus bertanya lagi.',
    'The token ended on a question; the bus asks again.',
  ),
  row(
    '401 or 403 without an issue, login; 400 on signing in',
    'away',
    'AUTH_FAILED',
    'clientId atau clientSecret ditolak; perbaiki pengaturan.',
    'clientId or clientSecret is refused; mend the settings.',
  ),
  row(
    '429, throttled',
    'retry',
    'RATE_LIMITED',
    'Terlalu sering; bus menunggu.',
    'Too many requests; the bus waits.',
  ),
  row(
    '503',
    'retry',
    'AGENCY_UNAVAILABLE',
    'SATUSEHAT sedang tidak melayani.',
    'SATUSEHAT does not serve now.',
  ),
  row(
    'our identifier is on no page of a search',
    'retry',
    'NOT_RECEIVED',
    'Kiriman tidak pernah sampai; bus mengirim lagi.',
    'What was sent never arrived; the bus sends it again.',
  ),
  row(
    'duplicate, but a search finds nothing',
    'unknown',
    'DUPLICATE_NOT_FOUND',
    'Dikatakan sudah ada, tetapi tidak ditemukan; bus bertanya lagi.',
    'Said to exist, yet not found; the bus asks again.',
  ),
  row('500', 'unknown', 'HTTP_500', 'Gangguan di SATUSEHAT.', 'SATUSEHAT failed.'),
  row('504', 'unknown', 'HTTP_504', 'Gerbang SATUSEHAT kehabisan waktu.', 'SATUSEHAT’s gateway timed out.'),
  row(
    'anything unreadable',
    'unknown',
    'BAD_RESPONSE',
    'Jawaban tidak terbaca.',
    'The reply cannot be read.',
  ),
];
