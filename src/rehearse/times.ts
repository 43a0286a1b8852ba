/** Times of a rehearsal as people read them: a wall clock's day and hour, and spans such as `2d 3h`. */

const UNITS: [name: string, ms: number][] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
];

/** The two largest units: `2d 3h`, `10m`, `0.2s`. */
export function spanOf(ms: number): string {
  if (ms < 1_000) return ms === 0 ? '0s' : `${ms / 1_000}s`;
  const first = UNITS.findIndex(([, unit]) => ms >= unit);
  const [name, unit] = UNITS[first]!;
  const whole = Math.floor(ms / unit);
  const [next, part] = UNITS[first + 1] ?? ['', Infinity];
  const rest = Math.floor((ms - whole * unit) / part);
  return `${whole}${name}${rest > 0 ? ` ${rest}${next}` : ''}`;
}

/** `Mon 16 Nov 09:00:00` by a zone's wall clock. */
export function stamper(zone: string): (ms: number) => string {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    ...{ weekday: 'short', day: '2-digit', month: 'short' },
    ...{ hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false },
  });
  return (ms) => {
    const found = new Map(parts.formatToParts(ms).map(({ type, value }) => [type, value]));
    const of = (type: Intl.DateTimeFormatPartTypes): string => found.get(type) ?? '';
    return `${of('weekday')} ${of('day')} ${of('month')} ${of('hour')}:${of('minute')}:${of('second')}`;
  };
}
