/** Refuses regular expressions whose time may grow faster than their input: the simple, safe half is enough for forms. */

/** More than this many open-ended repeats in a row are quadratic or worse. */
const MAX_OPEN_REPEATS = 1;
const TOKEN =
  /\\(?:[1-9k]|.)|\[(?:\\.|[^\]\\])*\]|\((?:\?(?:[:=!]|<[=!]|<\w+>))?|\)|\{\d+(?:,\d*)?\}|[*+?|^$.]|[^\\]/gsu;

interface Group {
  hasRepeat: boolean;
  hasChoice: boolean;
}

/** What makes a pattern unsafe, in a few words; undefined when it is safe. */
export function patternProblem(pattern: string): string | undefined {
  const open: Group[] = [{ hasRepeat: false, hasChoice: false }];
  let closed: Group | undefined;
  let openRepeats = 0;
  for (const token of pattern.match(TOKEN) ?? []) {
    if (/^\\[1-9k]/.test(token)) return 'a back reference';
    if (/^\(\?(=|!|<=|<!)/.test(token)) return 'a look-around';
    const group = open.at(-1)!;
    if (token.startsWith('(')) open.push({ hasRepeat: false, hasChoice: false });
    else if (token === ')') {
      closed = open.pop();
      if (open.length === 0 || !closed) return 'a bracket too many';
      const outer = open.at(-1)!;
      outer.hasRepeat ||= closed.hasRepeat;
      continue;
    } else if (token === '|') group.hasChoice = true;
    else if (isRepeat(token)) {
      if (closed?.hasRepeat) return 'a repeat inside a repeat';
      if (closed?.hasChoice) return 'a choice inside a repeat';
      group.hasRepeat = true;
      if (isOpenEnded(token)) openRepeats += 1;
    }
    closed = undefined;
  }
  return openRepeats > MAX_OPEN_REPEATS ? 'more than one repeat without end' : undefined;
}

/** `?` and `{0,1}` do not repeat. */
function isRepeat(token: string): boolean {
  return token === '*' || token === '+' || (/^\{\d/.test(token) && !/^\{[01](,1)?\}$/.test(token));
}

function isOpenEnded(token: string): boolean {
  return token === '*' || token === '+' || token.endsWith(',}');
}
