/** The stand-in's door in profile `bpn`: POSTs with user and password in the body, every answer an HTTP 200 of text. */
import type { JsonObject } from '../../src/adapter-kit/contract.ts';
import type { Harness, SimulatorOptions } from '../../src/adapter-kit/simulator.ts';
import type { Office } from './simulator-office.ts';

const NOBODY = { result: null, respon_code: 'Data tidak ditemukan' };
const FIELDS = [
  'NOMOR_AKTA',
  'TANGGAL_AKTA',
  'NAMA_PPAT',
  'NOP',
  'NTPD',
  'NOMOR_INDUK_BIDANG',
  'NIK',
  'NAMA_WP',
];

export function bpnDoor({ app }: Harness, { settings }: SimulatorOptions, office: Office): void {
  const serve = (path: string, answer: (body: JsonObject) => JsonObject): void => {
    app.post(path, async (c) => {
      const body = (await c.req.json().catch(() => null)) as JsonObject | null;
      if (!body) return c.json({ respon_code: 'JSON Not Valid' });
      const isKnown = body['USERNAME'] === settings['username'] && body['PASSWORD'] === settings['password'];
      return c.json(isKnown ? answer(body) : { result: null, respon_code: 'Username atau password salah' });
    });
  };

  serve('/getPBBService', ({ NOP, TAHUN }) => {
    const bill = office.bill(String(NOP), String(TAHUN));
    if (!bill) return NOBODY;
    const place = {
      ALAMAT_OP: 'JALAN CONTOH 1',
      KECAMATAN_OP: 'CONTOH',
      KELURAHAN_OP: 'CONTOH',
      KOTA_OP: 'CONTOH',
    };
    const sizes = {
      LUASTANAH_OP: 120,
      LUASBANGUNAN_OP: 60,
      NJOP_TANAH_OP: 120_000_000,
      NJOP_BANGUNAN_OP: 60_000_000,
    };
    const owed = bill.payment || bill.principal === 0 ? '100% Lunas' : 'Belum Lunas';
    const result = { NOP: bill.nop, NIK: null, NAMA_WP: 'CONTOH WAJIB PAJAK', ...place, ...sizes };
    return { result: { ...result, STATUS_TUNGGAKAN: owed }, respon_code: 'OK' };
  });

  serve('/getBPHTBService', ({ NOP, NTPD }) => {
    const { nop, ntpd, both } = office.dutyByNtpd(String(NOP), String(NTPD));
    if (!both) {
      if (nop && !ntpd) return { result: null, respon_code: 'NTPD tidak ditemukan' };
      return ntpd && !nop ? { result: null, respon_code: 'NOP tidak ditemukan' } : NOBODY;
    }
    const { payment, nik } = both;
    const [year, month, day] = office.local(payment!.at).slice(0, 10).split('-');
    const paid = {
      STATUS: 'Y',
      TANGGAL_PEMBAYARAN: `${day}/${month}/${year}`,
      NTPD: payment!.ntpd,
      JENISBAYAR: 'L',
    };
    const sizes = { LUASTANAH: '120', LUASBANGUNAN: '60', PEMBAYARAN: String(payment!.amount) };
    return {
      result: { NOP: both.nop, NIK: nik, NAMA: 'CONTOH PEMBELI', ...sizes, ...paid },
      respon_code: 'OK',
    };
  });

  serve('/postDataBPN', (body) => {
    if (FIELDS.some((name) => typeof body[name] !== 'string' || body[name] === ''))
      return { respon_code: 'JSON Not Valid' };
    const { USERNAME: _, PASSWORD: __, ...transfer } = body;
    office.transfers.push(transfer);
    return { respon_code: 'OK' };
  });
}
