/** What OSS calls at our side: a NIB with a licence to decide (receiveNIB), and a signed licence (receiveFileDS). */
import type {
  HostedAnswer,
  HostedCase,
  HostedMessage,
  HostedNews,
  HostedRequest,
  JsonObject,
} from '../../src/adapter-kit/contract.ts';
import { fieldOf, LICENSE_ID, NIB, readNib } from './receive-nib.ts';
import { object, text } from './values.ts';

/** OSS shows the words to the business and to its own operators: at most 255 characters, no values of persons. */
function say(root: string, status: number, isTaken: boolean, words: string): HostedAnswer {
  const keterangan = words.slice(0, 255);
  const headers = status === 503 ? { headers: { 'retry-after': '5' } } : {};
  return { status, ...headers, body: { [root]: { status: isTaken ? '1' : '2', keterangan } } };
}

/** The cases in which both methods say the same. */
function answer(root: string, hostedCase: HostedCase): HostedAnswer {
  switch (hostedCase.is) {
    case 'found':
      return say(root, 200, true, 'Diterima');
    case 'none':
      return say(root, 200, true, 'Diterima; izin belum dikenal, data disimpan');
    case 'opened':
      return say(root, 200, true, `Diterima dengan nomor ${hostedCase.number}`);
    case 'notOpened':
      return say(root, 400, false, `Permohonan tidak dapat dibuka: ${problemsOf(hostedCase.problems)}`);
    case 'conflict':
      return say(root, 400, false, 'Data yang sama sudah diterima dengan isi lain');
    case 'badForm':
      return say(root, 400, false, `Data tidak terbaca: ${hostedCase.reason}`);
    case 'badSignature':
      return say(root, 401, false, 'Token tidak sah');
    case 'busy':
      return say(root, 503, false, 'Sistem sedang sibuk, kirim ulang');
    case 'granted':
      return say(root, 400, false, 'Metode ini tidak memberi token');
  }
}

function problemsOf(problems: { pointer: string; code: string }[]): string {
  return problems.map(({ pointer, code }) => `${pointer || '/'} ${code}`).join(', ');
}

const receiveNIB = {
  tells: 'sendLicense',
  opens: 'OSS.NIB',
  path: '/receiveNIB',
  read: readNib,
  answer(hostedCase: HostedCase): HostedAnswer {
    const said = answer('responreceiveNIB', hostedCase);
    // Only a NIB that was taken away says anything about a licence that is under way, or was issued.
    const outcome = hostedCase.is === 'found' ? hostedCase.message.outcome : undefined;
    return outcome ? { ...said, apply: outcome } : said;
  },
} satisfies HostedNews;

const receiveFileDS = {
  tells: 'sendLicense',
  path: '/receiveFileDS',
  read: readFile,
  answer(hostedCase: HostedCase): HostedAnswer {
    const said = answer('responreceiveFileDS', hostedCase);
    if (hostedCase.is !== 'found' || hostedCase.step.state === 'done') return said;
    const { message, step } = hostedCase;
    const licenseNumber = text(step.output['licenseNumber']) || text(step.input['licenseNumber']);
    const output: JsonObject = { licenseId: message.reference!, licenseNumber };
    const from = { url: text(message.content!['fileUrl']) };
    const documents = [{ name: 'license', type: 'application/pdf', from }];
    return { ...said, apply: { is: 'ok', output, documents } };
  },
} satisfies HostedNews;

/** `{ id_izin, nib, file_izin }`, in OSS's practice under a root of the method's name. Throws when the form is bad. */
function readFile({ body }: HostedRequest): HostedMessage {
  const top = object(body);
  const file = 'receiveFileDS' in top ? object(top['receiveFileDS']) : top;
  const nib = fieldOf(file, 'nib', NIB);
  const licenseId = fieldOf(file, 'id_izin', LICENSE_ID);
  const fileUrl = fieldOf(file, 'file_izin', /^https?:\/\/[\x21-\x7e]{1,2000}$/);
  // One file a licence: another URL for it is a contradiction, to be looked at by a person.
  return { id: `file-${nib}-${licenseId}`, reference: licenseId, content: { fileUrl } };
}

export const hosted = { receiveNIB, receiveFileDS };
