/** `jembatan plan`: what an application for a service would do, as text or as a drawing. */
import { Option, type Command } from 'commander';
import type { Outline } from '../rehearse/plan/outline.ts';
import type { FilledStep } from '../rehearse/plan/filled.ts';
import { printJson, UsageError, type Shell } from './shell.ts';

interface Options {
  application?: string;
  format: 'text' | 'mermaid' | 'svg' | 'json';
  config?: string;
}

const AFTER_HELP = `
With an application it says which steps run and which are skipped, which agency of which region does each, and what
each would send, masked; what is known only on the way, and what gives nothing.`;

export function planCommand(parent: Command, shell: Shell): void {
  parent
    .command('plan <service|file>')
    .description('what an application would do: steps, order, pivot, undoing, waits, deadline and fees')
    .option('--application <file>', 'fill it with this application: a JSON file')
    .addOption(
      new Option('--format <format>', 'how it is shown')
        .choices(['text', 'mermaid', 'svg', 'json'])
        .default('text'),
    )
    .option('--config <dir>', 'the configuration folder (default: JEMBATAN_CONFIG, else ./config)')
    .addHelpText('after', AFTER_HELP)
    .action(async (target: string, options: Options) => {
      if (options.application !== undefined && ['mermaid', 'svg'].includes(options.format))
        throw new UsageError('--application belongs to --format text or json');
      const { outline, filled } = await planned(target, options, shell);
      const { format } = options;
      if (format === 'json')
        return printJson(shell, { ...outline, ...(filled && { filled: [...filled.values()] }) });
      for (const line of await drawn(outline, format, filled)) shell.out(line);
    });
}

interface Planned {
  outline: Outline;
  filled?: Map<string, FilledStep>;
}

async function planned(target: string, { application, config }: Options, shell: Shell): Promise<Planned> {
  const [{ openParts, findApplication }, { openCandidate }, { serviceOf }, { outlineOf }, { filledPlan }] =
    await Promise.all([
      import('./rehearse/parts.ts'),
      import('../rehearse/candidate.ts'),
      import('./rehearse/planned.ts'),
      import('../rehearse/plan/outline.ts'),
      import('../rehearse/plan/filled.ts'),
    ]);
  const parts = await openParts(shell, config);
  try {
    const { catalogue, service } = await openCandidate(parts.env.configDir, target, parts.adapters);
    if (service === null)
      throw new UsageError(`${target} holds no route: give a service's code or a route's file`);
    serviceOf(catalogue, service);
    const { outline, plan, inputOf } = outlineOf(catalogue, service, parts.adapters);
    if (application === undefined) return { outline };
    const at = new Date(shell.clock.now()).toISOString();
    const { application: body } = (await findApplication(parts, service, application))!;
    return { outline, filled: await filledPlan(catalogue, plan, body, inputOf, at) };
  } finally {
    await parts.close();
  }
}

async function drawn(
  outline: Outline,
  format: Exclude<Options['format'], 'json'>,
  filled?: Map<string, FilledStep>,
): Promise<string[]> {
  switch (format) {
    case 'mermaid':
      return [(await import('../rehearse/plan/as-mermaid.ts')).planMermaid(outline)];
    case 'svg':
      return [(await import('../rehearse/plan/as-svg.ts')).planSvg(outline).trimEnd()];
    case 'text':
      return (await import('../rehearse/plan/as-text.ts')).planLines(outline, filled);
  }
}
