/** Adapters that lose what they are given, or say so wrongly. */
import { withExamples, withOperation, withRequest, withSchema, type Bad } from '../spoil.ts';

export const coverage: Record<string, Bad> = {
  'loses a field': {
    ...{ part: 'coverage', code: 'field_dropped', where: 'registerPermit /birthDate' },
    of: (sound) =>
      withRequest(sound, (request) => (input, call) => request({ ...input, birthDate: '1990-08-05' }, call)),
  },
  'sends what it says it drops': {
    ...{ part: 'coverage', code: 'drop_not_true', where: 'registerPermit /nik' },
    of: (sound) =>
      withOperation(sound, 'registerPermit', ({ drops }) => ({ drops: { ...drops, '/nik': 'Not needed' } })),
  },
  'drops a field that it has not': {
    ...{ part: 'coverage', code: 'drop_of_nothing', where: 'registerPermit /notes' },
    of: (sound) =>
      withOperation(sound, 'registerPermit', ({ drops }) => ({
        drops: { ...drops, '/notes': 'No place for it' },
      })),
  },
  'never shows a field': {
    ...{ part: 'coverage', code: 'field_never_shown', where: 'registerPermit /phone' },
    of: (sound) =>
      withSchema(
        sound,
        'input',
        ({ properties }) => void (properties['phone'] = { type: 'string', maxLength: 20 }),
      ),
  },
  'shows its optional field nowhere': {
    ...{ part: 'coverage', code: 'field_never_shown', where: 'registerPermit /note' },
    of: (sound) =>
      withExamples(sound, (one) => {
        delete one.input['note'];
        return one;
      }),
  },
};
