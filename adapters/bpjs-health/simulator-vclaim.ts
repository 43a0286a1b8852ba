/** The stand-in's members: anybody by NIK or card, some inactive, some unknown. */
import { createHash } from 'node:crypto';
import type { Context } from 'hono';
import type { JsonObject } from '../../src/adapter-kit/contract.ts';
import type { Harness } from '../../src/adapter-kit/simulator.ts';
import type { Door } from './simulator-door.ts';

const NONE = { code: 201, message: 'Data peserta tidak ditemukan' };
const BAD_DATE = { code: 201, message: 'Format tanggal tidak valid' };
const UNKNOWN_SERIAL = '9921';
const INACTIVE_SERIAL = '9922';

export function members({ app }: Harness, door: Door): void {
  const answer = (c: Context, serial: string, nik: string, card: string): Response => {
    if (!/^\d{4}-\d{2}-\d{2}$/.test(c.req.param('date')!)) return door.plain(c, 'vclaim', BAD_DATE);
    if (serial.endsWith(UNKNOWN_SERIAL)) return door.plain(c, 'vclaim', NONE);
    return door.sealed(c, 'vclaim', { peserta: member(nik, card, serial.endsWith(INACTIVE_SERIAL)) });
  };
  app.get(`${door.root('vclaim')}/Peserta/nik/:nik/tglSEP/:date`, (c) => {
    const nik = c.req.param('nik');
    return answer(c, nik, nik, cardOf(nik));
  });
  app.get(`${door.root('vclaim')}/Peserta/nokartu/:card/tglSEP/:date`, (c) => {
    const card = c.req.param('card');
    return answer(c, card, '9901010508900001', card);
  });
}

/** The same card for the same NIK at every start. */
export function cardOf(nik: string): string {
  const number = BigInt(`0x${createHash('sha256').update(nik).digest('hex').slice(0, 12)}`);
  return `000${String(number).padStart(10, '0').slice(-10)}`;
}

function member(nik: string, card: string, isInactive: boolean): JsonObject {
  const day = Number(nik.slice(6, 8));
  const isWoman = day > 40;
  const born = `19${nik.slice(10, 12)}-${nik.slice(8, 10)}-${String(isWoman ? day - 40 : day).padStart(2, '0')}`;
  return {
    nama: isWoman ? 'CONTOH IBU' : 'CONTOH BAPAK',
    nik,
    noKartu: card,
    sex: isWoman ? 'P' : 'L',
    tglLahir: born,
    tglCetakKartu: '2020-01-01',
    tglTAT: '2099-12-31',
    tglTMT: '2020-01-01',
    pisa: '1',
    statusPeserta: isInactive
      ? { kode: '2', keterangan: 'PENANGGUHAN PEMBAYARAN' }
      : { kode: '0', keterangan: 'AKTIF' },
    jenisPeserta: { kode: '14', keterangan: 'PEKERJA MANDIRI' },
    hakKelas: { kode: '3', keterangan: 'KELAS III' },
    provUmum: { kdProvider: '0099U001', nmProvider: 'PUSKESMAS CONTOH' },
    mr: { noMR: null, noTelepon: null },
    cob: { nmAsuransi: null, noAsuransi: null, tglTAT: null, tglTMT: null },
    informasi: { dinsos: null, noSKTM: null, prolanisPRB: null, eSEP: null },
    umur: { umurSekarang: '35 tahun', umurSaatPelayanan: '35 tahun' },
  };
}
