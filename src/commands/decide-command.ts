/** `jembatan decide`: a person's decision where a route asks for one. */
import { Option, type Command } from 'commander';
import { addressOf, busCommand, clientOf, REASON, type StepActOptions } from './bus-command.ts';
import { jsonOf, UsageError, type Shell } from './shell.ts';

interface Options extends StepActOptions {
  as: 'approved' | 'rejected' | 'sendBack';
  output?: string;
  code?: string;
  field?: string[];
}

export function decideCommand(parent: Command, shell: Shell): void {
  busCommand(parent, 'decide <application> <step>')
    .description('decide what a route asks of your role (scope task:ROLE, or operate); of four eyes, agree')
    .addOption(
      new Option(
        '--as <decision>',
        'approved (with --output), rejected (with --code), sendBack (with --field)',
      )
        .choices(['approved', 'rejected', 'sendBack'])
        .makeOptionMandatory(),
    )
    .option('--output <file or JSON>', "what you fill in, by the task's form")
    .option('--code <code>', 'the reason, such as NOT_ELIGIBLE')
    .option(
      '--field <pointer=CODE...>',
      'a field that the applicant is to mend: /formData/street=DATA_MISMATCH',
    )
    .requiredOption(...REASON)
    .action(async (application: string, step: string, options: Options) => {
      const path = `${addressOf(application)}/steps/${encodeURIComponent(step)}/decision`;
      const body = { ...(await decisionOf(options)), reason: options.reason };
      const { body: decided } = await clientOf(shell, options).post<{ is: string }>(path, body);
      const more = decided.is === 'proposed' ? ': a second person has to decide the same' : '';
      shell.out(`${step} of ${application} is ${decided.is}${more}`);
    });
}

async function decisionOf({ as, output, code, field }: Options): Promise<Record<string, unknown>> {
  const needs = { approved: output, rejected: code, sendBack: field }[as];
  const given = [output, code, field].filter((one) => one !== undefined).length;
  if (needs === undefined || given !== 1)
    throw new UsageError('--as approved needs --output, rejected --code, sendBack --field, and no other');
  if (output !== undefined) return { as, output: await jsonOf('--output', output) };
  if (code !== undefined) return { as, code };
  return { as, corrections: field!.map(correctionOf) };
}

function correctionOf(text: string): { pointer: string; code: string } {
  const [, pointer, code] = /^(\/[^=]+)=([A-Z][A-Z0-9_]*)$/.exec(text) ?? [];
  if (pointer === undefined || code === undefined)
    throw new UsageError(`--field ${text}: write a pointer and a code, /formData/street=DATA_MISMATCH`);
  return { pointer, code };
}
