/** `jembatan resolve`: a person says what became of a step whose outcome is unknown or disputed. */
import { Option, type Command } from 'commander';
import { actOnStep, busCommand, REASON, type StepActOptions } from './bus-command.ts';
import { jsonOf, UsageError, type Shell } from './shell.ts';

interface Options extends StepActOptions {
  as: 'succeeded' | 'rejected' | 'notDone';
  output?: string;
  code?: string;
}

export function resolveCommand(parent: Command, shell: Shell): void {
  busCommand(parent, 'resolve <application> <step>')
    .description('say what became of a step whose outcome is unknown (scope operate): ask the agency first')
    .addOption(
      new Option(
        '--as <outcome>',
        'succeeded (with --output), rejected (with --code), notDone (it is sent again)',
      )
        .choices(['succeeded', 'rejected', 'notDone'])
        .makeOptionMandatory(),
    )
    .option('--output <file or JSON>', "what the operation brought, by its adapter's output schema")
    .option('--code <code>', "the reason of the agency's refusal, such as DATA_MISMATCH")
    .requiredOption(...REASON)
    .action(async (application: string, step: string, options: Options) => {
      const body = await resolutionOf(options);
      await actOnStep(shell, options, [application, step, 'resolve'], body);
      shell.out(`${step} of ${application} is resolved as ${options.as}: jembatan show ${application}`);
    });
}

async function resolutionOf({ as, output, code }: Options): Promise<Record<string, unknown>> {
  if ((as === 'succeeded') !== (output !== undefined))
    throw new UsageError('--output belongs to --as succeeded, which needs it');
  if ((as === 'rejected') !== (code !== undefined))
    throw new UsageError('--code belongs to --as rejected, which needs it');
  if (output !== undefined) return { as, output: await jsonOf('--output', output) };
  return code === undefined ? { as } : { as, code };
}
