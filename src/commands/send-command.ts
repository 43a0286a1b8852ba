/** `jembatan send`: application files through the API as a counter would, documents first. */
import type { Command } from 'commander';
import { busCommand, clientOf, type BusOptions } from './bus-command.ts';
import { ApiRefused } from './client.ts';
import { FINAL_WELL, follow } from './follow.ts';
import { FileRefused, sendFile, type Receipt } from './send-file.ts';
import { documentsIn } from './send-documents.ts';
import { CommandFailed, countOf, printJson, shortTime, UsageError, type Shell } from './shell.ts';

interface Options extends BusOptions {
  documents?: string;
  idempotencyKey?: string;
  wait: boolean;
  json: boolean;
}

export function sendCommand(parent: Command, shell: Shell): void {
  busCommand(parent, 'send <file...>')
    .description('send applications (JSON files) and the documents they list (scope applications:submit)')
    .option(
      '--documents <dir>',
      "where the listed documents are, found by SHA-256 (default: each file's own folder)",
    )
    .option(
      '--idempotency-key <key>',
      'for one file (default: made from its clientReference, so that sending again is safe)',
    )
    .option(
      '--wait',
      'follow until all are final; exit code 1 unless all are completed (scope applications:read)',
      false,
    )
    .option('--json', 'print JSON', false)
    .action(async (files: string[], options: Options) => {
      if (options.idempotencyKey !== undefined && files.length > 1) {
        throw new UsageError('--idempotency-key belongs to one application: send the files one by one');
      }
      const { receipts, refused } = await sendAll(shell, options, files);
      const states = options.wait
        ? await follow(clientOf(shell, options), receipts, shell)
        : new Map<string, string>();
      if (options.json)
        printJson(shell, {
          sent: receipts.map((one) => ({ ...one, state: states.get(one.id) ?? one.state })),
          refused,
        });
      if (refused.length > 0)
        throw new CommandFailed(`${refused.length} of ${countOf(files.length, 'file')} not accepted`);
      const unwell = [...states.values()].filter((state) => !FINAL_WELL.has(state)).length;
      if (unwell > 0)
        throw new CommandFailed(`${unwell} of ${countOf(states.size, 'application')} not completed`);
    });
}

interface Refusal {
  file: string;
  why: string;
}

/** Sends what can be sent: a file that is refused does not hold up the others. */
async function sendAll(
  shell: Shell,
  options: Options,
  files: string[],
): Promise<{ receipts: Receipt[]; refused: Refusal[] }> {
  const client = clientOf(shell, options);
  const documents = documentsIn(options.documents);
  const receipts: Receipt[] = [];
  const refused: Refusal[] = [];
  for (const file of files) {
    try {
      const receipt = await sendFile(client, file, documents, options.idempotencyKey, shell.err);
      receipts.push(receipt);
      if (!options.json) shell.out(`${receipt.number}  ${receipt.id}  ${promise(receipt)}  ${file}`);
    } catch (error) {
      if (!(error instanceof ApiRefused || error instanceof FileRefused)) throw error;
      if (error instanceof ApiRefused && [401, 403].includes(error.status)) throw error;
      refused.push({ file, why: error.message });
      shell.err(`${file}: ${error.message}`);
    }
  }
  return { receipts, refused };
}

function promise({ promisedAt }: Receipt): string {
  return promisedAt === null ? 'no date promised' : `promised ${shortTime(promisedAt)}`;
}
