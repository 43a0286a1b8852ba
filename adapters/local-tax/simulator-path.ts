/** The stand-in's door in profile `path`: GETs whose path says everything, codes as numbers, always HTTP 200. */
import type { Harness, SimulatorOptions } from '../../src/adapter-kit/simulator.ts';
import type { Office } from './simulator-office.ts';

export function pathDoor({ app }: Harness, _options: SimulatorOptions, office: Office): void {
  app.get('/sppt/:nop/:thn', (c) => {
    const { nop, thn } = c.req.param();
    if (!/^\d{4}$/.test(thn)) return c.json({ code: 36, message: 'Tahun pajak bukan angka', sppt: null });
    const bill = office.bill(nop, thn);
    if (!bill) return c.json({ code: 10, message: 'Data tidak ada', sppt: null });
    if (bill.principal === 0) return c.json({ code: 3, message: 'Jumlah setoran nihil', sppt: null });
    if (bill.payment) return c.json({ code: 13, message: 'Tagihan telah terbayar', sppt: null });
    const { principal: pokok, penalty: denda } = bill;
    const sppt = { nop, thn, nama: 'CONTOH WAJIB PAJAK', alamatOp: 'JALAN CONTOH 1', pokok, denda };
    return c.json({ code: 1, message: 'Data ditemukan', sppt });
  });

  app.get('/bayar/:nop/:thn/:pokok/:denda/:tgl/:jam', (c) => {
    const { nop, thn, pokok, denda, tgl, jam } = c.req.param();
    const no = (code: number, message: string): Response => c.json({ code, message, byrSppt: null });
    if (!/^\d+$/.test(pokok) || !/^\d+$/.test(denda)) return no(31, 'Jumlah pembayaran bukan angka');
    const form = /^(\d\d)(\d\d)(\d{4}) (\d\d)(\d\d)$/.exec(`${tgl} ${jam}`);
    if (!form) return no(34, 'Kode proses tidak benar');
    const bill = office.bill(nop, thn);
    if (!bill) return no(10, 'Data tidak ada');
    if (bill.principal === 0) return no(3, 'Jumlah setoran nihil');
    const [, day, month, year, hour, minute] = form;
    const at = office.timeOf(`${year}-${month}-${day} ${hour}:${minute}:00`);
    const told = { reference: '', amount: Number(pokok) + Number(denda), at, key: `${nop}/${thn}` };
    const taken = office.pay('propertyTaxPayment', bill, bill.principal + bill.penalty, told);
    if (taken === 'already') return no(13, 'Tagihan telah terbayar');
    if (taken === 'later') return no(32, 'Tanggal atau jam bayar melebihi saat ini');
    if (taken === 'amount') return no(31, 'Jumlah pembayaran tidak sesuai');
    bill.payment!.reference = bill.payment!.ntpd;
    const { ntpd } = bill.payment!;
    const byrSppt = {
      nop,
      thn,
      ntpd,
      pokok: bill.principal,
      sanksi: bill.penalty,
      namaWp: 'CONTOH WAJIB PAJAK',
    };
    return c.json({ code: 1, message: 'Pembayaran berhasil', byrSppt });
  });

  app.get('/reversal/:nop/:thn/:ntpd', (c) => {
    const { nop, thn, ntpd } = c.req.param();
    const no = (code: number, message: string): Response => c.json({ code, message, revPembayaran: null });
    const bill = office.bill(nop, thn);
    if (!bill) return no(10, 'Data tidak ada');
    const done = office.reverse('propertyTaxReversal', bill, ntpd);
    if (done === 'late') return no(33, 'Reversal melebihi satu hari');
    if (done !== 'reversed') return no(10, 'Data tidak ada');
    return c.json({ code: 1, message: 'Reversal berhasil', revPembayaran: { nop, thn, ntpd } });
  });
}
