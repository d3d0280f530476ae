import { z } from 'zod';

/** A named key of API_KEYS. */
export interface NamedKey {
  name: string;
  scope: 'admin' | 'orders' | 'read';
  secret: string;
}

const FORM = 'takes name:scope:secret, separated by commas; scope admin, orders or read; secret of at least 8 characters';
const KEY = /^\s*([A-Za-z0-9._-]+):(admin|orders|read):(\S{8,})\s*$/;
/** The name of the key that API_SECRET is: the audit log must tell it from the others. */
const TAKEN = 'admin';

/** API_KEYS: each name is one actor in the audit log and one bucket of the rate limit, so none may stand twice. */
export const namedKeys = z.string().transform((value, context): NamedKey[] => {
  const refuse = (message: string) => context.addIssue({ code: 'custom', message });
  const keys: NamedKey[] = [];
  for (const part of value.split(',').filter((text) => text.trim() !== '')) {
    const [, name, scope, secret] = KEY.exec(part) ?? [];
    if (name === undefined || scope === undefined || secret === undefined) refuse(FORM);
    else if (name === TAKEN) refuse(`takes other names than ${TAKEN}, which is the key of API_SECRET`);
    else if (keys.some((key) => key.name === name)) refuse(`takes each name once: ${name} stands twice`);
    else keys.push({ name, scope: scope as NamedKey['scope'], secret });
  }
  return keys;
});
