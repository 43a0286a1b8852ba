/** Certificates for an agency over TLS: a good one, and three that nobody may trust. Made by openssl. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Identity {
  key: Buffer;
  cert: Buffer;
}

export interface Certificates {
  /** The authority that the bus is told to trust. */
  authority: string;
  good: Identity;
  bad: Record<'expired' | 'other name' | 'unknown authority', Identity>;
}

export const noOpenssl = (): string | null =>
  spawnSync('openssl', ['version']).status === 0
    ? null
    : 'openssl makes its certificates and is not installed';

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

export function makeCertificates(folder: string): Certificates {
  mkdirSync(folder);
  const openssl = (...args: string[]): void =>
    void execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const authority = (name: string): void =>
    openssl(
      'req',
      '-x509',
      ...NEW_KEY,
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.pem`,
      '-subj',
      `/CN=${name}`,
      '-days',
      '2',
    );
  const identity = (name: string, host: string, by: string, days: string): Identity => {
    openssl('req', ...NEW_KEY, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${host}`);
    writeFileSync(join(folder, `${name}.ext`), `subjectAltName=DNS:${host}`);
    openssl(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      '-CA',
      `${by}.pem`,
      '-CAkey',
      `${by}.key`,
      '-CAcreateserial',
      '-days',
      days,
      '-extfile',
      `${name}.ext`,
      '-out',
      `${name}.pem`,
    );
    return {
      key: readFileSync(join(folder, `${name}.key`)),
      cert: readFileSync(join(folder, `${name}.pem`)),
    };
  };
  authority('authority');
  authority('stranger');
  return {
    authority: join(folder, 'authority.pem'),
    good: identity('good', 'localhost', 'authority', '2'),
    bad: {
      expired: identity('expired', 'localhost', 'authority', '-1'),
      'other name': identity('other', 'agency.example.go.id', 'authority', '2'),
      'unknown authority': identity('unknown', 'localhost', 'stranger', '2'),
    },
  };
}
