/** Adapters that a text can hold up, and guides that keep silent. */
import { withFile, withReply, type Bad } from '../spoil.ts';

export const speed: Record<string, Bad> = {
  'matches in two ways at once': {
    ...{ part: 'speed', code: 'slow_pattern', where: 'operations.ts' },
    of: (sound) => withFile(sound, 'operations.ts', 'export const NUMBER = /^P-(\\d+)+$/;'),
  },
  'takes the square of what it is sent': {
    ...{ part: 'speed', code: 'slow_on_long_reply', where: 'registerPermit send' },
    of: (sound) =>
      withReply(sound, 'send', (reply) => (wire, input, call) => {
        const body = wire.body as Record<string, unknown> | null;
        const number = body?.['permitNo'];
        if (typeof number === 'string') body!['permitNo'] = number.replace(/\s+$/, '');
        return reply(wire, input, call);
      }),
  },
};

export const guide: Record<string, Bad> = {
  'has no guide': {
    ...{ part: 'guide', code: 'guide_missing', where: 'guide.md' },
    of: (sound) => withFile(sound, 'guide.md', null),
  },
  'does not speak of an operation': {
    ...{ part: 'guide', code: 'guide_silent', where: 'guide.md checkPerson' },
    of: (sound) =>
      withFile(
        withFile(sound, 'guide.md', null),
        'guide.md',
        '`registerPermit` `sendLetter` `baseUrl` `clientId` `clientSecret`',
      ),
  },
};
