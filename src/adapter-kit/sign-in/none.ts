/** Sign-in scheme `none`: no proof either way, so what such an agency sends us is never believed by itself. */
import type { SignIn } from '../contract.ts';

export const none: SignIn = {};
