/** The health ministry's exchange (SATUSEHAT, FHIR R4): people, newborns, visits, consents and filled-in forms. */
import type { Adapter } from '../../src/adapter-kit/contract.ts';
import { getConsent, setConsent } from './consent.ts';
import { submitEncounter } from './encounter.ts';
import { findOrganization } from './organization.ts';
import { errors } from './outcomes.ts';
import { findNewborn, findPatient, findPractitioner } from './people.ts';
import { submitQuestionnaireResponse } from './questionnaire.ts';
import settings from './schemas/settings.json' with { type: 'json' };
import { signIn } from './sign-in.ts';

export default {
  name: 'satusehat',
  version: '1.0.0',
  title: { id: 'SATUSEHAT (Kemenkes)', en: 'SATUSEHAT (Ministry of Health)' },
  settings,
  signIn,
  operations: {
    findPatient,
    findNewborn,
    findPractitioner,
    findOrganization,
    submitEncounter,
    setConsent,
    getConsent,
    submitQuestionnaireResponse,
  },
  errors,
} satisfies Adapter;
