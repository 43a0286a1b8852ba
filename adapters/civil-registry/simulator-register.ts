/** The register's half of the stand-in: CALL_VERIFY_BY_ELEMEN with its login, quota, codes and fuzzy scores. */
import type { JsonObject, JsonValue } from '../../src/adapter-kit/contract.ts';
import type { Harness, SimulatorOptions } from '../../src/adapter-kit/simulator.ts';
import { likeness } from './simulator-likeness.ts';

const QUOTA_PER_DAY = 10_000;
const DAY_MS = 86_400_000;
/** Western Indonesian time is UTC+7 all year. */
const WIB_MS = 7 * 3_600_000;
const FUZZY = ['NAMA_LGKP', 'TMPT_LHR'];
const EXACT = ['TGL_LHR', 'JENIS_KLMIN', 'NO_KK'];
const STATUS_CODES: Record<string, string> = { deceased: '11', duplicate: '12', blocked: '14' };
const CODE_TEXTS: Record<string, string> = {
  '11': 'Data Ditemukan, Status Meninggal Dunia',
  '12': 'Data Ditemukan, Status Data Ganda',
  '13': 'Data Tidak Ditemukan',
  '14': 'Data Ditemukan, Status Non Aktif, Silahkan Hubungi Dinas Dukcapil',
  '15': 'NIK Tidak Sesuai Format Dukcapil',
};
/** Province 99 is nobody's: its NIKs are known, match whatever is sent, and behave as their serial says. */
const SERIALS = new Map(['11', '12', '13', '14'].map((code) => [`99${code}`, code]));

/** People that it holds a record of, by NIK. */
export type People = Map<string, JsonObject>;

export function register(
  { app }: Harness,
  options: SimulatorOptions,
  people: People,
): Record<string, (detail: JsonObject) => Promise<JsonObject>> {
  const today = (): number => Math.floor((options.now() + WIB_MS) / DAY_MS);
  let quota = { day: today(), left: QUOTA_PER_DAY };

  app.post('/dukcapil/get_json/*', async (c) => {
    const method = `/dukcapil/get_json/${options.settings['customerPath'] as string}/CALL_VERIFY_BY_ELEMEN`;
    if (c.req.path !== method) return c.html('<h1>404 Not Found</h1>', 404);
    const body = (await c.req.json().catch(() => ({}))) as JsonObject;
    if (quota.day !== today()) quota = { day: today(), left: QUOTA_PER_DAY };
    const login = [body['USER_ID'], body['PASSWORD'], body['IP_USER']];
    const known = [options.settings['userId'], options.settings['password'], options.settings['ipUser']];
    if (!login.every((one, at) => one === known[at]))
      return c.json(envelope({ RESPON: 'Login gagal' }, quota.left));
    if (quota.left === 0) return c.json(envelope({ RESPON: 'Kuota akses hari ini telah habis' }, 0));
    quota.left -= 1;
    return c.json(envelope(lookUp(people, body), quota.left));
  });

  return {
    async person(detail) {
      people.set(word(detail['nik']), detail);
      return {};
    },
    async quota(detail) {
      quota = { day: today(), left: Number(detail['remaining']) };
      return {};
    },
  };
}

function envelope(record: JsonObject, quotaLimiter: number): JsonObject {
  const page = { lastPage: true, numberOfElements: 1, totalElements: 1, firstPage: true, number: 0, size: 1 };
  return { content: [record], ...page, quotaLimiter };
}

function lookUp(people: People, sent: JsonObject): JsonObject {
  const nik = word(sent['NIK']);
  const threshold = Number(sent['TRESHOLD']);
  if (!(threshold >= 80 && threshold <= 100)) return { RESPON: 'Treshold tidak sesuai' };
  const person = people.get(nik);
  const code = person ? STATUS_CODES[word(person['status'])] : unlistedCode(nik);
  if (code) return { RESPONSE_CODE: code, RESPONSE_DESC: CODE_TEXTS[code]! };
  return { NIK: 'Sesuai', ...compare(sent, person ? wireRecord(person) : sent, threshold) };
}

function unlistedCode(nik: string): string | undefined {
  if (!/^\d{16}$/.test(nik) || nik.endsWith('0000')) return '15';
  return nik.startsWith('99') ? SERIALS.get(nik.slice(-4)) : '13';
}

function wireRecord(person: JsonObject): JsonObject {
  const sex = { male: 'Laki-Laki', female: 'Perempuan' }[word(person['sex'])];
  return {
    NAMA_LGKP: person['fullName'] ?? '',
    TMPT_LHR: person['birthPlace'] ?? '',
    TGL_LHR: word(person['birthDate']).split('-').toReversed().join('-'),
    JENIS_KLMIN: sex ?? '',
    NO_KK: person['familyCardNumber'] ?? '',
  };
}

/** One value per element sent; `-` where the record holds nothing to compare with. */
function compare(sent: JsonObject, record: JsonObject, threshold: number): JsonObject {
  const answer: JsonObject = {};
  for (const key of [...FUZZY, ...EXACT]) {
    if (sent[key] === undefined) continue;
    const [mine, theirs] = [word(sent[key]).toUpperCase(), word(record[key]).toUpperCase()];
    // A name with "Salah" (wrong) never matches: a demo needs no register to show a mismatch.
    const score = key === 'NAMA_LGKP' && mine.includes('SALAH') ? 59 : likeness(mine, theirs);
    const fuzzy = FUZZY.includes(key);
    const same = fuzzy ? score >= threshold : mine === theirs;
    answer[key] = theirs === '' ? '-' : `${same ? 'Sesuai' : 'Tidak Sesuai'}${fuzzy ? ` (${score})` : ''}`;
  }
  return answer;
}

function word(value: JsonValue | undefined): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
}
