/** Options of `simulate` and `faults`: `--help`, and a mistake, say what there is. */
import { parseArgs, type ParseArgsConfig } from 'node:util';

type Options = NonNullable<ParseArgsConfig['options']>;
type Values<T extends Options> = ReturnType<typeof parseArgs<{ options: T }>>['values'];

/** Ends the process where help was asked for (exit code 0), and where an option is not known (2). */
export function readOptions<const T extends Options>(help: string, options: T): Values<T> {
  if (process.argv.includes('--help')) {
    process.stdout.write(help);
    process.exit(0);
  }
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    return mistaken(help, (error as Error).message);
  }
}

/** 1 or more; ends the process (2) where it is no such number. */
export function countOf(help: string, name: string, text: string): number {
  const number = Number(text);
  const isCount = Number.isSafeInteger(number) && number > 0;
  return isCount ? number : mistaken(help, `--${name} is a whole number above 0, not "${text}"`);
}

/** Ends the process (2), and says what is wrong. */
export function mistaken(help: string, what: string): never {
  process.stderr.write(`${what}\n\n${help}`);
  process.exit(2);
}
