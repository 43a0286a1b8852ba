/** Personal fields stand in an address only where the agency wants them there, and the operation says why. */
import { reachOf } from './coverage-reach.ts';
import { personalIn } from './privacy-values.ts';
import type { CoverageRow, Notes } from './report.ts';
import { givenBy, type Subject } from './subject.ts';
import { general } from './values.ts';

const IN_URL = /^\S+(?: then)? \/(?:path|query\/)/;

export async function examineUrls(subject: Subject, rows: CoverageRow[], notes: Notes): Promise<void> {
  for (const [name, { inUrl = {} }] of Object.entries(subject.adapter.operations)) {
    const found = await urlFields(subject, name, rows);
    for (const [field, place] of found) {
      if (!Object.hasOwn(inUrl, field))
        notes.fail(
          'personal_in_url',
          `${name} ${field}`,
          `It stands in an address: ${place}`,
          'Send it in the body, or declare it in "inUrl" with the reason',
        );
    }
    for (const field of Object.keys(inUrl)) {
      if (!found.has(field))
        notes.fail(
          'in_url_not_true',
          `${name} ${field}`,
          '"inUrl" declares it, and it stands in no address',
          'Remove it from "inUrl"',
        );
    }
  }
}

async function urlFields(
  subject: Subject,
  operation: string,
  rows: CoverageRow[],
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const places = new Map(
    rows.filter((row) => row.operation === operation).map(({ field, where }) => [field, where]),
  );
  for (const { example } of subject.examples) {
    if (example.operation !== operation) continue;
    const reach = await reachOf(subject.adapter, example, givenBy(example));
    for (const [at, value] of personalIn(example.input)) {
      const field = general(at);
      for (const [place, text] of reach ?? []) {
        const follows = places.get(field)?.includes(general(place)) === true;
        if (IN_URL.test(place) && follows && text.includes(value)) found.set(field, place);
      }
    }
  }
  return found;
}
