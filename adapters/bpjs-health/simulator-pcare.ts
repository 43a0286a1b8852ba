/** The stand-in's health centre: visits of a day by card and clinic, listed by position, numbered as they come. */
import type { JsonObject } from '../../src/adapter-kit/contract.ts';
import type { Harness } from '../../src/adapter-kit/simulator.ts';
import type { Door, Told } from './simulator-door.ts';
import { text } from './values.ts';

interface Visit {
  date: string;
  card: string;
  clinic: string;
  number: string;
}

const CREATED: Told = { code: 201, message: 'CREATED' };
const TWICE: Told = { code: 401, message: 'Peserta sudah di-entri di poli yang sama pada hari yang sama.' };
const EMPTY: Told = { code: 204, message: 'NO_CONTENT' };
const NONE: Told = { code: 412, message: 'Data pendaftaran tidak ditemukan' };
const PRECONDITION: Told = { code: 412, message: 'PRECONDITION_FAILED' };

export interface Centre {
  /** So many others of that day, before ours. */
  crowd(date: string, count: number): void;
}

export function healthCentre({ app }: Harness, door: Door): Centre {
  let visits: Visit[] = [];
  const root = `${door.root('pcare')}/pendaftaran`;
  app.post(root, async (c) => {
    const body = await door.body(c);
    const [date, card, clinic] = [text(body['tglDaftar']), text(body['noKartu']), text(body['kdPoli'])];
    const wrong = faultOf(body);
    if (wrong) return door.plain(c, 'pcare', PRECONDITION, [wrong]);
    if (visits.some((one) => one.date === date && one.card === card && one.clinic === clinic))
      return door.plain(c, 'pcare', TWICE);
    const number = `A${visits.filter((one) => one.date === date).length + 1}`;
    visits.push({ date, card, clinic, number });
    return door.sealed(c, 'pcare', { field: 'noUrut', message: number }, CREATED);
  });
  app.get(`${root}/tglDaftar/:date/:start/:limit`, (c) => {
    const ofDay = visits.filter((one) => one.date === c.req.param('date'));
    if (ofDay.length === 0) return door.plain(c, 'pcare', EMPTY);
    const start = Number(c.req.param('start'));
    const shown = ofDay.slice(start, start + Number(c.req.param('limit')));
    return door.sealed(c, 'pcare', { count: ofDay.length, list: shown.map(line) });
  });
  app.delete(`${root}/peserta/:card/tglDaftar/:date/noUrut/:number/kdPoli/:clinic`, (c) => {
    const wanted = c.req.param();
    const left = visits.filter((one) =>
      (Object.keys(one) as (keyof Visit)[]).some((name) => one[name] !== wanted[name]),
    );
    if (left.length === visits.length) return door.plain(c, 'pcare', NONE);
    visits = left;
    return door.plain(c, 'pcare', { code: 200, message: 'OK' });
  });
  return {
    crowd(date, count) {
      for (let n = 1; n <= count; n++) {
        visits.push({
          date,
          card: String(n).padStart(13, '0'),
          clinic: '001',
          number: `A${visits.length + 1}`,
        });
      }
    },
  };
}

function faultOf(body: JsonObject): JsonObject | null {
  if (!/^\d{13}$/.test(text(body['noKartu']))) return { field: 'noKartu', message: 'noKartu harus 13 digit' };
  if (!/^\d{2}-\d{2}-\d{4}$/.test(text(body['tglDaftar'])))
    return { field: 'tglDaftar', message: 'Format tglDaftar tidak valid' };
  const missing = ['kdProviderPeserta', 'kdPoli', 'kdTkp'].find((name) => text(body[name]) === '');
  return missing === undefined ? null : { field: missing, message: `${missing} wajib diisi` };
}

function line({ date, card, clinic, number }: Visit): JsonObject {
  return {
    noUrut: number,
    tgldaftar: date,
    providerPelayanan: { kdProvider: '0099U001', nmProvider: 'PUSKESMAS CONTOH' },
    peserta: { noKartu: card, nama: 'CONTOH' },
    poli: { kdPoli: clinic, nmPoli: 'POLI CONTOH' },
    status: 'Belum dilayani',
  };
}
