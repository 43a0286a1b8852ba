/** The signing service of the stand-in: checks passphrase and certificate, makes a PDF, and knows its own again. */
import { createHash } from 'node:crypto';
import type { Context } from 'hono';
import type { JsonObject } from '../../src/adapter-kit/contract.ts';
import type { Harness, SimulatorOptions } from '../../src/adapter-kit/simulator.ts';
import { pdf } from '../../src/adapter-kit/simulated-pdf.ts';
import { text } from './values.ts';

/** A signer as far as the service cares. */
interface Officer {
  status: string;
  wrongPassphrases: number;
}

export interface Signed {
  id: string;
  bytes: string;
}

export type Refusal = readonly [status: number, words: string];

export interface Service {
  officer(nik: string): Officer;
  /** Signs as an officer, or says why not. */
  sign(nik: string, passphrase: string, file: Uint8Array, c: Context): Signed | Refusal;
  /** Seals as the institution, or says why not. */
  seal(idSubscriber: string, totp: string, file: Uint8Array, c: Context): Signed | Refusal;
  /** The id and the name in a PDF that was signed or sealed here. */
  known(file: Uint8Array): { id: string; signer: string } | undefined;
  find(id: string): Signed | undefined;
}

const MOST_WRONG = 3;
/** By the last digits of a NIK. */
const BY_SERIAL: Record<string, string> = { '9921': 'EXPIRED', '9922': 'NOT_REGISTERED' };
const REASONS: Record<string, string> = {
  EXPIRED: 'Certificate expired',
  NOT_REGISTERED: 'User tidak terdaftar',
  SUSPEND: 'Certificate suspended',
};

export function signingService(harness: Harness, { settings }: SimulatorOptions): Service {
  const officers = new Map<string, Officer>();
  const documents = new Map<string, Signed & { signer: string; digest: string }>();
  const digestOf = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

  function officer(nik: string): Officer {
    const found = officers.get(nik) ?? { status: BY_SERIAL[nik.slice(-4)] ?? 'ISSUE', wrongPassphrases: 0 };
    officers.set(nik, found);
    return found;
  }

  /** A new signature, whatever was signed before. */
  function keep(effect: string, signer: string, file: Uint8Array, c: Context): Signed {
    const id = `BSRE-${String(documents.size + 1).padStart(6, '0')}`;
    const bytes = pdf(`Ditandatangani elektronik ${id} ${digestOf(file).slice(0, 16)}`);
    documents.set(id, { id, bytes, signer, digest: digestOf(bytes) });
    harness.enter(effect, c.req.header('x-request-id') ?? id, { id });
    return { id, bytes };
  }

  return {
    officer,
    sign(nik, passphrase, file, c) {
      const one = officer(nik);
      if (one.status !== 'ISSUE') return [400, REASONS[one.status] ?? 'User belum memiliki sertifikat'];
      if (passphrase !== settings['passphrase']) {
        one.wrongPassphrases += 1;
        if (one.wrongPassphrases >= MOST_WRONG) one.status = 'SUSPEND';
        return [400, 'Passphrase anda salah'];
      }
      if (file.length === 0) return [422, 'File kosong'];
      return keep('signature', `Contoh Pejabat ${nik.slice(-4)}`, file, c);
    },
    seal(idSubscriber, totp, file, c) {
      if (idSubscriber !== text(settings['idSubscriber'])) return [400, 'Subscriber tidak ditemukan'];
      if (!/^\d{6,8}$/.test(totp) || /^0+$/.test(totp)) return [400, 'TOTP tidak valid'];
      if (file.length === 0) return [422, 'File kosong'];
      return keep('seal', `Segel ${idSubscriber}`, file, c);
    },
    known: (file) => [...documents.values()].find(({ digest }) => digest === digestOf(file)),
    find: (id) => documents.get(id),
  };
}

/** What a request's JSON, or nothing, says. */
export async function bodyOf(c: Context): Promise<JsonObject> {
  return (await c.req.json().catch(() => ({}))) as JsonObject;
}
