/** The taxpayer register of the stand-in: it knows every number, and some by their last four digits for their trouble. */
import type { Context } from 'hono';
import type { JsonObject } from '../../src/adapter-kit/contract.ts';
import type { Harness } from '../../src/adapter-kit/simulator.ts';

const DEFAULT_NAME = 'CONTOH WAJIB PAJAK';
const BY_SERIAL: Record<string, string> = { '9911': '01', '9912': '02', '9913': '03', '9914': '04' };
const STATES: Record<string, string> = { '9915': 'DE', '9916': 'NE' };
const WORDS: Record<string, string> = {
  '01': 'Status tidak valid',
  '02': 'SPT Tahunan belum lengkap',
  '03': 'SPT Masa PPN belum lengkap',
  '04': 'Wajib pajak tidak ditemukan',
};

interface Taxpayer {
  name: string;
  status: string;
  statusWp: string;
}

export function register({ app }: Harness): Record<string, (detail: JsonObject) => Promise<JsonObject>> {
  const known = new Map<string, Taxpayer>();
  const find = (npwp: string): Taxpayer =>
    known.get(npwp.padStart(16, '0')) ?? {
      name: DEFAULT_NAME,
      status: BY_SERIAL[npwp.slice(-4)] ?? '00',
      statusWp: STATES[npwp.slice(-4)] ?? 'AKTIF',
    };

  app.post('/kswp/v1/status', async (c) => {
    const { npwp, nama, kodeLayanan, instansi } = await bodyOf(c);
    if (![npwp, nama, kodeLayanan, instansi].every((one) => typeof one === 'string' && one !== '')) {
      return c.json({ keterangan: 'Parameter tidak lengkap' }, 400);
    }
    const { status } = find(npwp as string);
    const said = status === '00' && /salah/i.test(nama as string) ? '01' : status;
    if (said !== '00') return c.json({ status: said, keterangan: WORDS[said]! });
    return c.json({ status: '00', keterangan: 'Valid', nomorSurat: 'KSWP-CONTOH-000001' });
  });
  app.post('/npwp/v1/validate', async (c) => {
    const { npwp } = await bodyOf(c);
    const one = find(String(npwp));
    if (one.status === '04') return c.json({ status: '04', keterangan: WORDS['04']! });
    return c.json({ status: '00', npwp: npwp!, nama: one.name, statusWp: one.statusWp });
  });
  app.post('/v2.0/mpn/inquiryNpwpCTAS', async (c) => {
    const { npwp, branchID, kdMAP, kjs } = await bodyOf(c);
    const one = find(String(npwp));
    if (one.status === '04' || branchID === undefined || kdMAP === undefined || kjs === undefined) {
      return c.json({ errorCode: '02', errorMessage: 'NPWP atau KPP tidak terdaftar' });
    }
    return c.json({ npwp: npwp!, nama: one.name });
  });

  return {
    async taxpayer({ npwp, ...fields }) {
      const number = String(npwp).padStart(16, '0');
      known.set(number, { ...find(number), ...(fields as Partial<Taxpayer>) });
      return {};
    },
  };
}

async function bodyOf(c: Context): Promise<JsonObject> {
  return (await c.req.json().catch(() => ({}))) as JsonObject;
}
