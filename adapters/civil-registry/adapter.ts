/** The civil registry (Dukcapil): matches a person against the register, and has the Dinas reissue a family card. */
import type { Adapter } from '../../src/adapter-kit/contract.ts';
import { errors } from './errors.ts';
import { readNews, reissueFamilyCard } from './family-card.ts';
import { matchPerson } from './match-person.ts';
import { answerNews, verify } from './news.ts';
import settings from './schemas/settings.json' with { type: 'json' };

export default {
  name: 'civil-registry',
  version: '1.0.0',
  title: { id: 'Kependudukan dan pencatatan sipil (Dukcapil)', en: 'Civil registry (Dukcapil)' },
  settings,
  signIn: { verify },
  operations: { matchPerson, reissueFamilyCard },
  hosted: { news: { tells: 'reissueFamilyCard', path: '/news', read: readNews, answer: answerNews } },
  errors,
} satisfies Adapter;
