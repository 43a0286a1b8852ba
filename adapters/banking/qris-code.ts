/** What is inside a QRIS code (EMVCo merchant-presented TLV, CRC-16): read before anybody is asked to scan it. */
import type { Tools } from '../../src/adapter-kit/contract.ts';

export interface QrisCode {
  /** Made for one bill; a static one hangs on a wall and holds no amount. */
  dynamic: boolean;
  /** Whole rupiah; null when the payer has to type it. */
  amount: number | null;
  merchantName: string;
  merchantCity: string;
  /** National merchant id (NMID): `ID` and 13 digits. */
  nationalId?: string;
  /** Bill number (62.01), else reference (62.05). */
  reference?: string;
}

/** Our bound; a SNAP qrContent has at most 512. */
const MOST_CHARACTERS = 1024;
const IDR = '360';

/** Null when it is no QRIS code that an app could pay: broken TLV, wrong checksum, another country or currency. */
export function readQris(text: string, tools: Pick<Tools, 'bytes'>): QrisCode | null {
  if (text.length > MOST_CHARACTERS || !isSound(text, tools)) return null;
  const fields = readTlv(text);
  if (!fields || fields.get('00') !== '01' || fields.get('53') !== IDR || fields.get('58') !== 'ID')
    return null;
  const [merchantName, merchantCity] = [fields.get('59'), fields.get('60')];
  if (merchantName === undefined || merchantCity === undefined || !hasAccount(fields)) return null;
  const told = fields.get('54');
  const amount = told === undefined ? null : wholeRupiah(told);
  if (told !== undefined && amount === null) return null;
  const nationalId = readTlv(fields.get('51') ?? '')?.get('02');
  const additional = readTlv(fields.get('62') ?? '');
  const reference = additional?.get('01') ?? additional?.get('05');
  return {
    dynamic: fields.get('01') === '12',
    amount,
    merchantName,
    merchantCity,
    ...(nationalId !== undefined && { nationalId }),
    ...(reference !== undefined && { reference }),
  };
}

/** Everything up to and with `6304` is covered by the four hexadecimal digits after it. */
function isSound(text: string, tools: Pick<Tools, 'bytes'>): boolean {
  const parts = /^([^]*6304)([0-9A-F]{4})$/.exec(text);
  return parts !== null && crc16(tools.bytes(parts[1]!)) === parts[2];
}

/** Tag (2), length (2, decimal), value; null when they do not fill the text exactly, or a tag comes twice. */
function readTlv(text: string): Map<string, string> | null {
  const fields = new Map<string, string>();
  for (let at = 0; at < text.length;) {
    const head = /^(\d\d)(\d\d)$/.exec(text.slice(at, at + 4));
    if (!head) return null;
    const [, tag, length] = head;
    const value = text.slice(at + 4, at + 4 + Number(length));
    if (value.length !== Number(length) || value === '' || fields.has(tag!)) return null;
    fields.set(tag!, value);
    at += 4 + value.length;
  }
  return fields;
}

/** Accounts of acquirers (26–45) or the national one (51). */
function hasAccount(fields: Map<string, string>): boolean {
  return [...fields.keys()].some((tag) => (tag >= '26' && tag <= '45') || tag === '51');
}

function wholeRupiah(text: string): number | null {
  const digits = /^(\d{1,13})(?:\.0{0,2})?$/.exec(text);
  return digits ? Number(digits[1]) : null;
}

/** CRC-16/IBM-3740: polynomial 1021, start FFFF, nothing reflected or inverted; four upper-case digits. */
export function crc16(bytes: Uint8Array): string {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 0x8000 ? ((crc << 1) ^ 0x1021) & 0xffff : crc << 1;
  }
  return crc.toString(16).toUpperCase().padStart(4, '0');
}
