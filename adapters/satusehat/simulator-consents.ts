/** The stand-in's consents: one a patient, set by either verb. */
import type { JsonObject } from '../../src/adapter-kit/contract.ts';
import type { Harness, SimulatorOptions } from '../../src/adapter-kit/simulator.ts';
import { concept, SYSTEMS } from './r4.ts';
import { outcome } from './simulator-door.ts';
import { bodyOf } from './simulator-records.ts';
import { list, object, text } from './values.ts';

const PATH = '/consent/v1/Consent';

export interface Consents {
  set(patientId: string, action: string, agent: string): JsonObject;
}

export function consents({ app }: Harness, { settings, now }: SimulatorOptions): Consents {
  const byPatient = new Map<string, JsonObject>();
  const set = (patientId: string, action: string, agent: string): JsonObject => {
    const id = byPatient.get(patientId)?.['id'] ?? `consent-${byPatient.size + 1}`;
    const consent: JsonObject = {
      resourceType: 'Consent',
      id,
      status: 'active',
      scope: concept(
        'http://terminology.hl7.org/CodeSystem/consentscope',
        'patient-privacy',
        'Privacy Consent',
      ),
      category: [concept(SYSTEMS.actCode, 'INFA', 'information access')],
      patient: { reference: `Patient/${patientId}` },
      dateTime: new Date(now()).toISOString(),
      performer: [{ display: agent }],
      organization: [{ reference: `Organization/${settings['organizationId'] as string}` }],
      policyRule: concept(SYSTEMS.actCode, action),
      provision: { type: action === 'OPTIN' ? 'permit' : 'deny' },
    };
    byPatient.set(patientId, consent);
    return consent;
  };

  app.get(PATH, (c) => {
    const found = byPatient.get(c.req.query('patient_id') ?? '');
    return found ? c.json(found) : outcome(c, 404, 'not-found', 'Consent not found');
  });
  app.post(PATH, async (c) => {
    const body = await bodyOf(c);
    const [patientId, action, agent] = ['patient_id', 'action', 'agent'].map((name) => text(body[name]));
    if (!patientId || !agent) return outcome(c, 400, 'required', 'patient_id and agent are required');
    if (action !== 'OPTIN' && action !== 'OPTOUT') return outcome(c, 400, 'value', 'action is not known');
    return c.json(set(patientId, action, agent));
  });
  app.put(`${PATH}/:id`, async (c) => {
    const body = await bodyOf(c);
    const stored = [...byPatient].find(([, consent]) => consent['id'] === c.req.param('id'));
    if (!stored || body['id'] !== c.req.param('id')) return outcome(c, 404, 'not-found', 'Consent not found');
    const action = text(list(object(body['policyRule'])['coding'])[0]?.['code']);
    if (action !== 'OPTIN' && action !== 'OPTOUT') return outcome(c, 400, 'value', 'policyRule is not known');
    return c.json(set(stored[0], action, text(list(body['performer'])[0]?.['display'])));
  });
  return { set };
}
