/** What agencies were sent in the end is what the applicant has mended, or somebody knows that it is not. */
import type { JsonObject } from '../../src/domain/outcome.ts';
import { FIELDS } from './routes.ts';
import type { Sim } from './sim.ts';

const MENDED = `SELECT DISTINCT stream AS id FROM events WHERE type = 'go.mpp.application.corrected.v1'`;
const BODY = `SELECT b.body, k.wrapped, a.service FROM bodies b JOIN keys k ON k.owner = b.application_id
  JOIN applications a ON a.id = b.application_id WHERE b.application_id = ?`;
const DONE = `SELECT name, key FROM steps WHERE application_id = ? AND agency <> 'bus' AND state = 'succeeded'
  AND NOT EXISTS (SELECT 1 FROM items WHERE items.application_id = steps.application_id AND step = name)`;

interface BodyRow {
  body: Uint8Array;
  wrapped: Uint8Array;
  service: string;
}

/** I9: a step that is done was done with the fields as they are. */
export async function checkMended(sim: Sim): Promise<void> {
  const { spectator, mall, monitor } = sim;
  const { vault } = spectator;
  for (const { id } of spectator.all<{ id: string }>(MENDED)) {
    const { body: sealed, wrapped, service } = spectator.one<BodyRow>(BODY, id)!;
    const key = await vault.openKey(id, wrapped);
    const body = JSON.parse(vault.unseal(key, `applications/${id}/body`, sealed).toString()) as {
      formData: JsonObject;
    };
    for (const step of spectator.all<{ name: string; key: string }>(DONE, id)) {
      const fields = mall.routes.get(service)!.steps[step.name]!.with;
      const sent = monitor.inputOf(step.key);
      for (const name of FIELDS) {
        if (fields[name] !== `application.formData.${name}` || !sent || sent[name] === body.formData[name])
          continue;
        sim.break(
          'I9',
          `${id}.${step.name} was done with ${String(sent[name])}, mended is ${String(body.formData[name])}`,
        );
      }
    }
  }
}
