// What the published package exports. Inside the workspace parts are imported by their sub-paths.
export { CallAnswerer, NotTrusted } from './answer/answer-call';
export type { Answer, AnsweringParts, CallTrouble, IncomingCall } from './answer/answer-call';
export { RefuseOrder, RetryLater, TooLate } from './answer/answer-errors';
export { joinHandlers } from './answer/agent-handler';
export type { AgentHandler, CallContext, OrderHandler, ReconciliationHandler } from './answer/agent-handler';
export type { CallHeaders, OutboundSecrets, TrustFault } from './answer/check-trust';
export { PollLoop } from './answer/poll-loop';
export type { PollLoopOptions } from './answer/poll-loop';
export { pushListener } from './answer/push-listener';
export type { PushListenerOptions } from './answer/push-listener';
export { CurrentCredentials } from './client/credentials';
export type { Credentials, CredentialsProvider, RegistrationCredential } from './client/credentials';
export { Heartbeats } from './client/heartbeats';
export type { HeartbeatsOptions } from './client/heartbeats';
export { HubClient } from './client/hub-client';
export type {
  AgentSelf,
  BegunSnapshot,
  Callback,
  CallbackReply,
  CallReply,
  CommittedSnapshot,
  Heartbeat,
  HeartbeatReply,
  HubClientOptions,
  IngestOptions,
  Registered,
  RotatedSecrets,
} from './client/hub-client';
export { HubError } from './client/hub-error';
export type { HubErrorKind, HubFailure } from './client/hub-error';
export type { BatchSize } from './client/ingest-operation';
export type { RetryPolicy } from './client/retry';
export type { RequestOptions, SenderOptions } from './client/sender';
export { HubClock } from './clock/hub-clock';
export type { ClockReading, HubClockOptions } from './clock/hub-clock';
export { answerReconciliation } from './digest/answer-reconciliation';
export type { FoundRows, IndexedRow, NodeSums, ReconciliationStore } from './digest/answer-reconciliation';
export { DigestTree } from './digest/digest-tree';
export type { DigestSum, RootDigest } from './digest/digest-tree';
export { MemoryStore } from './digest/memory-store';
export type { Row } from './entity-rows';
export type { ErpOrders, ErpOutcome, OrderReference } from './orders/erp-orders';
export { ExactlyOnceOrders } from './orders/exactly-once-orders';
export type { ExactlyOnceOptions } from './orders/exactly-once-orders';
export { FileLedger, LedgerFault } from './orders/file-ledger';
export type { FileLedgerOptions } from './orders/file-ledger';
export { MemoryLedger } from './orders/memory-ledger';
export type { EndOptions, JobEnd, JobState, LedgerEntry, LedgerJob, OrderLedger } from './orders/order-ledger';
export { pushRows } from './push/push-rows';
export type { PushOptions } from './push/push-rows';
export { MemorySnapshotKeys } from './push/snapshot-keys';
export type { SnapshotKeys, SnapshotSum } from './push/snapshot-keys';
export { SnapshotIncomplete, SnapshotPush } from './push/snapshot-push';
export type { SnapshotOptions, SnapshotPushOptions } from './push/snapshot-push';
export type { AnsweredBatch, PushFailReason, PushTotals, RowVerdict } from './push/verdicts';

export { contentHashOf, sealRow } from '@repo/contracts/content-hash';
export { digestRow, formatDigest } from '@repo/contracts/digest';
export type { RowDigest } from '@repo/contracts/digest';
export type {
  AcceptedReply,
  CalledOrder,
  CalledOrderLine,
  CancelOrderCall,
  CancelOrderOutcome,
  CreateOrderCall,
  CreateOrderOutcome,
  OrderStatusCall,
  OrderStatusReply,
} from '@repo/contracts/agent-protocol/calls';
export type {
  DigestCall,
  DigestReply,
  KeysCall,
  KeysReply,
  RowsCall,
  RowsReply,
} from '@repo/contracts/agent-protocol/reconciliation-calls';
export type { PolledCall } from '@repo/contracts/operations/poll-operations';
export type { Entity } from '@repo/contracts/primitives';
export { keyOf } from '@repo/contracts/rows/entities';
