import { Controller, Req } from '@nestjs/common';
import { ERROR_CODES } from '@repo/contracts/error-codes';
import * as operations from '@repo/contracts/operations/ingest-operations';
import { MOST_ROWS, type BatchKind } from '@repo/contracts/operations/ingest-operations';
import type { Input as InputOf } from '@repo/contracts/operations/operation';
import type { Entity } from '@repo/contracts/primitives';
import type { IngestReply } from '@repo/contracts/verdicts';
import type { FastifyRequest } from 'fastify';
import { ApiError } from '../../../platform/errors/api-error';
import { CurrentAgent, type AgentIdentity } from '../../../platform/http/caller';
import { Input } from '../../../platform/http/input.decorator';
import { Operation } from '../../../platform/http/operation.decorator';
import { assertSameVendor } from '../../../platform/http/same-vendor';
import { Ingest } from './ingest';

type Push = Pick<InputOf<typeof operations.pushItems>, 'query' | 'headers'>;

/** The six ingest routes. */
@Controller()
export class IngestController {
  constructor(private readonly ingest: Ingest) {}

  @Operation(operations.pushItems)
  items(@CurrentAgent() agent: AgentIdentity, @Input() input: InputOf<typeof operations.pushItems>, @Req() request: FastifyRequest) {
    return this.push(agent, 'items', 'incremental', input.body.vendorId, input.body.items, input, request);
  }

  @Operation(operations.pushItemsBatch)
  itemsBatch(
    @CurrentAgent() agent: AgentIdentity,
    @Input() input: InputOf<typeof operations.pushItemsBatch>,
    @Req() request: FastifyRequest,
  ) {
    return this.push(agent, 'items', 'batch', input.body.vendorId, input.body.items, input, request);
  }

  @Operation(operations.pushStock)
  stock(@CurrentAgent() agent: AgentIdentity, @Input() input: InputOf<typeof operations.pushStock>, @Req() request: FastifyRequest) {
    return this.push(agent, 'stock', 'incremental', input.body.vendorId, input.body.stock, input, request);
  }

  @Operation(operations.pushStockBatch)
  stockBatch(
    @CurrentAgent() agent: AgentIdentity,
    @Input() input: InputOf<typeof operations.pushStockBatch>,
    @Req() request: FastifyRequest,
  ) {
    return this.push(agent, 'stock', 'batch', input.body.vendorId, input.body.stock, input, request);
  }

  @Operation(operations.pushWarehouses)
  warehouses(
    @CurrentAgent() agent: AgentIdentity,
    @Input() input: InputOf<typeof operations.pushWarehouses>,
    @Req() request: FastifyRequest,
  ) {
    return this.push(agent, 'warehouses', 'incremental', input.body.vendorId, input.body.warehouses, input, request);
  }

  @Operation(operations.pushWarehousesBatch)
  warehousesBatch(
    @CurrentAgent() agent: AgentIdentity,
    @Input() input: InputOf<typeof operations.pushWarehousesBatch>,
    @Req() request: FastifyRequest,
  ) {
    return this.push(agent, 'warehouses', 'batch', input.body.vendorId, input.body.warehouses, input, request);
  }

  private push(
    agent: AgentIdentity,
    entity: Entity,
    kind: BatchKind,
    bodyVendor: string | undefined,
    rows: readonly unknown[],
    { query, headers }: Push,
    request: FastifyRequest,
  ): Promise<IngestReply> {
    assertSameVendor(agent, bodyVendor);
    if (rows.length > MOST_ROWS[kind]) {
      throw new ApiError('too_many_rows', `${ERROR_CODES.too_many_rows.title}: ${rows.length}, at most ${MOST_ROWS[kind]}.`);
    }
    const snapshotId = headers['x-snapshot-id'];
    return this.ingest.push(agent.vendorId, entity, rows, { needsLook: request.bodyNeedsLook, show: query.results, snapshotId });
  }
}
