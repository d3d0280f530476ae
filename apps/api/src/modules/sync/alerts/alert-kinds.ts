/** Every condition that ops are told of, and how urgent it is. What each means and what to do: docs/operations.md. */
export const ALERT_KINDS = {
  agent_offline: 'warning',
  agent_refuses_credentials: 'critical',
  clock_skew: 'warning',
  dlq_entries_found: 'warning',
  circuit_breaker_open: 'warning',
  oldest_order_too_old: 'critical',
  redis_evicting: 'critical',
  held_too_many_deletes: 'warning',
  reconciliation_drift: 'warning',
  late_callback_after_cancel: 'warning',
} as const satisfies Record<string, 'warning' | 'critical'>;

export type AlertKind = keyof typeof ALERT_KINDS;

export function severityOf(kind: string): 'warning' | 'critical' {
  return kind in ALERT_KINDS ? ALERT_KINDS[kind as AlertKind] : 'warning';
}

/** What happened once, and is not a state that ends: its alert ends by itself. */
export const MOMENTARY: readonly AlertKind[] = ['late_callback_after_cancel'];
