/** Part 9: the guide is there, and tells of every operation and every setting. */
import type { Notes } from './report.ts';
import { settingsOf } from './schemas.ts';
import type { Subject } from './subject.ts';

export function examineGuide({ adapter, folder }: Subject, notes: Notes): void {
  const bytes = folder.files.get('guide.md');
  if (!bytes) {
    notes.fail(
      'guide_missing',
      'guide.md',
      'There is no guide',
      'Write what an integrator must get from the agency, and how it speaks',
    );
    return;
  }
  const text = Buffer.from(bytes).toString('utf8');
  const names = [...Object.keys(adapter.operations), ...settingsOf(adapter.settings).map(([name]) => name)];
  for (const name of names) {
    if (!new RegExp(`(?<![\\w$])${name.replaceAll('$', '\\$')}(?![\\w$])`).test(text))
      notes.warn(
        'guide_silent',
        `guide.md ${name}`,
        `It does not speak of ${name}`,
        'Say what it is for and where to get it',
      );
  }
  notes.fact(`${names.length} operations and settings`);
}
