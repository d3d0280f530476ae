/** One thing that was looked at. `todo` says what to do about it. */
export interface Finding {
  what: string;
  state: 'good' | 'warning' | 'bad';
  detail: string;
  todo?: string;
}

export const good = (what: string, detail: string): Finding => ({ what, state: 'good', detail });
export const warning = (what: string, detail: string, todo: string): Finding => ({ what, state: 'warning', detail, todo });
export const bad = (what: string, detail: string, todo: string): Finding => ({ what, state: 'bad', detail, todo });
