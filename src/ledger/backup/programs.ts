/** Runs PostgreSQL's own programs: the password goes by the environment, where other users of the machine do not see it. */
import { spawn } from 'node:child_process';
import { LedgerRefused } from '../refused.ts';
import { shownLedger } from '../url.ts';

/** Variables by name, as the process was given them. */
export type Environment = Record<string, string | undefined>;

/** What a program may say before it is cut: its last words count. */
const MOST_WORDS = 2_000;

/** Resolves when the program ended well. Throws LedgerRefused with its own words. */
export async function runProgram(
  program: 'pg_dump' | 'pg_restore',
  args: string[],
  url: string,
  env: Environment,
): Promise<void> {
  const { address, password } = withoutPassword(url);
  const child = spawn(program, [...args, `--dbname=${address}`], {
    env: { ...env, ...(password !== '' && { PGPASSWORD: password }) },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-MOST_WORDS)));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) => reject(notStarted(program, error)));
    child.once('close', resolve);
  });
  if (code !== 0) throw new LedgerRefused(`${program} failed: ${said.trim() || `exit code ${code}`}`);
}

function notStarted(program: string, error: NodeJS.ErrnoException): Error {
  if (error.code !== 'ENOENT') return error;
  return new LedgerRefused(
    `${program} is not installed: install the PostgreSQL client programs of the server's version or a newer one`,
    { cause: error },
  );
}

function withoutPassword(url: string): { address: string; password: string } {
  const parsed = URL.parse(url);
  if (!parsed) throw new LedgerRefused(`${shownLedger(url)} is no address of a PostgreSQL database`);
  const password = decodeURIComponent(parsed.password) || (parsed.searchParams.get('password') ?? '');
  parsed.password = '';
  parsed.searchParams.delete('password');
  return { address: parsed.href, password };
}
