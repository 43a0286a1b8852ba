/** The platforms: they submit, ask again when no answer comes, repeat themselves in every way, and withdraw. */
import type { JsonObject } from '../../src/domain/outcome.ts';
import { endEarly } from '../../src/desk/act.ts';
import { intake, type Intake } from '../../src/flow/intake.ts';
import { application } from '../support/applications.ts';
import { BY_HAND, PLATFORMS } from './mall.ts';
import type { Answered } from './process.ts';
import type { Sim } from './sim.ts';

/** Names, numbers and words that must be seen nowhere but under seal. */
export const REASON = 'alasan kanari';
const NAME = 'Kanari Sulawesi';
/** The same few people apply again and again. */
const NIKS = ['9901011405019999', '9901011505019999', '9901011605019999', '9901011705019999'];
export const CANARIES = [NAME, ...NIKS, '+6280000000007', REASON];

interface Submitted {
  platform: string;
  key: string;
  body: JsonObject;
}

/** Platforms submit for so long. */
const RUSH_MS = 240_000;
const MOST_TRIES = 500;

export function openPlatforms(sim: Sim): void {
  const { time } = sim;
  const applications = time.between(40, 44);
  for (let n = 0; n < applications; n += 1) {
    const platform = PLATFORMS[n % PLATFORMS.length]!;
    const body = application({
      clientReference: `${platform}-${sim.seed}-${n}`,
      serviceCode: drawCode(sim),
      mppSiteCode: time.pick(['MPP-9901-01', 'MPP-9901-02']),
    });
    Object.assign(body['applicant'] as JsonObject, { fullName: NAME, nik: time.pick(NIKS) });
    if (body['serviceCode']!.toString().startsWith('RND.'))
      body['formData'] = { a: `a-${n}`, b: `b-${n}`, c: `c-${n}`, want: time.odds(0.6) };
    sim.submitted.set(referenceOf(sim, platform, body['clientReference'] as string), body);
    sim.busy += 1;
    time.at(time.between(0, RUSH_MS), () => {
      void platformActs(sim, { platform, key: `key-${n}`, body }).finally(() => (sim.busy -= 1));
    });
  }
}

/** How much is asked of the services that were drawn, where there are any. */
const DRAWN = 0.35;

function drawCode({ time, mall: { services } }: Sim): string {
  const drawn = [...services.keys()].filter((code) => code.startsWith('RND.'));
  return time.odds(DRAWN) && drawn.length > 0
    ? time.pick(drawn)
    : time.pick([...BY_HAND, 'SIM.ONCE', 'SIM.ONCE']);
}

/** As the ledger knows a platform's reference. */
export const referenceOf = (
  { spectator }: Pick<Sim, 'spectator'>,
  platform: string,
  reference: string,
): string => spectator.vault.index('clientReference', `${platform} ${reference}`);

async function platformActs(sim: Sim, submitted: Submitted): Promise<void> {
  const { time } = sim;
  // Two copies of one request, by two ways.
  const copy = time.odds(0.06) ? untilAnswered(sim, submitted) : null;
  if (copy) sim.coverage.saw('repeat: two copies at once');
  const id = await untilAnswered(sim, submitted);
  await copy;
  if (id === '') return;
  if (time.odds(0.2)) await repeat(sim, submitted);
  if (time.odds(0.12)) await withdraw(sim, id);
}

/** Asks again, under the same key, until an answer comes. */
async function untilAnswered(sim: Sim, submitted: Submitted): Promise<string> {
  const { time, coverage } = sim;
  const crashes = sim.crashes;
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const answered = await submit(sim, submitted);
    // An answer may be lost on its way.
    if (answered?.is === 'answered' && !time.odds(sim.calm ? 0 : 0.1)) {
      const { value } = answered;
      if (value.is === 'duplicateOpen') {
        coverage.saw('duplicate: refused while another is open');
        checkDuplicate(sim, submitted);
        return '';
      }
      if (value.is !== 'accepted' && value.is !== 'repeat') {
        sim.break('I3', `${submitted.platform} ${submitted.key} was answered ${value.is}`);
        return '';
      }
      if (value.is === 'repeat' && sim.crashes > crashes) coverage.saw('repeat: answered after a crash');
      note(sim, submitted, value);
      return value.id;
    }
    await time.sleep(time.between(200, 20_000));
  }
  sim.break('I13', `${submitted.platform} ${submitted.key} was never answered`);
  return '';
}

/** Whoever is refused for it has another one, and what refuses is a service that takes one. */
function checkDuplicate(sim: Sim, { platform, key, body }: Submitted): void {
  const service = sim.mall.services.get(body['serviceCode'] as string)!;
  const others = sim.spectator.all(
    'SELECT 1 FROM applications WHERE platform = ? AND service = ?',
    platform,
    service.code,
  );
  if (service.duplicates !== 'refuse' || others.length === 0)
    sim.break('I3', `${platform} ${key} was refused as a duplicate of nothing`);
}

async function submit(sim: Sim, { platform, key, body }: Submitted): Promise<Answered<Intake> | undefined> {
  const process = sim.time.pick(sim.processes);
  if (!process) return undefined;
  const submission = { platform, sandbox: true, body, idempotencyKey: key };
  return process.call((desk) => intake(desk, submission));
}

/** I4: whoever asks the same is told the same. */
function note(sim: Sim, { platform, key }: Submitted, { id, number, promisedAt }: Told): void {
  const name = `${platform} ${key}`;
  const receipt = { id, number, promisedAt };
  const first = sim.receipts.get(name);
  if (!first) sim.receipts.set(name, receipt);
  else if (JSON.stringify(first) !== JSON.stringify(receipt))
    sim.break('I4', `${name} was answered ${JSON.stringify(first)}, then ${JSON.stringify(receipt)}`);
}
type Told = Extract<Intake, { is: 'accepted' | 'repeat' }>;

/** The same key again, another key, another body: each has its answer. */
async function repeat(sim: Sim, submitted: Submitted): Promise<void> {
  const { time } = sim;
  await time.sleep(time.between(0, 300_000));
  const other = { ...submitted.body, formData: { changed: true } };
  const key = `${submitted.key}-again`;
  const [asked, expected] = time.pick<[Submitted, string]>([
    [submitted, 'repeat'],
    [{ ...submitted, key }, 'repeat'],
    [{ ...submitted, body: other }, 'keyReused'],
    [{ ...submitted, body: other, key }, 'referenceTaken'],
  ]);
  const answered = await submit(sim, asked);
  if (answered?.is !== 'answered') return;
  const { value } = answered;
  if (value.is !== expected)
    sim.break('I4', `${asked.platform} ${asked.key} was answered ${value.is} where ${expected} was due`);
  else if (value.is === 'repeat') note(sim, submitted, value);
  else sim.coverage.saw('repeat: other body refused');
}

async function withdraw(sim: Sim, id: string): Promise<void> {
  await sim.time.sleep(sim.time.between(0, 300_000));
  const process = sim.time.pick(sim.processes);
  await process?.call((desk) => endEarly(desk, id, 'withdrawn', { by: 'platform', reason: REASON }));
}
