/** Complaints (SP4N-LAPOR) through the national gateway SPLP: forwarded, handed back, followed up. */
import type { Adapter, SignCall, SignedMessage } from '../../src/adapter-kit/contract.ts';
import { errors } from './answers.ts';
import { forwardComplaint, rejectComplaint } from './complaint.ts';
import { listFollowUps } from './follow-ups.ts';
import settings from './schemas/settings.json' with { type: 'json' };
import { text } from './values.ts';

/** `auth` is LAPOR's, not the gateway's; the braces of `token` are part of its value, and often lost in copying. */
function sign(_message: SignedMessage, call: SignCall): Record<string, string> {
  const token = text(call.settings['token']).replace(/^\{|\}$/g, '');
  return { auth: `Bearer ${text(call.settings['authToken'])}`, token: `{${token}}` };
}

export default {
  name: 'complaints',
  version: '1.0.0',
  title: { id: 'Pengaduan (SP4N-LAPOR)', en: 'Complaints (SP4N-LAPOR)' },
  settings,
  signIn: { sign },
  operations: { forwardComplaint, rejectComplaint, listFollowUps },
  errors,
} satisfies Adapter;
