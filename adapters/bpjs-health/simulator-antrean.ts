/** The stand-in's hospital queues: a booking code once, tasks in their order, and times that only grow. */
import type { JsonObject } from '../../src/adapter-kit/contract.ts';
import type { Harness } from '../../src/adapter-kit/simulator.ts';
import type { Door, Told } from './simulator-door.ts';
import { text } from './values.ts';

interface Booking {
  code: string;
  isNew: boolean;
  fields: JsonObject;
  /** Task id → milliseconds since the epoch. */
  tasks: Map<number, number>;
  state: 'waiting' | 'served' | 'cancelled';
  /** It came by `antrean/add`, and not from before. */
  isOurs: boolean;
}

export interface Queues {
  book(code: string, isNew: boolean): void;
}

/** Taken at the hospital's own counter, of a patient whom it knows. */
const FROM_BEFORE = 'CONTOH-0001';
const ORDER = [1, 2, 3, 4, 5, 6, 7];
const FIRST_OF_KNOWN = 3;
const ABSENT = 99;
const OK: Told = { code: 200, message: 'Ok' };
const no = (message: string, code = 201): Told => ({ code, message });
const NO_BOOKING = no('Kode Booking tidak ditemukan');
const NEEDED = [
  'kodebooking',
  'jenispasien',
  'nik',
  'nohp',
  'kodepoli',
  'tanggalperiksa',
  'kodedokter',
  'nomorantrean',
];

export function queues({ app, enter }: Harness, door: Door): Queues {
  const all = new Map<string, Booking>();
  const book = (code: string, isNew: boolean, fields: JsonObject, isOurs: boolean): void => {
    all.set(code, { code, isNew, fields, tasks: new Map(), state: 'waiting', isOurs });
  };
  book(FROM_BEFORE, false, {}, false);
  const serve = (path: string, answer: (body: JsonObject, booking: Booking | undefined) => Told): void => {
    app.post(`${door.root('antrean')}/antrean/${path}`, async (c) => {
      const body = await door.body(c);
      return door.plain(c, 'antrean', answer(body, all.get(text(body['kodebooking']))));
    });
  };

  serve('add', (body, known) => {
    if (known) return no('Terdapat duplikasi Kode Booking');
    const missing = NEEDED.find((name) => text(body[name]) === '');
    if (missing !== undefined) return no(`${missing} wajib diisi`);
    const code = text(body['kodebooking']);
    book(code, body['pasienbaru'] === 1, body, true);
    enter('queueBooking', code, { nomorantrean: body['nomorantrean']! });
    return OK;
  });
  serve('updatewaktu', (body, known) =>
    known ? told(known, Number(body['taskid']), Number(body['waktu'])) : NO_BOOKING,
  );
  serve('batal', (_body, known) => {
    if (!known) return NO_BOOKING;
    if (known.state === 'cancelled') return no('Antrean sudah dibatalkan');
    if (known.state === 'served') return no('Antrean sudah dilayani');
    known.state = 'cancelled';
    if (known.isOurs) enter('queueBookingCancelled', known.code);
    return OK;
  });
  app.post(`${door.root('antrean')}/antrean/getlisttask`, async (c) => {
    const known = all.get(text((await door.body(c))['kodebooking']));
    if (!known) return door.plain(c, 'antrean', NO_BOOKING);
    return door.sealed(
      c,
      'antrean',
      [...known.tasks].map(([id, at]) => taskRow(known.code, id, at)),
      OK,
    );
  });
  app.get(`${door.root('antrean')}/antrean/pendaftaran/kodebooking/:code`, (c) => {
    const known = all.get(c.req.param('code'));
    if (!known) return door.plain(c, 'antrean', NO_BOOKING);
    return door.sealed(c, 'antrean', [bookingRow(known)], OK);
  });
  return { book: (code, isNew) => book(code, isNew, {}, false) };
}

/** The next task of its order, at a later time than the last. */
function told(booking: Booking, id: number, at: number): Told {
  const { tasks, isNew, state } = booking;
  if (state === 'cancelled') return no('Antrean sudah dibatalkan');
  if (tasks.has(id)) return no(`TaskId=${id} sudah ada`, 208);
  const order = isNew ? ORDER : ORDER.filter((one) => one >= FIRST_OF_KNOWN);
  const expected = order.find((one) => !tasks.has(one));
  if (id !== ABSENT && id !== expected)
    return no(`TaskId=${id} belum dapat dikirim, TaskId=${expected ?? ABSENT} belum ada`);
  const last = Math.max(0, ...tasks.values());
  if (!(at > last)) return no(`Waktu TaskId=${id} tidak boleh kurang atau sama dengan waktu sebelumnya`);
  tasks.set(id, at);
  if (id === ABSENT) booking.state = 'cancelled';
  else if (id >= 4) booking.state = 'served';
  return OK;
}

const TASKS: Record<number, string> = {
  1: 'mulai waktu tunggu admisi',
  2: 'akhir waktu tunggu admisi/mulai waktu layan admisi',
  3: 'akhir waktu layan admisi/mulai waktu tunggu poli',
  4: 'akhir waktu tunggu poli/mulai waktu layan poli',
  5: 'akhir waktu layan poli/mulai waktu tunggu farmasi',
  6: 'akhir waktu tunggu farmasi/mulai waktu layan farmasi membuat obat',
  7: 'akhir waktu obat selesai dibuat',
  99: 'tidak hadir/batal',
};

function taskRow(kodebooking: string, taskid: number, at: number): JsonObject {
  const [date, time] = new Date(at + 7 * 3_600_000).toISOString().slice(0, 19).split('T') as [string, string];
  const waktu = `${date.split('-').toReversed().join('-')} ${time} WIB`;
  return { kodebooking, taskid, taskname: TASKS[taskid]!, waktu, wakturs: waktu };
}

function bookingRow({ code, fields, state }: Booking): JsonObject {
  const status = { waiting: 'Belum dilayani', served: 'Selesai dilayani', cancelled: 'Batal' }[state];
  return {
    kodebooking: code,
    tanggal: fields['tanggalperiksa'] ?? '',
    kodepoli: fields['kodepoli'] ?? '',
    kodedokter: fields['kodedokter'] ?? 0,
    jampraktek: fields['jampraktek'] ?? '',
    nik: fields['nik'] ?? '',
    nokapst: fields['nomorkartu'] ?? '',
    nohp: fields['nohp'] ?? '',
    norekammedis: fields['norm'] ?? '',
    jeniskunjungan: fields['jeniskunjungan'] ?? 0,
    nomorreferensi: fields['nomorreferensi'] ?? '',
    sumberdata: 'Bridging Antrean',
    noantrean: fields['nomorantrean'] ?? '',
    estimasidilayani: fields['estimasidilayani'] ?? 0,
    status,
  };
}
