/** The profiles by the name that settings give: a fifth one is its file and its line here. */
import type { Profile } from '../profile.ts';
import { bandarLampung } from './bandar-lampung.ts';
import { bpn } from './bpn.ts';
import { path } from './path.ts';
import { soap } from './soap.ts';

export const profiles: Readonly<Record<string, Profile>> = { bpn, bandarLampung, path, soap };
