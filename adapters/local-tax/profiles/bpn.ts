/** Profile `bpn`: the JSON form in which the land office asks the tax office ("BPN–Bapenda"); it says everything in text. */
import type { Call, JsonObject, Outcome, WireReply, WireRequest } from '../../../src/adapter-kit/contract.ts';
import { BAD_RESPONSE, failureOf, rowsOf, type CodeTable } from '../codes.ts';
import { BAD_REQUEST, NO_ACCESS, NO_NTPD, NO_OBJECT, NO_RECORD } from '../meanings.ts';
import { billed, confirmed } from '../outcomes.ts';
import type { Bill, DutyCheck, LandTransfer, Profile } from '../profile.ts';
import { area, dateOf, nopDigits, object, rupiah, text } from '../values.ts';

/** `respon_code` in lower case; some offices add a number to it. */
const CODES: CodeTable = {
  'nop tidak ditemukan': NO_OBJECT,
  'ntpd tidak ditemukan': NO_NTPD,
  'data tidak ditemukan': NO_RECORD,
  'username atau password salah': NO_ACCESS,
  'not authorized': NO_ACCESS,
  'json not valid': BAD_REQUEST,
};

function post(path: string, call: Call, fields: JsonObject): WireRequest {
  const { username, password } = call.settings;
  return { method: 'POST', path, body: { json: { USERNAME: username!, PASSWORD: password!, ...fields } } };
}

/** Longer than any of its words; a search in a text without end takes one too. */
const LONGEST_WORDS = 200;

/** The result, or why there is none. */
function resultOf(wire: WireReply, call: Call): { result: JsonObject } | { failure: Outcome } {
  const body = object(wire.body);
  const words = text(body['respon_code']).slice(0, LONGEST_WORDS);
  const code = words.toLowerCase().replace(/\s*\d*$/, '');
  if (code === 'ok' && wire.status === 200) return { result: object(body['result']) };
  return { failure: failureOf(CODES, code === 'ok' ? '' : code, words, wire, call) };
}

function billReply(wire: WireReply, input: Bill, call: Call): Outcome {
  const said = resultOf(wire, call);
  if ('failure' in said) return said.failure;
  const { result } = said;
  const status = text(result['STATUS_TUNGGAKAN']);
  if (nopDigits(text(result['NOP'])) !== nopDigits(input.nop) || status === '') return BAD_RESPONSE;
  // Other words ("sedang diproses …") are said of bills on their way, which are not paid yet.
  return billed(input, /^100\s*%\s*lunas$/i.test(status), {
    statusText: status,
    ownerName: text(result['NAMA_WP']) || text(result['NAMA']),
    address: text(result['ALAMAT_OP']),
    landArea: area(result['LUASTANAH_OP']),
    buildingArea: area(result['LUASBANGUNAN_OP']),
    landValue: rupiah(result['NJOP_TANAH_OP']),
    buildingValue: rupiah(result['NJOP_BANGUNAN_OP']),
  });
}

function dutyReply(wire: WireReply, input: DutyCheck, call: Call): Outcome {
  const said = resultOf(wire, call);
  if ('failure' in said) return said.failure;
  const { result } = said;
  const status = text(result['STATUS']).toUpperCase();
  const isAsked =
    nopDigits(text(result['NOP'])) === nopDigits(input.nop) && text(result['NTPD']) === input.ntpd;
  if (!isAsked || (status !== 'Y' && status !== 'T')) return BAD_RESPONSE;
  return confirmed(input, status === 'Y', text(result['NIK']), {
    ntpd: input.ntpd,
    amount: rupiah(result['PEMBAYARAN']),
    paidOn: dateOf(result['TANGGAL_PEMBAYARAN']),
    payerName: text(result['NAMA']),
    landArea: area(result['LUASTANAH']),
    buildingArea: area(result['LUASBANGUNAN']),
  });
}

/** The fields in which BPN keeps a land transfer; the date is dd/MM/yyyy. */
function transferRequest(input: LandTransfer, call: Call): WireRequest {
  return post('/postDataBPN', call, {
    NOMOR_AKTA: input.deedNumber,
    TANGGAL_AKTA: input.deedDate.split('-').toReversed().join('/'),
    NAMA_PPAT: input.ppatName,
    NOP: nopDigits(input.nop),
    NTPD: input.ntpd,
    NOMOR_INDUK_BIDANG: input.parcelNumber,
    KOORDINAT_X: input.longitude ?? null,
    KOORDINAT_Y: input.latitude ?? null,
    NIK: input.nik,
    NPWP: input.npwp ?? null,
    NAMA_WP: input.fullName,
    KELURAHAN_OP: input.villageName,
    KECAMATAN_OP: input.districtName,
    KOTA_OP: input.regencyName,
    LUASTANAH_OP: input.landArea,
    JENIS_HAK: input.rightType,
  });
}

function transferReply(wire: WireReply, _input: LandTransfer, call: Call): Outcome {
  const said = resultOf(wire, call);
  return 'failure' in said ? said.failure : { is: 'ok', output: { acknowledged: true } };
}

export const bpn: Profile = {
  errors: rowsOf('bpn', CODES),
  inquirePropertyTax: {
    request: ({ nop, taxYear }, call) =>
      post('/getPBBService', call, { NOP: nopDigits(nop), TAHUN: taxYear }),
    reply: billReply,
  },
  checkTransferDuty: {
    request: ({ nop, ntpd }, call) => post('/getBPHTBService', call, { NOP: nopDigits(nop), NTPD: ntpd }),
    reply: dutyReply,
  },
  notifyLandTransfer: { request: transferRequest, reply: transferReply },
};
