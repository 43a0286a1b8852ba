/** The civil registry (Dukcapil): matches a person against the register, and has the Dinas record events and issue cards. */
import type { Adapter, HostedNews } from '../../src/adapter-kit/contract.ts';
import { birth, registerBirth } from './birth.ts';
import { correctCertificate, correction } from './correction.ts';
import { death, registerDeath } from './death.ts';
import { errors } from './errors.ts';
import { familyCard, reissueFamilyCard } from './family-card.ts';
import { identityCard, issueIdentityCard } from './identity-card.ts';
import { marriage, recordMarriage } from './marriage.ts';
import { matchPerson } from './match-person.ts';
import { acceptMoveIn, issueMoveLetter, moveIn, moveLetter } from './move.ts';
import { answerNews, verify } from './news.ts';
import settings from './schemas/settings.json' with { type: 'json' };
import { newsOf, type Kind } from './work-queue.ts';

/** The bus finds a step by operation and key, so each kind tells its news at a path of its own. */
const news = (tells: string, kind: Kind, path: string) =>
  ({ tells, path, read: newsOf(kind), answer: answerNews }) satisfies HostedNews;

export default {
  name: 'civil-registry',
  version: '1.2.0',
  title: { id: 'Kependudukan dan pencatatan sipil (Dukcapil)', en: 'Civil registry (Dukcapil)' },
  settings,
  signIn: { verify },
  operations: {
    ...{ matchPerson, reissueFamilyCard, issueIdentityCard },
    ...{ registerBirth, registerDeath, recordMarriage, issueMoveLetter, acceptMoveIn },
    correctCertificate,
  },
  hosted: {
    news: news('reissueFamilyCard', familyCard, '/news'),
    birthNews: news('registerBirth', birth, '/news/birth'),
    deathNews: news('registerDeath', death, '/news/death'),
    marriageNews: news('recordMarriage', marriage, '/news/marriage'),
    moveOutNews: news('issueMoveLetter', moveLetter, '/news/moveOut'),
    moveInNews: news('acceptMoveIn', moveIn, '/news/moveIn'),
    correctionNews: news('correctCertificate', correction, '/news/correction'),
    identityCardNews: news('issueIdentityCard', identityCard, '/news/identityCard'),
  },
  errors,
} satisfies Adapter;
