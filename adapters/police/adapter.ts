/** The police (Polri): issues a police record certificate (SKCK), which an officer may have to decide. */
import type { Adapter } from '../../src/adapter-kit/contract.ts';
import { errors } from './errors.ts';
import { answerNews, sign, verify } from './news.ts';
import { issueRecordCertificate, readNews } from './record-certificate.ts';
import settings from './schemas/settings.json' with { type: 'json' };

export default {
  name: 'police',
  version: '1.0.0',
  title: { id: 'Kepolisian (Polri)', en: 'Police (Polri)' },
  settings,
  signIn: { sign, verify },
  operations: { issueRecordCertificate },
  hosted: { news: { tells: 'issueRecordCertificate', path: '/news', read: readNews, answer: answerNews } },
  errors,
} satisfies Adapter;
