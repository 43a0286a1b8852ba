/** What a code means in three voices: what the citizen is told, what an officer does about it, what an engineer looks at. */
import type { LocalizedText } from '../outcome.ts';
import agencies from './codes-agencies.json' with { type: 'json' };
import bus from './codes-bus.json' with { type: 'json' };
import canonical from './codes-canonical.json' with { type: 'json' };
import problems from './codes-problems.json' with { type: 'json' };

export interface Voices {
  citizen: LocalizedText;
  officer: LocalizedText;
  engineer: string;
}

/** A row of an adapter's own table of errors. */
export interface KnownError {
  adapter: string;
  signal: string;
  is: string;
  code: string;
  meaning: LocalizedText;
}

/** What a citizen is told of most codes: the cause is not his, and what he has to do is nothing. */
export const CITIZEN = {
  wait: {
    id: 'Sistem instansi sedang terganggu. Permohonan tetap tersimpan dan dicoba lagi sendiri; Anda tidak perlu melakukan apa-apa.',
    en: "The agency's system is in trouble. The application is kept and tried again by itself; there is nothing for you to do.",
  },
  unsure: {
    id: 'Jawaban instansi sedang dipastikan. Jangan membayar atau mengajukan dua kali.',
    en: "The agency's answer is being made sure of. Do not pay or apply a second time.",
  },
  officer: {
    id: 'Petugas sedang memeriksa permohonan Anda; Anda akan diberi tahu.',
    en: 'An officer is looking into your application; you will be told.',
  },
  ours: {
    id: 'Ada kesalahan di pihak kami, bukan pada data Anda. Petugas sedang memperbaikinya.',
    en: 'There is a fault on our side, not in your data. It is being mended.',
  },
  no: {
    id: 'Instansi tidak dapat memenuhi permohonan ini. Petugas menjelaskan alasan, dasar hukum dan cara keberatan.',
    en: 'The agency cannot grant this application. An officer explains the reason, the law and how to object.',
  },
  pay: {
    id: 'Pembayaran tidak dapat diproses. Hubungi bank Anda, atau minta petugas membuat tagihan baru.',
    en: 'The payment cannot be made. Ask your bank, or ask an officer for a new bill.',
  },
  again: {
    id: 'Permohonan belum terkirim. Petugas memeriksa isiannya lalu mengirim lagi.',
    en: 'The application was not sent yet. An officer looks at what was filled in and sends it again.',
  },
  late: {
    id: 'Permohonan melewati waktu yang dijanjikan. Ini bukan kesalahan Anda; petugas menindaklanjutinya.',
    en: 'The application is later than promised. This is not your fault; an officer follows it up.',
  },
  none: {
    id: 'Tidak ada yang perlu Anda lakukan.',
    en: 'There is nothing for you to do.',
  },
} satisfies Record<string, LocalizedText>;

type Told = string | LocalizedText;

interface Row {
  citizen: Told;
  officer: LocalizedText;
  engineer: string;
}

const OWN = new Map<string, Row>(Object.entries({ ...problems, ...bus, ...canonical }));
const OF_AGENCIES = new Map<string, Told>(Object.entries(agencies));

/** Codes that the bus itself, its doors and officers speak in. */
export const OWN_CODES: ReadonlySet<string> = new Set(OWN.keys());
/** Codes whose officers' words are those of the adapter that lists them. */
export const AGENCY_CODES: ReadonlySet<string> = new Set(OF_AGENCIES.keys());
/** Reason codes that an officer may decide by, or an agency may answer with. */
export const REASON_CODES: ReadonlySet<string> = new Set(Object.keys(canonical));

/** Families of codes: `HTTP_503`, `schema_maxLength`. */
function named(code: string): string {
  if (/^HTTP_\d{3}$/.test(code)) return 'HTTP';
  return code.startsWith('schema_') ? 'schema' : code;
}

/** A connector that brings codes of its own says by their kind what the citizen hears. */
const BY_KIND: Record<string, keyof typeof CITIZEN> = {
  refused: 'no',
  sendBack: 'officer',
  retry: 'wait',
  away: 'wait',
  unknown: 'unsure',
};

const told = (what: Told): LocalizedText =>
  typeof what === 'string' ? CITIZEN[what as keyof typeof CITIZEN] : what;

/** What a citizen is told of a code, whoever gave it. */
export function citizenText(code: string, is = 'refused'): LocalizedText {
  const known = OWN.get(named(code))?.citizen ?? OF_AGENCIES.get(code);
  return told(known ?? BY_KIND[is] ?? 'officer');
}

/** All three voices; undefined of a code that nobody has listed. */
export function voicesOf(code: string, errors: readonly KnownError[] = []): Voices | undefined {
  const own = OWN.get(named(code));
  const listed = errors.filter((one) => one.code === code);
  const first = listed[0];
  if (!own && !first) return undefined;
  const signals = [...new Set(listed.map(({ adapter, is, signal }) => `${adapter}: ${signal} (${is})`))];
  return {
    citizen: citizenText(code, first?.is),
    officer: own?.officer ?? first!.meaning,
    engineer: [...(own ? [own.engineer] : []), ...signals].join('\n'),
  };
}
