/** The national health insurance (BPJS Kesehatan, JKN): membership and its changes, hospital queues and visits at health centres. */
import type { Adapter } from '../../src/adapter-kit/contract.ts';
import { changeMembership } from './membership.ts';
import { errors } from './outcomes.ts';
import { findParticipant } from './participant.ts';
import { updateQueue } from './queue-task.ts';
import { addQueue, cancelQueue } from './queue.ts';
import settings from './schemas/settings.json' with { type: 'json' };
import { registerVisit } from './visit.ts';

export default {
  name: 'bpjs-health',
  version: '1.1.0',
  title: { id: 'BPJS Kesehatan (JKN)', en: 'Health insurance (BPJS Kesehatan, JKN)' },
  settings,
  signIn: { scheme: 'bpjs' },
  operations: { findParticipant, addQueue, updateQueue, cancelQueue, registerVisit, changeMembership },
  errors,
} satisfies Adapter;
